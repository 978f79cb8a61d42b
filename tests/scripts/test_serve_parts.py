"""The parts of scripts/serve one by one: the DATA folder, children, orphans, what is installed."""
import base64
import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from scripts.lib.install import bootstrap, demo, roles
from scripts.lib.run import children, options, processes, tied
from scripts.lib.quality import test as testing
from scripts.lib.install.home import Busy, Home

SLEEP = [sys.executable, '-c', 'import time; time.sleep(60)']


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / 'data')
    home.make()
    return home


# -- the folder

def test_secrets_are_random_kept_and_private(home, tmp_path):
    first = home.secrets()
    assert set(first) == {'superuser', 'owner', 'web', 'worker'}
    assert {len(password) for password in first.values()} == {48}
    assert home.secrets() == first
    assert stat.S_IMODE((home.path / 'secrets.json').stat().st_mode) == 0o600
    other = Home(tmp_path / 'other')
    other.make()
    assert not set(other.secrets().values()) & set(first.values())


def test_the_key_of_the_secrets_is_made_once_and_private(home):
    home.secret_key()
    path = home.path / 'secret.key'
    first = path.read_text()
    assert len(base64.b64decode(first)) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    home.secret_key()
    assert path.read_text() == first


def test_the_environment_may_give_the_key_of_the_secrets(home, monkeypatch):
    access = roles.Access('books', dict.fromkeys(('owner', 'web', 'worker'), 'postgresql://db:1/books'))
    monkeypatch.setenv('KONTOR_SECRET_KEY', 'c2VjcmV0')
    roles.write_configurations(home, access)
    assert 'secret_key = c2VjcmV0' in (home.conf / 'web.conf').read_text()


def test_folder_is_served_once(home):
    home.lock()
    with pytest.raises(Busy, match=f'in use by another scripts/serve .pid {os.getpid()}.'):
        Home(home.path).lock()
    home.unlock()
    Home(home.path).lock()


def test_marks_of_processes_are_read_and_removed(home):
    for name in ('web-12', 'web-7', 'document-9.pid', 'web-x', '.document-z'):
        (home.run / name).touch()
    (home.run / 'document-abc').mkdir()
    assert home.pids('web') == [7, 12]
    assert home.pids('document') == [9]
    home.forget('document', 9)
    assert home.pids('document') == []
    home.forget_everybody()
    assert list(home.run.iterdir()) == []


def test_long_log_is_put_aside(home):
    log = home.logs('web')
    log.write_bytes(b'x' * (16 * 2 ** 20 + 1))
    assert home.logs('web') == log
    assert not log.exists()
    assert (home.log / 'web.log.1').stat().st_size == 16 * 2 ** 20 + 1


def test_each_role_has_a_configuration_that_knows_no_other(home):
    access = roles.Access('books', {
        role: f'postgresql://books_{role}:secret-of-{role}@db:1/books'
        for role in ('owner', 'web', 'worker')})
    roles.write_configurations(home, access)
    for role in ('owner', 'web', 'worker'):
        path = home.conf / f'{role}.conf'
        text = path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert f'uri = kontor://books_{role}:secret-of-{role}@db:1/books' in text
        assert text.count('secret-of-') == 1
        assert 'clean_timeout = 0' in text


def test_demo_json_follows_the_processes(home):
    home.tenants.write_text(json.dumps([{'name': 'A', '_filled': {'customer': 1}}]))
    board = demo.Board(home, 'http://here:1', 'books', {'owner': 'o', 'web': 'w'})
    (home.run / f'web-{os.getpid()}').touch()
    (home.run / 'web-4194300').touch()
    board.update()
    content = json.loads(home.demo.read_text())
    assert content == {
        'url': 'http://here:1', 'database': 'books', 'rpc': 'http://here:1/books/',
        'postgres': {'owner': 'o', 'web': 'w'}, 'pids': {'web': [os.getpid()], 'documents': []},
        'tenants': [{'name': 'A'}]}
    assert not (home.run / 'web-4194300').exists()


# -- children

def child(home, command, **options):
    environment = children.environment(os.environ, home.path)
    return children.Child(
        'baker', lambda: command, environment, log=lambda: home.logs('baker'), **options)


def step_until(child, condition, seconds=5):
    """Step a child until a condition holds; return what it said."""
    said = []
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        if event := child.step():
            said.append(event)
        time.sleep(0.01)
    return said


def test_dead_child_is_started_again(home):
    baker = child(home, SLEEP)
    step_until(baker, lambda: baker.is_ready)
    first = baker.process.pid
    os.kill(first, signal.SIGKILL)
    said = step_until(baker, lambda: baker.running and baker.process.pid != first)
    assert said == ['baker was ended by SIGKILL; starting it again']
    baker.kill()
    assert not baker.running


def test_child_that_never_works_is_given_up_with_its_last_words(home):
    baker = child(
        home, [sys.executable, '-c', 'import sys; sys.exit("no flour")'], ready=lambda: False)
    with pytest.raises(children.GaveUp, match=r'baker ended with code 1, 2 times(.|\n)*no flour'):
        step_until(baker, lambda: False)


def test_child_waits_for_the_one_it_needs(home):
    open_now = []
    mill = child(home, SLEEP, ready=lambda: bool(open_now))
    baker = child(home, SLEEP, after=mill)
    mill.step()
    mill.step()
    baker.step()
    assert mill.running and not baker.running
    open_now.append(True)
    mill.step()
    baker.step()
    assert baker.running
    mill.kill()
    baker.kill()


