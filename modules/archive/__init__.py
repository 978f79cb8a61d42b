"""Sealed documents: files that were issued, byte for byte, for the statutory retention period.

The bytes are stored in PostgreSQL, once per tenant and content. Each document has the SHA-512 of its bytes
and a position in the tenant's hash chain, so that a changed byte or a removed document is detected. A
document is inserted and read, never changed; every read recomputes the hash. After the end of the retention a
job deletes the bytes; the document's row stays, so that the chain can still be verified.
"""
