"""Background jobs of one call: documents are made by other processes while the caller continues."""
import queue
import threading
from concurrent.futures import Future


class Workshop:
    """Jobs of one call for other processes: one thread and one queue per kind, worked off in order.

    Use within ``with``; jobs not started at its end are cancelled. The threads are daemons: the interpreter
    exits without waiting for them.
    """

    def __init__(self):
        self._queues = {}
        self._closed = False

    def begin(self, kind, work, *args, **options):
        """Return the Future of a function; ``kind`` is any name, jobs of one kind run in order"""
        if kind not in self._queues:
            self._queues[kind] = queue.SimpleQueue()
            threading.Thread(target=self._run, args=(self._queues[kind],), name=kind, daemon=True).start()
        future = Future()
        self._queues[kind].put((future, work, args, options))
        return future

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._closed = True
        for each in self._queues.values():
            each.put(None)

    def _run(self, jobs):
        while job := jobs.get():
            future, work, args, options = job
            if self._closed:
                future.cancel()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work(*args, **options))
                except BaseException as error:
                    future.set_exception(error)
