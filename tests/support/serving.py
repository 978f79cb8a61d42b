"""scripts/serve as a person runs it, and callers who keep asking while something is killed."""
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import psycopg

from scripts.lib import processes
from scripts.lib.bootstrap import ROOT


class Serve:
    "A scripts/serve on a DATA folder; output is kept line by line"

    def __init__(self, data, port=0, arguments=(), environment=None):
        self.data = data
        self.lines = []
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / 'scripts' / 'serve'), '--data', str(data), '--port', str(port),
                *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | (environment or {}), start_new_session=True)
        self.output = []
        self._readers = [
            threading.Thread(target=self._collect, args=(stream, lines), daemon=True)
            for stream, lines in (
                (self.process.stderr, self.lines), (self.process.stdout, self.output))]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _collect(stream, lines):
        for line in stream:
            lines.append(line.rstrip('\n'))

    def wait_ready(self, seconds=120):
        "Wait for `ready after`; return the seconds since the start."
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if any(line.startswith('ready after') for line in self.lines):
                return time.monotonic() - self.started
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError('not ready:\n' + '\n'.join(self.lines))

    @property
    def demo(self):
        return json.loads((self.data / 'demo.json').read_text())

    @property
    def url(self):
        return self.demo['url']

    @property
    def port(self):
        return int(self.url.rpartition(':')[2])

    @property
    def pid(self):
        return self.process.pid

    def children(self, text):
        "Return the pids of this installation whose command line holds a text."
        return [
            pid for pid in processes.marked(self.data)
            if text in _command_line(pid) and processes.alive(pid)]

    @property
    def master(self):
        "The pid of gunicorn's master: the gunicorn process that is no worker."
        return (set(self.children('gunicorn')) - set(self.demo['pids']['web'])).pop()

    @property
    def postmaster(self):
        path = self.data / 'postgres' / 'data' / 'postmaster.pid'
        return int(path.read_text().split()[0])

    def stop(self, number=signal.SIGTERM):
        "Ask it to end; return (exit code, seconds)."
        started = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(20)
        return code, time.monotonic() - started

    def kill_everything(self):
        "SIGKILL to every process of the installation, as a crash of the machine would."
        pids = [self.pid, *processes.marked(self.data)]
        processes.send(pids, signal.SIGKILL)
        self.process.wait(10)

    def close(self):
        if self.process.poll() is None:
            self.stop()
        for reader in self._readers:
            reader.join(5)


def _command_line(pid):
    try:
        with open(f'/proc/{pid}/cmdline', 'rb') as file:
            return file.read().replace(b'\0', b' ').decode(errors='replace')
    except OSError:
        return ''


def get(url, timeout=10, key=None):
    "Return (status, headers, body) of a GET with a connection of its own."
    request = urllib.request.Request(url, headers={'X-Api-Key': key} if key else {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def until(condition, seconds=20):
    "Wait until a condition holds and return the seconds it took; errors of connections count as no."
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
    "Wait until a path answers 200 three times in a row; return the seconds it took."
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
        "Return (headers, parsed body) of every 503."
        return [
            (headers, json.loads(body)) for _, status, headers, body in self.answers if status == 503]
