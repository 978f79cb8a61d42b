"""What must leave the house after COMMIT, written in the transaction that it tells about.

An event that is announced exists if and only if what it tells of was committed. Announcing costs one
INSERT for any number of events; delivery comes later, from here, by the worker.
"""
