"""How many requests a key may send per second: the plan's ``requests_per_second``.

Counted per worker process, or for all together in Redis (``[rest] limits = redis://…``).
"""
import math
import time

from limits import RateLimitItemPerSecond
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from .problems import rate_limited

FEATURE = 'requests_per_second'
DEFAULT = 100


class Limiter:

    def __init__(self, storage='memory://'):
        self.storage = storage
        self._strategy = None

    @property
    def strategy(self):
        "Made at the first use: the storage starts a thread, which must not exist before a fork"
        if self._strategy is None:
            self._strategy = FixedWindowRateLimiter(storage_from_string(self.storage))
        return self._strategy

    def check(self, credential):
        "Count a request of a credential; raises the 429 of one too many"
        number = int(credential.features.get(FEATURE, DEFAULT))
        item = RateLimitItemPerSecond(max(number, 1))
        if not self.strategy.hit(item, credential.prefix):
            reset = self.strategy.get_window_stats(item, credential.prefix).reset_time
            raise rate_limited(
                f"More than {number} requests per second with this key",
                max(1, math.ceil(reset - time.time())))
