"""Tryton's own protocol (JSON-RPC and XML-RPC) for the clients and proteus, behind the tenants' walls."""
