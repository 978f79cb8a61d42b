"""Tenants made and ended: the installer, prepared companies and their copies, members, keys, offboarding."""
