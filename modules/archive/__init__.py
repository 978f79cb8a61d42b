"""Sealed documents: what has left the house, byte for byte, for as long as the law wants it kept.

Bytes stand in PostgreSQL, once per tenant and content. Each document has the SHA-512 of its bytes,
and a place in the tenant's chain, so that neither a changed byte nor a removed document goes
unnoticed. A document is inserted and read, never changed; every read computes the hash again. When its
retention has ended a job deletes the bytes; the document's row stays, so that the chain can be verified.
"""
