"""What every worker notes about its requests, written apart from them.

Rows of the log and the "last use" of a key are hot: one thread per process writes them in batches, each in
a transaction of its own, so that no request waits for them or fails with them. While the database is
away the newest entries are kept and written later.
"""
import dataclasses
import datetime as dt
import logging
import threading
from collections import deque

logger = logging.getLogger(__name__)


@dataclasses.dataclass(slots=True)
class Entry:
    """One request; moment: naive UTC; duration: milliseconds. No body, no query, no secret."""
    moment: dt.datetime
    database: str
    request_id: str
    method: str
    path: str
    status: int
    duration: float
    address: str
    contract: str | None = None
    operation: str | None = None
    company: int | None = None
    credential: int | None = None
    key_prefix: str | None = None


class Journal:
    """Collects entries and hands them to ``write`` in lists of at most ``batch``.

    interval: seconds between two batches; capacity: entries kept at most, older ones are dropped.
    """

    def __init__(self, write, interval=0.5, batch=500, capacity=50_000):
        self.write = write
        self.interval = interval
        self.batch = batch
        self.entries = deque(maxlen=capacity)
        self._starting = threading.Lock()
        self._writing = threading.Lock()
        self._wanted = threading.Event()
        self._closed = threading.Event()
        self._thread = None

    def add(self, entry):
        self.entries.append(entry)
        if self._thread is None:
            self._start()
        self._wanted.set()

    def _start(self):
        """Start the writer at the first entry: a thread does not survive a fork"""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name='request journal', daemon=True)
                self._thread.start()

    def _run(self):
        while not self._closed.is_set():
            self._wanted.wait()
            self._closed.wait(self.interval)
            self._wanted.clear()
            if not self.flush():
                self._wanted.set()

    def flush(self):
        """Write what has been collected; returns whether all went well"""
        with self._writing:
            while self.entries:
                batch = self._take()
                try:
                    self.write(batch)
                except Exception:
                    logger.warning("request log: %d entries wait", len(batch), exc_info=True)
                    self.entries.extendleft(reversed(batch))
                    return False
            return True

    def _take(self):
        return [self.entries.popleft() for _ in range(min(self.batch, len(self.entries)))]

    def close(self):
        """Write what is left, at the end of the process"""
        self._closed.set()
        self._wanted.set()
        self.flush()
