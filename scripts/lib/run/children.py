"""A child process that the supervisor starts, watches and restarts. Standard library only."""
import os
import signal
import subprocess
import time
from collections import deque
from contextlib import suppress

from . import processes

BACKOFF = (0.1, 0.3, 1, 2, 4, 6)
"""Seconds before a restart, by the number of recent exits"""
RECENT_SECONDS = 60
"""Seconds for which an exit counts as recent"""
ORPHAN_SECONDS = 4
"""Seconds that the processes left by an exited child have to finish their work"""


class GaveUp(Exception):
    """A child exited too often; the text has its name, its exit code and the end of its log."""


class Child:
    """One process with its log.

    name: name in messages; command: a function that returns the command line; stop: the signal for a stop.
    ready: a function that tells if it is ready; after: the child that must be ready first; before: function
    called before each start; on_exit: function called after each unexpected exit, to clean up.
    """

    def __init__(
            self, name, command, environment, log, stop=signal.SIGTERM, ready=None, after=None,
            before=None, on_exit=None, pass_fds=(), folder='/'):
        self.name = name
        self._command = command
        self._environment = environment
        self._log = log
        self._stop_signal = stop
        self._ready = ready
        self._after = after
        self._before = before
        self._on_exit = on_exit
        self._orphans = {}
        self._pass_fds = pass_fds
        self._folder = folder
        self._exits = deque(maxlen=len(BACKOFF) + 1)
        self._next = 0
        self.process = None
        self.is_ready = False
        self.settled = False

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def step(self):
        """Detect an exit, a due start, readiness; return a message for an event."""
        self._end_orphans()
        if self.process is not None and not self.running:
            return self._record_exit()
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

    def _record_exit(self):
        """Record an exit and choose the time of the restart; raise GaveUp."""
        code = self.process.returncode
        now = time.monotonic()
        self._orphans[self.process.pid] = now + ORPHAN_SECONDS
        self.process = None
        self.is_ready = False
        if self._on_exit:
            self._on_exit()
        self._exits.append(now)
        recent = sum(1 for moment in self._exits if now - moment < RECENT_SECONDS)
        text = f'{self.name} {_exit_text(code)}'
        if recent > len(BACKOFF) or (recent > 1 and not self.settled):
            raise GaveUp(f'{text}, {recent} times within {RECENT_SECONDS} s{self._log_tail()}')
        self._next = now + BACKOFF[recent - 1]
        return f'{text}; starting it again'

    def _log_tail(self, count=15):
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
        """Wait until a time of the monotonic clock; tell if the process has ended."""
        if self.process is None:
            return True
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0, until - time.monotonic()))
        return self.process.poll() is not None

    def kill(self):
        """Kill the process and all its descendants."""
        if self.process is not None:
            _kill_group(self.process.pid)
            self.process.wait()
        self._end_orphans(at_once=True)

    def _end_orphans(self, at_once=False):
        """Kill the processes left by exited children, after their time to finish."""
        now = time.monotonic()
        for leader, until in list(self._orphans.items()):
            if at_once or until < now:
                _kill_group(leader)
                del self._orphans[leader]


def _kill_group(leader):
    """Kill a child's session, so that no descendant outlives it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _exit_text(code):
    """Return the kind of an exit."""
    if code is not None and code < 0:
        return f'was ended by {signal.Signals(-code).name}'
    return f'ended with code {code}'


_ALWAYS = {
    'PYTHONUNBUFFERED': '1',
    # Tryton warns of every URI with a database name, which is usual for PostgreSQL
    'PYTHONWARNINGS': 'ignore:The path specified in the URI:UserWarning',
    }


def environment(base, data, **extra):
    """Return a child's environment: the caller's without addresses and passwords of databases, with the mark
    by which an orphan is found.
    """
    hidden = ('PG', 'TRYTOND_', 'KONTOR_', 'GUNICORN_', 'PYTHON')
    kept = {name: value for name, value in base.items() if not name.startswith(hidden)}
    return kept | _ALWAYS | {processes.MARK: str(data)} | extra
