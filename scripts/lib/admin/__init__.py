"""Commands on the tenants, keys and documents of an installation."""
