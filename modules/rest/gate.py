"""How many threads of a worker one tenant may hold, so that its crowd leaves some for the others.

What numbers invoices waits for its tenant's lock in a thread. The rest of a crowd waits here, in order
and without a thread.
"""
import threading
from collections import Counter, defaultdict, deque


class Gate:
    "most: threads per tenant"

    def __init__(self, most):
        self.most = most
        self._inside = Counter()
        self._waiting = defaultdict(deque)
        self._lock = threading.Lock()

    def enter(self, tenant, conn):
        "Return True if a connection may go on; else it is kept until one of its tenant leaves"
        if tenant is None:
            return True
        with self._lock:
            if self._inside[tenant] < self.most:
                self._inside[tenant] += 1
                return True
            self._waiting[tenant].append(conn)
            return False

    def leave(self, tenant):
        "Return the connection that goes on in place of the one that leaves, None if none waits"
        if tenant is None:
            return None
        with self._lock:
            if queue := self._waiting.get(tenant):
                return queue.popleft()
            self._waiting.pop(tenant, None)
            self._inside[tenant] -= 1
            if not self._inside[tenant]:
                del self._inside[tenant]
            return None