def test_what_a_dead_child_leaves_is_ended(home, monkeypatch):
    monkeypatch.setattr(children, 'ORPHAN_SECONDS', 0.2)
    baker = child(home, [sys.executable, '-c',
        'import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(60)', *SLEEP])
    step_until(baker, lambda: len(processes.marked(home.path)) == 2)
    apprentice = max(processes.marked(home.path))
    os.kill(baker.process.pid, signal.SIGKILL)
    step_until(baker, lambda: not processes.alive(apprentice))
    baker.kill()


def test_environment_of_a_child_hides_addresses(home):
    environment = children.environment(
        {'PATH': '/bin', 'KONTOR_DATABASE_URL': 'postgresql://a:b@c', 'PGPASSWORD': 'x',
            'TRYTOND_DATABASE_URI': 'y', 'PYTHONPATH': '/z'}, home.path, KONTOR_RUN='r')
    assert {name for name in environment if not name.startswith('PYTHON')} == {
        'PATH', processes.MARK, 'KONTOR_RUN'}
    assert 'PYTHONPATH' not in environment


def test_tied_process_ends_with_its_parent(tmp_path):
    program = (
        'import subprocess, sys, time; from scripts.lib.run import tied;'
        'print(subprocess.Popen(tied.command(sys.argv[1:], 15)).pid, flush=True); time.sleep(60)')
    parent = subprocess.Popen(
        [sys.executable, '-c', program, *SLEEP], stdout=subprocess.PIPE, text=True,
        cwd=bootstrap.ROOT)
    pid = int(parent.stdout.readline())
    assert processes.alive(pid)
    parent.kill()
    parent.wait()
    assert processes.wait([pid], 3) == []


# -- what is installed, and options

def test_fingerprint_follows_what_decides_the_venv(monkeypatch, tmp_path):
    (tmp_path / 'config').mkdir()
    (tmp_path / 'modules' / 'one').mkdir(parents=True)
    (tmp_path / 'modules' / 'one' / 'tryton.cfg').touch()
    for path in ('setup.py', 'config/constraints.txt', 'config/requirements.txt'):
        (tmp_path / path).write_text(path)
    monkeypatch.setattr(bootstrap, 'ROOT', tmp_path)
    monkeypatch.setattr(bootstrap, 'CONFIG', tmp_path / 'config')
    monkeypatch.setattr(bootstrap, 'VENV', tmp_path / '.venv')
    monkeypatch.setattr(
        bootstrap, 'REQUIREMENTS', {'run': [tmp_path / 'config' / 'requirements.txt']})
    seen = [bootstrap.fingerprint('run')]
    assert bootstrap.fingerprint('run') == seen[0]
    (tmp_path / 'config' / 'constraints.txt').write_text('other')
    seen.append(bootstrap.fingerprint('run'))
    (tmp_path / 'modules' / 'two').mkdir()
    (tmp_path / 'modules' / 'two' / 'tryton.cfg').touch()
    seen.append(bootstrap.fingerprint('run'))
    (tmp_path / '.venv').mkdir()
    (tmp_path / '.venv' / 'pyvenv.cfg').write_text('version = 3.12.1')
    seen.append(bootstrap.fingerprint('run'))
    assert len(set(seen)) == 4


def test_missing_prerequisite_is_named_and_nothing_is_made(monkeypatch, tmp_path, capsys):
    find = bootstrap.importlib.util.find_spec
    monkeypatch.setattr(
        bootstrap.importlib.util, 'find_spec', lambda name: None if name == 'ensurepip' else find(name))
    monkeypatch.setattr(bootstrap, 'VENV', tmp_path / '.venv')
    with pytest.raises(SystemExit) as ended:
        bootstrap.enter()
    assert ended.value.code == 1
    assert 'this machine lacks the module ensurepip' in capsys.readouterr().err
    assert not (tmp_path / '.venv').exists()


def test_old_python_is_told_so():
    text = (bootstrap.ROOT / 'scripts' / 'serve').read_text()
    text = text.replace('sys.version_info < (3, 11)', 'sys.version_info < (9, 0)')
    result = subprocess.run([sys.executable, '-c', text], capture_output=True, text=True)
    assert result.returncode == 1
    assert 'Kontor needs Python 3.11 or newer, this is 3.' in result.stderr


@pytest.mark.parametrize('rest, expected', [
    ([], ['-n', '2', '--dist', 'loadfile', '--no-loadscope-reorder']),
    (['-k', 'walls', 'tests'], ['-n', '2', '--dist', 'loadfile', '--no-loadscope-reorder']),
    (['-n0'], []), (['-n', '4'], []), (['--numprocesses=1'], []), (['--pdb'], []),
    ])
def test_tests_run_on_two_processes_unless_told_otherwise(rest, expected):
    assert testing.processes(rest) == expected


@pytest.mark.parametrize('arguments, expected', [
    ([], (8000, '127.0.0.1', 2, 'var', False)),
    (['--port', '9', '--host', '::', '--workers', '3', '--data', '/x/data', '--json'],
        (9, '::', 3, 'data', True)),
    ])
def test_options_of_serve(arguments, expected):
    found = options.serve(arguments)
    assert (found.port, found.host, found.workers, found.data.name, found.json) == expected


def test_command_of_a_tied_process_names_signal_parent_and_user():
    words = tied.command(['/bin/true', 1], signal.SIGINT, 'pgserver')
    assert words[-5:] == ['SIGINT', str(os.getpid()), 'pgserver', '/bin/true', '1']
