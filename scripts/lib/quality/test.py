"""What scripts/test does once everything is installed: run pytest, on two processes unless told otherwise."""
import os
import sys

from ..install.bootstrap import ROOT

PROCESSES = 2
DATA = 'KONTOR_TEST_DATA'


def main(arguments, rest):
    """Replace this process by pytest; relative paths count from the root of the clone."""
    if arguments.data:
        os.environ[DATA] = str(arguments.data / 'test')
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, '-m', 'pytest', *processes(rest), *rest])


def processes(rest):
    """Return the option that splits the run, unless the caller chose or debugs."""
    chosen = ('-n', '--numprocesses', '--pdb', '--trace', '-s', '--collect-only', '--co', '--help', '-h')
    if any(word == name or word.startswith((f'{name}=', '-n')) for word in rest for name in chosen):
        return []
    # A file stays on one process: its fixtures are made once, and what it starts nobody else starts
    return ['-n', str(PROCESSES), '--dist', 'loadfile', '--no-loadscope-reorder']
