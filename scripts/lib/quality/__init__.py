"""Style, layout and tests."""
