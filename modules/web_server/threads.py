"""The threads of a web worker."""
import queue
import threading


class Threads:
    """Threads that do what is handed in, in order.

    Nobody waits for it, so nothing is made that could be waited for: with ``concurrent.futures`` that takes
    longer than a short request. What is handed in reports its own errors.
    """

    def __init__(self, number):
        self._number = number
        self._work = queue.SimpleQueue()
        for _ in range(number):
            threading.Thread(target=self._run, name='request', daemon=True).start()

    def submit(self, function, *args):
        self._work.put((function, args))

    def shutdown(self, wait=False):
        """Let the threads end when all that was handed in is done"""
        for _ in range(self._number):
            self._work.put(None)

    def _run(self):
        while work := self._work.get():
            function, args = work
            function(*args)
