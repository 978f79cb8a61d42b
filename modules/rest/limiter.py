"""How many requests a key, or an address, may send per second.

Counted per worker process, or for all together in Redis (``[rest] limits = redis://…``).
"""
import math
import threading
import time

from limits import RateLimitItemPerSecond
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from .refusals import Kind, Refusal

HERE = 'memory://'
FORGET_EVERY = 60
"""Seconds between two looks for windows that are over"""


class Limiter:
    """storage: HERE, or the address of a store that ``limits`` knows"""

    def __init__(self, storage=HERE):
        self._windows = Windows() if storage == HERE else Shared(storage)

    def check(self, key, number, says=None):
        """Count a request of a key of at most ``number`` per second; raises Refusal for one too many"""
        wait = self._windows.hit(key, max(number, 1))
        if wait is not None:
            raise Refusal(
                Kind.TOO_MANY, says=says, number=number, retry_after=max(1, math.ceil(wait)))


class Windows:
    """Counts within windows of a second, each from its key's first hit, in this process.

    The memory of ``limits`` would do the same, and start a thread for nearly every hit.
    """

    def __init__(self):
        self._windows = {}
        self._lock = threading.Lock()
        self._forget = 0.0

    def hit(self, key, most):
        """Count a hit; return None, or the seconds until the window is over for one of more than ``most``"""
        now = time.monotonic()
        with self._lock:
            if now >= self._forget:
                self._clean(now)
            end, number = self._windows.get(key, (0.0, 0))
            if now >= end:
                end, number = now + 1, 0
            self._windows[key] = end, number + 1
        return end - now if number >= most else None

    def _clean(self, now):
        self._windows = {key: window for key, window in self._windows.items() if window[0] > now}
        self._forget = now + FORGET_EVERY


class Shared:
    """The same in a store that all workers share"""

    def __init__(self, storage):
        self._storage = storage
        self._strategy = None

    @property
    def strategy(self):
        """Made at the first use: a connection must not exist before a fork"""
        if self._strategy is None:
            self._strategy = FixedWindowRateLimiter(storage_from_string(self._storage))
        return self._strategy

    def hit(self, key, most):
        item = RateLimitItemPerSecond(most)
        if self.strategy.hit(item, key):
            return None
        return self.strategy.get_window_stats(item, key).reset_time - time.time()
