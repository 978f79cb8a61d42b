"""A scripts/serve started by a program: the bench, the kill rounds, the tests."""
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

from . import processes
from ..install.bootstrap import ROOT


class Serve:
    """A scripts/serve on a DATA folder; its output is collected line by line.

    detached: it outlives this program, and its output goes to log/serve.log.
    """

    def __init__(self, data, port=0, arguments=(), environment=None, detached=False):
        self.data = data
        self.lines, self.output = [], []
        self.started = time.monotonic()
        with contextlib.ExitStack() as stack:
            out = error = subprocess.PIPE
            if detached:
                out = error = stack.enter_context(_log(data))
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / 'scripts' / 'serve'), '--data', str(data), '--port', str(port),
                    *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=error, text=True,
                env=os.environ | (environment or {}), start_new_session=True)
        streams = [(self.process.stderr, self.lines), (self.process.stdout, self.output)]
        if detached:
            streams = [(_follow(data, self.process), self.lines)]
        self._readers = [
            threading.Thread(target=self._collect, args=pair, daemon=True) for pair in streams]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _collect(stream, lines):
        for line in stream:
            lines.append(line.rstrip('\n'))

    def wait_ready(self, seconds=120):
        """Wait for `ready after`; return the seconds since the start."""
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
        """Return the pids of this installation whose command line contains a text."""
        return [
            pid for pid in processes.marked(self.data)
            if text in _command_line(pid) and processes.alive(pid)]

    @property
    def master(self):
        """The pid of gunicorn's master: the gunicorn process that is no worker."""
        return (set(self.children('gunicorn')) - set(self.demo['pids']['web'])).pop()

    @property
    def postmaster(self):
        path = self.data / 'postgres' / 'data' / 'postmaster.pid'
        return int(path.read_text().split()[0])

    def stop(self, number=signal.SIGTERM):
        """Send a stop signal; return (exit code, seconds)."""
        started = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(20)
        return code, time.monotonic() - started

    def kill_everything(self):
        """SIGKILL to every process of the installation, as in a crash of the machine."""
        pids = [self.pid, *processes.marked(self.data)]
        processes.send(pids, signal.SIGKILL)
        self.process.wait(10)

    def close(self):
        if self.process.poll() is None:
            self.stop()
        for reader in self._readers:
            reader.join(5)


def _log(data):
    folder = data / 'log'
    folder.mkdir(mode=0o700, exist_ok=True, parents=True)
    return open(folder / 'serve.log', 'w')


def _follow(data, process):
    """Yield the lines of a growing log, while the process lives"""
    with open(data / 'log' / 'serve.log') as file:
        while process.poll() is None:
            yield from file
            time.sleep(0.05)
        yield from file


def _command_line(pid):
    try:
        with open(f'/proc/{pid}/cmdline', 'rb') as file:
            return file.read().replace(b'\0', b' ').decode(errors='replace')
    except OSError:
        return ''
