"""The document process of this web worker: made when needed, replaced when it dies or grows.

A process is spawned, never forked, since a fork hangs once a document was typeset. It belongs to
the process that made it: after a fork the child starts its own. All threads share it, one
document at a time; it uses as many processors as a layout can.
"""
import atexit
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from . import errors
from .channel import DONE, JOB, READY, Closed, pair

TIME_LIMIT = 20         # seconds for one document
START_LIMIT = 30        # seconds until a new process is ready
WAIT_LIMIT = 60         # seconds for all documents that come first
MOST_DOCUMENTS = 500    # of one process
MOST_MEMORY = 600 << 20     # bytes; 400 lines take about 400 MB, which is kept for the next ones
PASSED_ON = {'PATH', 'PYTHONPATH', 'PYTHONHOME', 'LANG', 'LC_ALL', 'TMPDIR'}
MODULE = f'{__package__}.process'


class DocumentProcess:
    "One process; ``run`` is the folder for its pid file and its private files, or None"

    def __init__(self, run):
        self.run = Path(run) if run else None
        if self.run:
            self.run.mkdir(parents=True, exist_ok=True)
        self.root = tempfile.mkdtemp(prefix='.document-', dir=self.run)
        self.channel, theirs = pair()
        with theirs:
            # The environment may hold secrets, such as the database's address: it stays here.
            self.process = subprocess.Popen(
                [sys.executable, '-m', MODULE, str(theirs.fileno()), self.root],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                env={key: os.environ[key] for key in PASSED_ON & os.environ.keys()})
        self.ready = False
        self.documents = 0
        self.memory = 0
        self.mark(True)

    @property
    def pid(self):
        return self.process.pid

    def mark(self, present):
        if self.run:
            path = self.run / f'document-{self.pid}'
            path.touch(mode=0o600) if present else path.unlink(missing_ok=True)

    def render(self, payload, seconds):
        "Return the file; raises Closed, TimeoutError or a DocumentError"
        if not self.ready:
            self.expect(READY, START_LIMIT)
            self.ready = True
        deadline = time.monotonic() + seconds
        self.channel.send(JOB, payload, deadline)
        body = self.expect(DONE, deadline - time.monotonic())
        self.documents += 1
        self.memory = int.from_bytes(body[:8], 'big')
        return body[8:]

    def expect(self, wanted, seconds):
        kind, body = self.channel.receive(time.monotonic() + seconds)
        if kind != wanted:
            raise_failure(body)
        return body

    def stop(self):
        self.channel.close()
        self.process.kill()
        self.process.wait()
        self.mark(False)
        shutil.rmtree(self.root, ignore_errors=True)

    def forget(self):
        "Let go of it in a forked child, where it is not ours to stop"
        self.channel.close()
        self.process.returncode = 0


def raise_failure(body):
    found = json.loads(body)
    kind = getattr(errors, found['class'], None)
    if kind is None:
        raise errors.DocumentBroken(f"{found['class']}: {found['message']}")
    raise kind(found['message'])


class DocumentPool:
    """The process of this worker and who may use it when. Limits in seconds, documents, bytes.

    Errors of `render`: DocumentBroken and LogoBroken for this document alone; DocumentTimeout
    when it took too long; DocumentCrashed when its process and the next one died; DocumentBusy
    when others take too long; FontMissing when the installation is incomplete.
    """

    def __init__(
            self, run=None, time_limit=TIME_LIMIT, wait_limit=WAIT_LIMIT,
            most_documents=MOST_DOCUMENTS, most_memory=MOST_MEMORY):
        self.run = run
        self.time_limit = time_limit
        self.wait_limit = wait_limit
        self.most_documents = most_documents
        self.most_memory = most_memory
        self.lock = threading.Lock()
        self.process = None
        self.closed = False

    def start(self):
        "Begin to start the process, so that the first document need not wait for it"
        with self.lock:
            self.current()

    def render(self, document):
        "Return the bytes of a document"
        payload = pickle.dumps(document, pickle.HIGHEST_PROTOCOL)
        if not self.lock.acquire(timeout=self.wait_limit):
            raise errors.DocumentBusy('other documents take too long')
        try:
            return self.attempt(payload, retry=True)
        finally:
            self.lock.release()

    def attempt(self, payload, retry):
        try:
            content = self.current().render(payload, self.time_limit)
        except Closed as error:
            self.replace()
            if retry:
                return self.attempt(payload, retry=False)
            raise errors.DocumentCrashed('the document process died twice') from error
        except TimeoutError as error:
            self.replace()
            raise errors.DocumentTimeout(
                f'the document took longer than {self.time_limit} s') from error
        except errors.FontMissing:
            self.discard()
            raise
        self.recycle()
        return content

    def current(self):
        if self.closed:
            raise errors.DocumentError('documents are no longer made: this process ends')
        if self.process is None:
            self.process = DocumentProcess(self.run)
        return self.process

    def recycle(self):
        "Replace a process that has done or grown enough; the next one starts meanwhile"
        process = self.process
        if process.documents >= self.most_documents or process.memory > self.most_memory:
            self.replace()

    def replace(self):
        self.discard()
        self.current()

    def discard(self):
        process, self.process = self.process, None
        if process:
            process.stop()

    def shutdown(self):
        "End the process, also in the middle of a document, and make no other"
        self.closed = True
        process = self.process
        if process:
            process.process.kill()      # whoever waits for it lets go of the lock
        with self.lock:
            self.discard()


_pool = None
_making = threading.Lock()


def pool():
    "Return the pool of this process"
    global _pool
    with _making:
        if _pool is None:
            _pool = DocumentPool(run=os.environ.get('KONTOR_RUN'))
        return _pool


def start():
    "Begin to start the document process of this worker; call it after the fork"
    pool().start()


def render(document):
    "Return the bytes of a document; see `DocumentPool` for the errors"
    return pool().render(document)


def shutdown():
    "End the document process of this worker; a later call of `render` starts another"
    global _pool
    with _making:
        ended, _pool = _pool, None
    if ended:
        ended.shutdown()


def _after_fork():
    "The child has neither the parent's document process nor the state of its locks"
    global _pool, _making
    inherited, _pool = _pool, None
    _making = threading.Lock()
    if inherited and inherited.process:
        inherited.process.forget()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(shutdown)
