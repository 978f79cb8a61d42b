"""Tenants made and ended: the installer, template companies and their copies, members, keys, offboarding."""
