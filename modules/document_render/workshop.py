"Documents made by other processes while the caller goes on."
from concurrent.futures import ThreadPoolExecutor


class Workshop:
    """Work of one call that other processes do: a thread for each kind hands in one piece after the other.

    Within ``with``; what was not begun at its end is not done any more.
    """

    def __init__(self):
        self._threads = {}

    def begin(self, kind, work, *args, **options):
        "Return the Future of a function; ``kind`` is any name, those of one kind are done in order"
        if kind not in self._threads:
            self._threads[kind] = ThreadPoolExecutor(1, thread_name_prefix=kind)
        return self._threads[kind].submit(work, *args, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for thread in self._threads.values():
            thread.shutdown(wait=False, cancel_futures=True)
