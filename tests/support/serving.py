"""Callers of a scripts/serve who keep asking while something is killed"""
import http.client
import json
import threading
import time
import urllib.error
import urllib.request

import psycopg

from scripts.lib.run.instance import Serve

__all__ = ['Callers', 'Serve', 'get', 'until', 'wait_good']


def get(url, timeout=10, key=None):
    """Return (status, headers, body) of a GET with a connection of its own."""
    request = urllib.request.Request(url, headers={'X-Api-Key': key} if key else {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def until(condition, seconds=20):
    """Wait until a condition holds and return the seconds it took; errors of connections count as no."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        try:
            if condition():
                return time.monotonic() - started
        except (OSError, psycopg.OperationalError):
            pass
        time.sleep(0.02)
    raise AssertionError(f'not within {seconds} s')


def wait_good(url, seconds=20):
    """Wait until a path answers 200 three times in a row; return the seconds it took."""
    return until(lambda: all(get(url, 5)[0] == 200 for _ in range(3)), seconds)


class Callers:
    """Threads that ask one path after another, each with a connection of its own, until closed.

    answers: (seconds since the start, status or name of the exception, headers, body).
    """

    def __init__(self, url, count=3, key=None):
        self._url = url
        self._key = key
        self._closed = False
        self.started = time.monotonic()
        self.answers = []
        self._threads = [threading.Thread(target=self._call, daemon=True) for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._closed = True
        for thread in self._threads:
            thread.join(30)

    def _call(self):
        while not self._closed:
            try:
                status, headers, body = get(self._url, 30, self._key)
            except (OSError, http.client.HTTPException) as error:
                status, headers, body = type(getattr(error, 'reason', error)).__name__, {}, b''
            self.answers.append((time.monotonic() - self.started, status, headers, body))
            time.sleep(0.02)

    def statuses(self):
        return {answer[1] for answer in self.answers}

    def unavailable(self):
        """Return (headers, parsed body) of every 503."""
        return [
            (headers, json.loads(body)) for _, status, headers, body in self.answers if status == 503]
