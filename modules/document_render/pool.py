"""The document processes of this web worker: started on demand, replaced when they die or grow.

There is one process for each kind of work, such as typesetting, so that a document can be typeset while its
data is validated, and the memory of one kind does not add to that of another. A process is spawned, never
forked, because a fork hangs once a document was typeset. It belongs to the process that started it: after a
fork the child starts its own. All threads share it, one job at a time.
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
from typing import NamedTuple

from . import errors
from .channel import DONE, JOB, READY, Closed, pair

TIME_LIMIT = 20         # seconds for one document
START_LIMIT = 30        # seconds until a new process is ready
WAIT_LIMIT = 60         # seconds to wait for all earlier documents
MOST_DOCUMENTS = 500    # per typesetting process
MOST_MEMORY = 600 << 20     # bytes; 400 lines take about 400 MB, which the process keeps for later documents
PASSED_ON = {'PATH', 'PYTHONPATH', 'PYTHONHOME', 'LANG', 'LC_ALL', 'TMPDIR'}
MODULE = f'{__package__}.process'


class Kind(NamedTuple):
    """A kind of work. ``work`` is a module:function that the process calls once with its private folder: it
    returns the function from the bytes of a job to the bytes of its answer, see `process`. Errors derived
    from `DocumentError` are raised again as the same class, others as DocumentBroken. ``most_jobs`` is the
    number of jobs after which the process is replaced.
    """
    name: str
    work: str
    most_jobs: int = MOST_DOCUMENTS


TYPESET = Kind('typeset', f'{__package__}.renderer:warm')


class DocumentProcess:
    """One document process; ``run`` is the folder for its pid file and its private files, or None"""

    def __init__(self, run, kind=TYPESET):
        self.run = Path(run) if run else None
        if self.run:
            self.run.mkdir(parents=True, exist_ok=True)
        self.root = tempfile.mkdtemp(prefix='.document-', dir=self.run)
        self.channel, theirs = pair()
        with theirs:
            # The environment may hold secrets, such as the database's address: it is not passed on.
            self.process = subprocess.Popen(
                [sys.executable, '-m', MODULE, str(theirs.fileno()), self.root, kind.work],
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

    def run_job(self, payload, seconds):
        """Return the answer; raises Closed, TimeoutError or a DocumentError"""
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
        """Release the process in a forked child, which must not stop its parent's process"""
        self.channel.close()
        self.process.returncode = 0


def raise_failure(body):
    found = json.loads(body)
    for kind in errors.known():
        if kind.__name__ == found['class']:
            raise kind(found['message'])
    raise errors.DocumentBroken(f"{found['class']}: {found['message']}")


class DocumentPool:
    """The document process of this worker, behind a lock. Limits in seconds, documents, bytes.

    Errors of `job`: DocumentBroken and LogoBroken for this document alone; DocumentTimeout when it exceeded
    the time limit; DocumentCrashed when its process and the replacement died; DocumentBusy when the wait for
    earlier documents exceeded its limit; FontMissing when the installation is incomplete.
    """

    def __init__(
            self, run=None, time_limit=TIME_LIMIT, wait_limit=WAIT_LIMIT,
            most_documents=None, most_memory=MOST_MEMORY, kind=TYPESET):
        self.run = run
        self.kind = kind
        self.time_limit = time_limit
        self.wait_limit = wait_limit
        self.most_documents = most_documents or kind.most_jobs
        self.most_memory = most_memory
        self.lock = threading.Lock()
        self.process = None
        self.closed = False

    def start(self):
        """Begin to start the process, so that the first document does not wait for it"""
        with self.lock:
            self.current()

    def render(self, document, finish=None):
        """Return the bytes of a document.

        finish: a picklable function from these bytes to other bytes; the process calls it.
        """
        return self.job(pickle.dumps((document, finish), pickle.HIGHEST_PROTOCOL))

    def job(self, payload):
        """Return the answer to a job, both as bytes"""
        if not self.lock.acquire(timeout=self.wait_limit):
            raise errors.DocumentBusy('other documents take too long')
        try:
            return self.attempt(payload, retry=True)
        finally:
            self.lock.release()

    def attempt(self, payload, retry):
        try:
            content = self.current().run_job(payload, self.time_limit)
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
            self.process = DocumentProcess(self.run, self.kind)
        return self.process

    def recycle(self):
        """Replace a process at its limit of documents or memory; the next one starts in the background"""
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
        """Stop the process, even in the middle of a document, and start no other"""
        self.closed = True
        process = self.process
        if process:
            process.process.kill()      # the thread that waits for it releases the lock
        with self.lock:
            self.discard()


_kinds = {TYPESET.name: TYPESET}
_pools = {}
_making = threading.Lock()


def announce(kind):
    """Register a kind of work; its process is then started with the others"""
    _kinds[kind.name] = kind
    return kind


def pool(kind=TYPESET):
    """Return the pool of this process for a kind of work"""
    with _making:
        if kind.name not in _pools:
            _pools[kind.name] = DocumentPool(run=os.environ.get('KONTOR_RUN'), kind=kind)
        return _pools[kind.name]


def start():
    """Begin to start the document processes of this worker; call it after the fork"""
    for kind in list(_kinds.values()):
        pool(kind).start()


def render(document, finish=None):
    """Return the bytes of a document; see `DocumentPool.render`, and `DocumentPool` for the errors"""
    return pool().render(document, finish)


def shutdown():
    """Stop the document processes of this worker; a later call of `render` starts another"""
    with _making:
        ended = list(_pools.values())
        _pools.clear()
    for each in ended:
        each.shutdown()


def _after_fork():
    """Reset the state in a forked child: neither document processes nor locks are inherited"""
    global _pools, _making
    inherited, _pools = _pools, {}
    _making = threading.Lock()
    for each in inherited.values():
        if each.process:
            each.process.forget()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(shutdown)
