"""Tryton's own protocol (JSON-RPC and XML-RPC) for the clients and proteus, behind the tenants' walls.

``application`` serves the routes in the tenant of the user, ``reading`` bounds and checks a call,
``refusals`` turns exceptions into answers.
"""
