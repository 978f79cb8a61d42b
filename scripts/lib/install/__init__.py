"""From a bare Python to a prepared database. `bootstrap` and `home` need the standard library only."""
