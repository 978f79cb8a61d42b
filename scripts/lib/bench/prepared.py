"""Instances to measure: copies of a database that is created once per state of the code.

Creating it takes a minute, copying it two seconds. It is in var/bench/prepared with the hash of the code.
"""
import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..install.bootstrap import ROOT, say
from ..run.instance import Serve

_CODE = {'.py', '.xml', '.cfg', '.po', '.tsv', '.csv', '.typ'}
ENVIRONMENT = {'KONTOR_DATABASE_URL': ''}
"""An instance has a PostgreSQL of its own, for any value in this shell"""
_FIRST_START = 1200
_START = 240


def fingerprint():
    """Return a hash of all sources of a database"""
    digest = hashlib.sha256((ROOT / 'config' / 'constraints.txt').read_bytes())
    for path in sorted((ROOT / 'modules').rglob('*')):
        if path.suffix in _CODE and 'tests' not in path.relative_to(ROOT).parts:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def prepare(base=ROOT / 'var'):
    """Return the DATA folder of a stopped installation with the demo tenants; create it if missing"""
    folder = base / 'bench' / 'prepared'
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / fingerprint()
    with open(folder / 'lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            _make(folder, home)
    return home


def _make(folder, home):
    say('making the database that instances are copied from (a minute or two)')
    for old in folder.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    draft = folder / 'draft'
    serve = Serve(draft, environment=ENVIRONMENT)
    try:
        serve.wait_ready(_FIRST_START)
    finally:
        serve.close()
    draft.rename(home)


def copied(data, base=ROOT / 'var'):
    """Copy the prepared installation to a folder; owners, permissions and links are preserved"""
    source = prepare(base)
    with contextlib.suppress(FileNotFoundError):
        data.rmdir()
    _copy(source, data)
    for name in ('demo.json', 'serve.lock', 'postgres/port'):
        (data / name).unlink(missing_ok=True)


def _copy(source, target):
    subprocess.run(['cp', '--archive', str(source), str(target)], check=True)


@contextlib.contextmanager
def instance(arguments=()):
    """Yield the Serve of an installation in a temporary folder"""
    data = Path(tempfile.mkdtemp(prefix='kontor-bench-'))
    try:
        copied(data)
        serve = Serve(data, arguments=arguments, environment=ENVIRONMENT)
        try:
            serve.wait_ready(_START)
            yield serve
        finally:
            serve.close()
    finally:
        shutil.rmtree(data, ignore_errors=True)
