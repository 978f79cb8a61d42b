"""Addresses at which other services report to a tenant; each is a Hook, see ``rest.contract``"""
from . import stripe

HOOKS = [stripe.HOOK]
