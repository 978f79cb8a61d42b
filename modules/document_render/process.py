"""A document process: reads jobs from a socket and writes their answers.

The work is defined by the function the process is started with, for typesetting `renderer.warm`. That
function is given the private folder of the process and returns a callable, bytes to bytes. A callable with an
attribute ``ahead`` has an iterator of tasks that can run while no job waits, such as compiling stylesheets
for later jobs.

The process has no database, no configuration and no secrets in its environment. It is a fresh interpreter
because a fork hangs once a document was typeset. When the other end of the socket closes, by intention or
because that process died, this process ends at once, even in the middle of a document.
"""
import ctypes
import importlib
import json
import os
import queue
import resource
import shutil
import signal
import socket
import sys
import threading
import warnings
from pathlib import Path

from .channel import DONE, FAILED, JOB, READY, Channel, Closed

# Limit of written memory, in bytes: a decompression bomb ends this process and not the machine. Not
# RLIMIT_AS: the stylesheet processor reserves 32 GiB of addresses that it never uses.
MOST_MEMORY = 4 << 30
PATIENCE = 1        # seconds without a job before an ``ahead`` task runs
PR_SET_NAME = 15


def main(descriptor, root, work):
    signal.signal(signal.SIGINT, signal.SIG_IGN)    # Ctrl-C is handled by the parent
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    set_name(b'kontor-document')
    channel = Channel(socket.socket(fileno=descriptor))
    jobs = queue.SimpleQueue()
    threading.Thread(target=listen, args=(channel, jobs, root), daemon=True).start()
    # The reader waits without a limit on the same socket, so the writer must not set a timeout.
    try:
        worker = resolved(work)(root)
    except Exception as error:
        channel.send(FAILED, failure(error))
        return 1
    channel.send(READY, b'')
    ahead = iter(getattr(worker, 'ahead', ()))
    while True:
        channel.send(*answer(worker, next_job(jobs, ahead)))


def resolved(work):
    """Return the function named by module:function"""
    module, _, function = work.partition(':')
    return getattr(importlib.import_module(module), function)


def next_job(jobs, ahead):
    """Return the next job; run ``ahead`` tasks while none comes"""
    while True:
        try:
            return jobs.get(timeout=PATIENCE)
        except queue.Empty:
            pass
        try:
            next(ahead)
        except Exception:   # exhausted, or an error that the job in need of it reports
            return jobs.get()


def set_name(name):
    """Set the process name that an operator sees in a process list"""
    try:
        ctypes.CDLL(None).prctl(PR_SET_NAME, name, 0, 0, 0)
    except (OSError, AttributeError):
        pass


def listen(channel, jobs, root):
    """Queue incoming jobs; exit when the socket closes"""
    try:
        while True:
            kind, body = channel.receive()
            if kind == JOB:
                jobs.put(body)
    except Closed:
        clean(root)
        os._exit(0)


def clean(root):
    """Remove the private folder and the pid file, which a dead parent cannot remove"""
    shutil.rmtree(root, ignore_errors=True)
    (Path(root).parent / f'document-{os.getpid()}').unlink(missing_ok=True)


def answer(worker, body):
    """Return (kind, body): the memory in use and the answer, or the error"""
    try:
        content = worker(body)
    except Exception as error:
        return FAILED, failure(error)
    return DONE, memory().to_bytes(8, 'big') + content


def failure(error):
    return json.dumps({'class': type(error).__name__, 'message': str(error)}).encode()


def memory():
    """Return the resident memory in bytes"""
    with open('/proc/self/statm', encoding='ascii') as file:
        return int(file.read().split()[1]) * resource.getpagesize()


if __name__ == '__main__':
    warnings.simplefilter('ignore')
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]))
