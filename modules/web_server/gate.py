"""How many threads of a worker one tenant may hold, so that its crowd leaves some for the others.

What takes its tenant's lock (``Operation.locks``: all that issues, pays or numbers) goes on exclusively: a
second
one could only wait for the first, in a thread. The rest of a crowd waits here, in order and without a thread.
"""
import itertools
import threading
from collections import deque


class Gate:
    """most: threads per tenant"""

    def __init__(self, most):
        self.most = most
        self._tenants = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def enter(self, tenant, exclusive, conn):
        """Return True if a connection may go on; else it is kept until its turn has come"""
        if tenant is None:
            return True
        with self._lock:
            room = self._tenants.setdefault(tenant, _Room())
            if room.admits(exclusive, self.most):
                room.admit(exclusive)
                return True
            room.lines[exclusive].append((next(self._numbers), conn))
            return False

    def leave(self, tenant, exclusive):
        """Return the connection that goes on in place of the one that leaves, None if none can"""
        if tenant is None:
            return None
        with self._lock:
            room = self._tenants[tenant]
            room.inside -= 1
            room.exclusive -= exclusive
            conn = room.next(self.most)
            if not room.inside:
                del self._tenants[tenant]
            return conn

    def waits(self, tenant, conn):
        """Tell if a connection is still kept"""
        with self._lock:
            return self._place(tenant, conn) is not None

    def withdraw(self, tenant, conn):
        """Keep a connection no longer; return False if its turn has come already"""
        with self._lock:
            place = self._place(tenant, conn)
            if place is not None:
                line, entry = place
                line.remove(entry)
            return place is not None

    def _place(self, tenant, conn):
        room = self._tenants.get(tenant)
        return next((
                (line, entry) for line in room.lines.values() for entry in line if entry[1] == conn
                ), None) if room else None


class _Room:
    """One tenant: how many are inside, how many of them exclusive (one at most), and who waits, by kind"""
    __slots__ = ('exclusive', 'inside', 'lines')

    def __init__(self):
        self.inside = self.exclusive = 0
        self.lines = {True: deque(), False: deque()}

    def admits(self, exclusive, most):
        return self.inside < most and not (exclusive and self.exclusive)

    def admit(self, exclusive):
        self.inside += 1
        self.exclusive += exclusive

    def next(self, most):
        """Admit whoever came first among those who can go on; return None if nobody can"""
        found = min((
                (line[0][0], exclusive) for exclusive, line in self.lines.items()
                if line and self.admits(exclusive, most)), default=None)
        if found is None:
            return None
        self.admit(found[1])
        return self.lines[found[1]].popleft()[1]
