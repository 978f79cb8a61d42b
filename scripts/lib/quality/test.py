"""The last step of scripts/test, after the installation: run pytest, by default on two processes."""
import os
import sys

from ..install.bootstrap import ROOT

PROCESSES = 2
DATA = 'KONTOR_TEST_DATA'


def main(arguments, rest):
    """Replace this process by pytest; relative paths start at the root of the repository."""
    if arguments.data:
        os.environ[DATA] = str(arguments.data / 'test')
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, '-m', 'pytest', *processes(rest), *rest])


def processes(rest):
    """Return the option that splits the run, unless the caller has set it or debugs."""
    chosen = ('-n', '--numprocesses', '--pdb', '--trace', '-s', '--collect-only', '--co', '--help', '-h')
    if any(word == name or word.startswith((f'{name}=', '-n')) for word in rest for name in chosen):
        return []
    # A file stays in one process, which makes its fixtures once and alone starts its servers
    return ['-n', str(PROCESSES), '--dist', 'loadfile', '--no-loadscope-reorder']
