import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from trytond.modules.document_render import pool as pools
from trytond.modules.document_render.errors import (
    DocumentBroken, DocumentBusy, DocumentCrashed, DocumentError, DocumentTimeout, FontMissing,
    LogoBroken)

from . import samples
from .works import OfAnotherModule

pytestmark = pytest.mark.slow
ECHO = pools.Kind('echo', f'{__package__}.works:echo', most_jobs=3)


@pytest.fixture(scope='module')
def shared(tmp_path_factory):
    pool = pools.DocumentPool(run=tmp_path_factory.mktemp('run'))
    yield pool
    pool.shutdown()


@pytest.fixture
def own(tmp_path):
    made = []

    def make(**limits):
        made.append(pools.DocumentPool(run=tmp_path, **limits))
        return made[-1]
    yield make
    for pool in made:
        pool.shutdown()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f'/proc/{pid}/stat', encoding='ascii') as file:
        return file.read().rsplit(')', 1)[1].split()[0] != 'Z'


def gone(pid, seconds=5):
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_the_same_bytes_as_in_this_process(shared, renderer):
    document = samples.document(20, style=samples.styled(logo=samples.logo()))
    assert shared.render(document) == renderer.render(document)


def test_many_threads_get_each_their_own(shared, renderer):
    documents = [samples.document(2, number=f'INV-{i}') for i in range(24)]
    made = {}

    def work(mine):
        for document in mine:
            made[document.number] = shared.render(document)
    threads = [threading.Thread(target=work, args=(documents[i::8],)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {document.number: renderer.render(document) for document in documents}


def test_a_refused_document_harms_no_other(shared):
    pid = shared.process.pid
    with pytest.raises(LogoBroken):
        shared.render(samples.document(1, style=samples.styled(logo=b'no picture')))
    with pytest.raises(DocumentBroken, match='TypeError'):
        shared.render(samples.document(1, lines=(samples.line(0, amount=1.5),)))
    assert shared.render(samples.document(1)).startswith(b'%PDF-1.7')
    assert shared.process.pid == pid


def test_its_pid_stands_in_the_run_folder_while_it_lives(own, tmp_path):
    pool = own()
    pool.render(samples.document(1))
    pid = pool.process.pid
    assert [path.name for path in tmp_path.glob('document-*')] == [f'document-{pid}']
    pool.shutdown()
    assert gone(pid)
    assert list(tmp_path.iterdir()) == []


def test_it_sees_no_secrets(own, monkeypatch):
    monkeypatch.setenv('KONTOR_DATABASE_URL', 'postgresql://secret')
    pool = own()
    pool.render(samples.document(1))
    with open(f'/proc/{pool.process.pid}/environ', 'rb') as file:
        assert b'secret' not in file.read()


def test_a_killed_one_is_replaced_and_the_document_made(own):
    pool = own()
    pool.render(samples.document(1))
    for _ in range(2):
        pid = pool.process.pid
        os.kill(pid, signal.SIGKILL)
        assert pool.render(samples.document(1)).startswith(b'%PDF-1.7')
        assert pool.process.pid != pid


def test_killed_in_the_middle_of_a_document(own, renderer):
    pool, document = own(), samples.document(400)
    pool.render(samples.document(1))
    timer = threading.Timer(0.05, os.kill, (pool.process.pid, signal.SIGKILL))
    timer.start()
    assert pool.render(document) == renderer.render(document)


def test_one_that_dies_again_and_again_is_an_error(own, monkeypatch):
    monkeypatch.setattr(pools, 'MODULE', 'trytond.modules.document_render.absent')
    pool = own()
    with pytest.raises(DocumentCrashed):
        pool.render(samples.document(1))
    monkeypatch.undo()
    assert pool.render(samples.document(1)).startswith(b'%PDF-1.7')


def test_one_that_takes_too_long_is_killed_and_replaced(own):
    pool = own(time_limit=1)
    pool.render(samples.document(1))
    pid = pool.process.pid
    os.kill(pid, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(DocumentTimeout):
        pool.render(samples.document(1))
    assert 1 <= time.monotonic() - started < 2
    assert gone(pid)
    assert pool.render(samples.document(1)).startswith(b'%PDF-1.7')


def test_whoever_waits_too_long_for_others_is_told(own):
    pool = own(time_limit=2, wait_limit=0.2)
    pool.render(samples.document(1))
    os.kill(pool.process.pid, signal.SIGSTOP)
    first = threading.Thread(target=lambda: pytest.raises(
        DocumentTimeout, pool.render, samples.document(1)))
    first.start()
    time.sleep(0.1)
    with pytest.raises(DocumentBusy):
        pool.render(samples.document(1))
    first.join()


@pytest.mark.parametrize('limits', [{'most_documents': 2}, {'most_memory': 1}])
def test_it_is_replaced_after_enough(own, limits):
    pool = own(**limits)
    pids = set()
    for _ in range(4):
        pool.render(samples.document(1))
        pids.add(pool.process.pid)
    assert len(pids) >= 3 or limits == {'most_documents': 2} and len(pids) == 3


def test_after_the_end_nothing_is_made(own):
    pool = own()
    pool.start()
    pool.shutdown()
    with pytest.raises(DocumentError):
        pool.render(samples.document(1))


def test_other_work_in_a_process_of_its_own(own):
    pool = own(kind=ECHO)
    assert pool.job(b'a job') == b'a job'
    with pytest.raises(OfAnotherModule, match='told in full'):
        pool.job(b'known')
    pid = pool.process.pid
    assert pool.job(b'2') == b'2' and pool.process.pid == pid
    pool.job(b'3')
    assert pool.process.pid != pid      # its own limit of jobs, not that of documents


def test_what_can_be_done_ahead_is_done_while_nobody_waits(own):
    pool = own(kind=ECHO)
    assert pool.job(b'') == b''
    deadline = time.monotonic() + 20
    while pool.job(b'') != b' first second' and time.monotonic() < deadline:
        pool.process.documents = 0
        time.sleep(2.5)
    assert pool.job(b'and lives') == b'and lives first second'


def test_announced_work_starts_with_the_rest(monkeypatch, tmp_path):
    monkeypatch.setenv('KONTOR_RUN', str(tmp_path))
    monkeypatch.setattr(pools, '_kinds', {pools.TYPESET.name: pools.TYPESET})
    monkeypatch.setattr(pools, '_pools', {})
    pools.announce(ECHO)
    pools.start()
    pids = {pools.pool(kind).process.pid for kind in (ECHO, pools.TYPESET)}
    assert {path.name for path in tmp_path.glob('document-*')} == {f'document-{n}' for n in pids}
    pools.shutdown()
    assert all(map(gone, pids)) and list(tmp_path.iterdir()) == []


def test_a_missing_font_is_an_error_at_start(own, monkeypatch, tmp_path):
    """The process has its own search path, without the font packages"""
    program = tmp_path / 'broken.py'
    program.write_text(textwrap.dedent('''
        import sys
        from trytond.modules.document_render import fonts, process
        def check(thorough=False):
            raise fonts.FontMissing('the font Arimo[wght].ttf is missing')
        fonts.check = check
        process.main(int(sys.argv[1]), *sys.argv[2:])
        '''))
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))
    monkeypatch.setattr(pools, 'MODULE', 'broken')
    with pytest.raises(FontMissing, match='Arimo'):
        own().render(samples.document(1))


PARENT = textwrap.dedent('''
    import os, sys, time
    from trytond.modules import document_render as documents
    from trytond.modules.document_render import pool
    from trytond.modules.document_render.tests import samples
    documents.render(samples.document(1))
    print(pool.pool().process.pid, flush=True)
    ''')


def parent(code, run):
    return subprocess.Popen(
        [sys.executable, '-c', PARENT + textwrap.dedent(code)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, 'KONTOR_RUN': str(run)})


def test_it_dies_with_its_parent_and_leaves_nothing(tmp_path):
    """The parent is killed in the middle of a long document, so that it cannot clean up"""
    process = parent('''
        import threading
        threading.Thread(target=documents.render, args=(samples.document(1000),)).start()
        time.sleep(0.2)
        print('busy', flush=True)
        time.sleep(60)
        ''', tmp_path)
    pid = int(process.stdout.readline())
    assert process.stdout.readline() == 'busy\n' and alive(pid)
    process.kill()
    process.wait()
    assert gone(pid)
    assert list(tmp_path.iterdir()) == []


def test_it_ends_when_its_parent_ends(tmp_path):
    process = parent('', tmp_path)
    pid = int(process.stdout.readline())
    assert process.wait(10) == 0
    assert gone(pid)
    assert list(tmp_path.iterdir()) == []


def test_a_forked_worker_makes_its_own(tmp_path):
    process = parent('''
        first = documents.render(samples.document(2))
        child = os.fork()
        if not child:
            same = documents.render(samples.document(2)) == first
            print(pool.pool().process.pid, same, flush=True)
            documents.shutdown()
            os._exit(0)
        os.waitpid(child, 0)
        print(documents.render(samples.document(2)) == first, pool.pool().process.pid)
        ''', tmp_path)
    lines = process.communicate(timeout=30)[0].split()
    first, childs, same, again, still = lines
    assert (same, again) == ('True', 'True')
    assert childs != first and still == first
