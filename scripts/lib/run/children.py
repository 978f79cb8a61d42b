"""A process the supervisor starts, watches and starts again. Standard library only."""
import os
import signal
import subprocess
import time
from collections import deque
from contextlib import suppress

from . import processes

BACKOFF = (0.1, 0.3, 1, 2, 4, 6)
"""Seconds before the next start, by the number of recent deaths"""
FORGIVEN = 60
"""Seconds after which a death no longer counts"""
INHERITANCE = 4
"""Seconds that processes of a dead child have to finish what they do"""


class GaveUp(Exception):
    """A child died too often; the text names it, its exit code and its last words."""


class Child:
    """One process with its log.

    name: what people read; command: a function that returns the words; stop: the signal that asks it to end.
    ready: a function that tells if it does its work; after: the child that has to be ready before; before:
    called before each start; mourn: called at each unexpected death, to see to what the dead one leaves.
    """

    def __init__(
            self, name, command, environment, log, stop=signal.SIGTERM, ready=None, after=None,
            before=None, mourn=None, pass_fds=(), folder='/'):
        self.name = name
        self._command = command
        self._environment = environment
        self._log = log
        self._stop_signal = stop
        self._ready = ready
        self._after = after
        self._before = before
        self._mourn = mourn
        self._heirs = {}
        self._pass_fds = pass_fds
        self._folder = folder
        self._deaths = deque(maxlen=len(BACKOFF) + 1)
        self._next = 0
        self.process = None
        self.is_ready = False
        self.settled = False

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def step(self):
        """Notice a death, start when it is time, notice readiness; return what happened in words."""
        self._end_heirs()
        if self.process is not None and not self.running:
            return self._buried()
        if self.process is None:
            if time.monotonic() >= self._next and (self._after is None or self._after.is_ready):
                self.start()
            return None
        if not self.is_ready and (self._ready is None or self._ready()):
            self.is_ready = self.settled = True
        return None

    def start(self):
        if self._before:
            self._before()
        with open(self._log(), 'ab') as log:
            self.process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._environment, cwd=self._folder, pass_fds=self._pass_fds,
                start_new_session=True)

    def _buried(self):
        """Take note of a death and choose the time of the next start; raise GaveUp."""
        code = self.process.returncode
        now = time.monotonic()
        self._heirs[self.process.pid] = now + INHERITANCE
        self.process = None
        self.is_ready = False
        if self._mourn:
            self._mourn()
        self._deaths.append(now)
        recent = sum(1 for death in self._deaths if now - death < FORGIVEN)
        text = f'{self.name} {_fate(code)}'
        if recent > len(BACKOFF) or (recent > 1 and not self.settled):
            raise GaveUp(f'{text}, {recent} times within {FORGIVEN} s{self._last_words()}')
        self._next = now + BACKOFF[recent - 1]
        return f'{text}; starting it again'

    def _last_words(self, count=15):
        """Return the end of the log."""
        path = self._log()
        with suppress(OSError):
            lines = path.read_bytes()[-8192:].decode(errors='replace').splitlines()
            return '\n  ' + '\n  '.join(lines[-count:]) + f'\n(all of it in {path})'
        return ''

    def ask_to_stop(self, number=None):
        if self.running:
            with suppress(ProcessLookupError):
                self.process.send_signal(number or self._stop_signal)

    def wait(self, until):
        """Wait until a point of the monotonic clock; tell if the process has ended."""
        if self.process is None:
            return True
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0, until - time.monotonic()))
        return self.process.poll() is not None

    def kill(self):
        """End the process and all it started, at once."""
        if self.process is not None:
            _kill_group(self.process.pid)
            self.process.wait()
        self._end_heirs(at_once=True)

    def _end_heirs(self, at_once=False):
        """End what processes that died have left, after the time granted to finish what they do."""
        now = time.monotonic()
        for leader, until in list(self._heirs.items()):
            if at_once or until < now:
                _kill_group(leader)
                del self._heirs[leader]


def _kill_group(leader):
    """A child leads a session of its own: nothing of it may outlive it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _fate(code):
    """Return how a process ended."""
    if code is not None and code < 0:
        return f'was ended by {signal.Signals(-code).name}'
    return f'ended with code {code}'


_ALWAYS = {
    'PYTHONUNBUFFERED': '1',
    # Tryton says so of every address that names a database, as addresses of PostgreSQL usually do
    'PYTHONWARNINGS': 'ignore:The path specified in the URI:UserWarning',
    }


def environment(base, data, **extra):
    """Return the environment of a child: the caller's without addresses and passwords of databases, with the
    mark by which an orphan is found.
    """
    hidden = ('PG', 'TRYTOND_', 'KONTOR_', 'GUNICORN_', 'PYTHON')
    kept = {name: value for name, value in base.items() if not name.startswith(hidden)}
    return kept | _ALWAYS | {processes.MARK: str(data)} | extra
