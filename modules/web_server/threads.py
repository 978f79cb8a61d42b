"""The thread pool of a web worker."""
import queue
import threading


class Threads:
    """A pool of threads with one FIFO queue.

    A task has no future: with ``concurrent.futures`` making one takes longer than a short request. A task
    reports its own errors.
    """

    def __init__(self, number):
        self._number = number
        self._work = queue.SimpleQueue()
        for _ in range(number):
            threading.Thread(target=self._run, name='request', daemon=True).start()

    def submit(self, function, *args):
        self._work.put((function, args))

    def shutdown(self, wait=False):
        """Let the threads end after all submitted tasks"""
        for _ in range(self._number):
            self._work.put(None)

    def _run(self):
        while work := self._work.get():
            function, args = work
            function(*args)
