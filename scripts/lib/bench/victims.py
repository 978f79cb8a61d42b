"""The possible victims of a kill round, always by SIGKILL, like the kernel's when memory runs out."""
import contextlib
import os
import random
import signal

import psycopg

from ..run import processes


def _one(pids):
    return [random.choice(pids)] if pids else []


def web(serve):
    """A web worker, during its work"""
    return _one(serve.demo['pids']['web'])


def every_web(serve):
    return serve.demo['pids']['web']


def master(serve):
    return [serve.master]


def document(serve):
    return _one(serve.demo['pids']['documents'])


def backend(serve):
    """A backend process of PostgreSQL: the server then ends all others and recovers"""
    with psycopg.connect(serve.demo['postgres']['owner'], connect_timeout=2) as connection:
        return _one([pid for pid, in connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename LIKE '%\\_web'")])


def postmaster(serve):
    return [serve.postmaster]


def everything(serve):
    """All processes but the supervisor"""
    return [pid for pid in processes.marked(serve.data) if pid != serve.pid]


def machine(serve):
    """All processes, as in a power cut"""
    return [serve.pid, *processes.marked(serve.data)]


REPLACED_BY_GUNICORN = (web, every_web, document)
"""Their exits are not counted by the supervisor"""
VICTIMS = (web, web, web, every_web, master, document, document, backend, backend, postmaster, everything,
    machine)
"""Drawn with equal probability: a name listed twice is drawn twice as often"""


def kill(victim, serve):
    """Kill a victim; return its pids. None if there is no such process at present."""
    with contextlib.suppress(OSError, psycopg.OperationalError, KeyError, ValueError):
        pids = victim(serve)
        killed = []
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
        return killed
    return []
