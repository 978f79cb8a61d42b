"""Limit on the threads of a worker per tenant, which leaves threads to the other tenants.

A request that takes its tenant's lock (``Operation.locks``: issuing, paying, numbering) is exclusive: a
second one would only occupy a thread while it waits for the lock. Requests above the limit wait in a queue,
without a thread.
"""
import itertools
import threading
from collections import deque


class Gate:
    """Admission of requests to threads. most: threads per tenant"""

    def __init__(self, most):
        self.most = most
        self._tenants = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def enter(self, tenant, exclusive, conn):
        """Return True if a connection may go on; otherwise it is queued"""
        if tenant is None:
            return True
        with self._lock:
            state = self._tenants.setdefault(tenant, _Tenant())
            if state.admits(exclusive, self.most):
                state.admit(exclusive)
                return True
            state.queues[exclusive].append((next(self._numbers), conn))
            return False

    def leave(self, tenant, exclusive):
        """Return the queued connection that takes over the freed thread, None without one"""
        if tenant is None:
            return None
        with self._lock:
            state = self._tenants[tenant]
            state.inside -= 1
            state.exclusive -= exclusive
            conn = state.next(self.most)
            if not state.inside:
                del self._tenants[tenant]
            return conn

    def is_queued(self, tenant, conn):
        """Tell if a connection is still queued"""
        with self._lock:
            return self._place(tenant, conn) is not None

    def withdraw(self, tenant, conn):
        """Remove a connection from its queue; return False if it has been admitted already"""
        with self._lock:
            place = self._place(tenant, conn)
            if place is not None:
                queue, entry = place
                queue.remove(entry)
            return place is not None

    def _place(self, tenant, conn):
        state = self._tenants.get(tenant)
        return next((
                (queue, entry) for queue in state.queues.values() for entry in queue if entry[1] == conn
                ), None) if state else None


class _Tenant:
    """One tenant: numbers of its requests in threads and of exclusive ones (at most one), queues by kind"""
    __slots__ = ('exclusive', 'inside', 'queues')

    def __init__(self):
        self.inside = self.exclusive = 0
        self.queues = {True: deque(), False: deque()}

    def admits(self, exclusive, most):
        return self.inside < most and not (exclusive and self.exclusive)

    def admit(self, exclusive):
        self.inside += 1
        self.exclusive += exclusive

    def next(self, most):
        """Admit the first queued request that can go on; return None without one"""
        found = min((
                (queue[0][0], exclusive) for exclusive, queue in self.queues.items()
                if queue and self.admits(exclusive, most)), default=None)
        if found is None:
            return None
        self.admit(found[1])
        return self.queues[found[1]].popleft()[1]
