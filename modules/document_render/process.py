"""The document process: reads documents from a socket, writes their bytes, knows nothing else.

It has no database, no configuration and no secrets in its environment. A fresh interpreter is
needed because a fork hangs once a document was typeset. When the other end closes, by intention
or because that process died, this one ends at once, even in the middle of a document.
"""
import ctypes
import json
import os
import pickle
import queue
import resource
import shutil
import signal
import socket
import sys
import threading
import warnings
from pathlib import Path

from . import glyphs, sample
from .channel import DONE, FAILED, JOB, READY, Channel, Closed
from .renderer import Renderer

MOST_ADDRESSES = 4 << 30    # bytes; a bomb of a logo ends this process and not the machine
PR_SET_NAME = 15


def main(descriptor, root):
    signal.signal(signal.SIGINT, signal.SIG_IGN)    # Ctrl-C is for the parent to act on
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    set_name(b'kontor-document')
    channel = Channel(socket.socket(fileno=descriptor))
    jobs = queue.SimpleQueue()
    threading.Thread(target=listen, args=(channel, jobs, root), daemon=True).start()
    # The reader waits without a limit on the same socket, so writing must not set one.
    try:
        renderer = warm(root)
    except Exception as error:
        channel.send(FAILED, failure(error))
        return 1
    channel.send(READY, b'')
    while True:
        channel.send(*answer(renderer, jobs.get()))


def set_name(name):
    "So that an operator sees in a process list what this is"
    try:
        ctypes.CDLL(None).prctl(PR_SET_NAME, name, 0, 0, 0)
    except (OSError, AttributeError):
        pass


def listen(channel, jobs, root):
    "Pass on what comes; the end of the socket is the end of the process"
    try:
        while True:
            kind, body = channel.receive()
            if kind == JOB:
                jobs.put(body)
    except Closed:
        clean(root)
        os._exit(0)


def clean(root):
    "Remove what is left when the parent died and cannot: the private folder and the pid file"
    shutil.rmtree(root, ignore_errors=True)
    (Path(root).parent / f'document-{os.getpid()}').unlink(missing_ok=True)


def warm(root):
    "Return a renderer that has typeset a document, so that the first real one is as fast as any"
    renderer = Renderer(root)
    renderer.render(sample.DOCUMENT)
    glyphs.charset(glyphs.LATE)
    return renderer


def answer(renderer, body):
    "Return (kind, body): the memory in use and the file, or what went wrong"
    try:
        content = renderer.render(pickle.loads(body))
    except Exception as error:
        return FAILED, failure(error)
    return DONE, memory().to_bytes(8, 'big') + content


def failure(error):
    return json.dumps({'class': type(error).__name__, 'message': str(error)}).encode()


def memory():
    "Return the resident memory in bytes"
    with open('/proc/self/statm', encoding='ascii') as file:
        return int(file.read().split()[1]) * resource.getpagesize()


if __name__ == '__main__':
    warnings.simplefilter('ignore')
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
