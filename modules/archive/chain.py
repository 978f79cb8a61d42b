"""The hash chain of a tenant's documents: each link includes the previous one, so that no document can be
removed or inserted unnoticed.

chain(n) = SHA-256(chain(n-1) ‖ SHA-512(n) ‖ owner ‖ issued at), in lower-case hex, over the ASCII texts:
``owner`` as ``account.invoice,42``, ``issued at`` as ``2026-05-18T16:42:17Z``; chain(0) is 64 zeros.
"""
import hashlib

START = '0' * 64


def moment_text(issued_at):
    """Return ``2026-05-18T16:42:17Z`` of a naive UTC datetime"""
    return issued_at.isoformat(timespec='seconds') + 'Z'


def link(previous, sha512, owner, issued_at):
    """Return the chain value of a document; ``issued_at`` is naive UTC"""
    text = previous + sha512 + owner + moment_text(issued_at)
    return hashlib.sha256(text.encode('ascii')).hexdigest()
