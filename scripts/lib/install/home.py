"""The DATA folder: paths of the run-time files, its lock, and the secrets of this installation.

conf/       trytond configurations, one per role       log/   one log per process
run/        pids of web workers and document processes  postgres/   the embedded server
demo.json   addresses, keys and logins for callers      secrets.json, tenants.json
secret.key  encryption key of the tenants' secrets: part of every backup

Standard library only.
"""
import base64
import fcntl
import json
import os
import secrets
import shutil
from pathlib import Path

_SECRETS = ('superuser', 'owner', 'web', 'worker')


class Busy(Exception):
    """Another process serves this DATA folder."""


class Home:
    """A DATA folder"""

    def __init__(self, path):
        self.path = Path(path)
        self.conf = self.path / 'conf'
        self.log = self.path / 'log'
        self.run = self.path / 'run'
        self.postgres = self.path / 'postgres'
        self.demo = self.path / 'demo.json'
        self.tenants = self.path / 'tenants.json'
        self._secrets = self.path / 'secrets.json'
        self._lock = None

    def make(self):
        """Create the folders. As root they are passable: PostgreSQL runs as another user."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (self.conf, self.log, self.run):
            folder.mkdir(mode=0o700, exist_ok=True)

    def lock(self):
        """Lock this folder for the life of this process."""
        file = open(self.path / 'serve.lock', 'a+')  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Busy(
                f'{self.path} is in use by another scripts/serve'
                f' (pid {file.read().strip() or "unknown"}): stop it or choose another --data'
                ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file

    def unlock(self):
        self._lock.close()

    def secrets(self):
        """Return {name: random password}, created once per installation."""
        known = read_json(self._secrets) or {}
        missing = [name for name in _SECRETS if name not in known]
        if missing:
            known.update((name, secrets.token_hex(24)) for name in missing)
            write_json(self._secrets, known)
        return known

    def secret_key(self):
        """Create the key of the tenants' secrets, once per installation."""
        path = self.path / 'secret.key'
        if not path.exists():
            write_private(path, base64.b64encode(secrets.token_bytes(32)).decode() + '\n')

    def logs(self, name):
        """Return the path of a log; a log beyond 16 MB is rotated."""
        path = self.log / f'{name}.log'
        if path.exists() and path.stat().st_size > 16 * 2 ** 20:
            path.replace(path.with_suffix('.log.1'))
        return path

    def pids(self, kind):
        """Return the pids in run/ of the processes of a kind ('web', 'document'), ascending."""
        names = (path.name.removesuffix('.pid') for path in self.run.glob(f'{kind}-*'))
        numbers = (name.removeprefix(f'{kind}-') for name in names)
        return sorted(int(number) for number in numbers if number.isdecimal())

    def forget(self, kind, pid):
        """Remove the pid file of an ended process."""
        for suffix in ('', '.pid'):
            (self.run / f'{kind}-{pid}{suffix}').unlink(missing_ok=True)

    def forget_everybody(self):
        """Empty run/ before a start."""
        for path in self.run.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def read_json(path):
    """Return the content of a JSON file, None if it is missing."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def write_private(path, text):
    """Replace a file atomically, readable by its owner alone."""
    draft = path.with_name(f'.{path.name}.{os.getpid()}')
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, 'w') as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def write_json(path, content):
    write_private(path, json.dumps(content, indent=2) + '\n')
