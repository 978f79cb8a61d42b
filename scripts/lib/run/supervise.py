"""The supervisor's loop: children, the 503 while no worker runs, demo.json, an orderly stop."""
import os
import select
import signal
import time

from ..install.bootstrap import say
from .children import GaveUp

_TICK = 0.1
"""Seconds between two checks of the children"""
_STOP_CHILDREN = 2.5
_STOP_DATABASE = 1.5
"""Seconds for the stop; with the time of the last signal, all ends within 5"""


class Stopped(Exception):
    """This process has received a stop signal."""


class Supervisor:
    """Keeps children running.

    database: the child that is PostgreSQL, if it is embedded; each_tick: functions called at every check,
    e.g. the one that keeps demo.json current.
    """

    def __init__(self):
        self._children = []
        self.database = None
        self._signals = _Signals()
        self.each_tick = []

    @property
    def _everybody(self):
        return [self.database, *self._children] if self.database else self._children

    def add(self, *children):
        self._children.extend(children)

    def run(self, until=None):
        """Keep all children running until `until` returns true; raise Stopped or GaveUp."""
        while until is None or not until():
            self._signals.wait(_TICK)
            for child in self._everybody:
                event = child.step()
                if event:
                    say(event)
            for function in self.each_tick:
                function()

    def watch(self, process):
        """Wait for a process that runs once, with the children kept running; return its exit code."""
        self.run(until=lambda: process.poll() is not None)
        return process.returncode

    def stop(self):
        """End all children: web first, the database last."""
        self._signals.ignore()
        self._end(self._children, _STOP_CHILDREN)
        if self.database:
            self._end([self.database], _STOP_DATABASE, last=signal.SIGQUIT)

    @staticmethod
    def _end(children, seconds, last=None):
        until = time.monotonic() + seconds
        for child in children:
            child.ask_to_stop()
        slow = [child for child in children if not child.wait(until)]
        if last and slow:
            for child in slow:
                child.ask_to_stop(last)
            slow = [child for child in slow if not child.wait(time.monotonic() + 0.7)]
        for child in children:
            child.kill()


class _Signals:
    """Turns stop signals into Stopped at a safe point, and wakes the loop at a child's exit"""

    _ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self):
        self._asked = False
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in self._ENDING:
            signal.signal(number, self._ask)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def _ask(self, number, frame):
        self._asked = True

    def wait(self, seconds):
        if select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 4096)
        if self._asked:
            raise Stopped

    def ignore(self):
        for number in self._ENDING:
            signal.signal(number, signal.SIG_IGN)


__all__ = ['GaveUp', 'Stopped', 'Supervisor']
