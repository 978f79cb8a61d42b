"""The engine compared with Tryton's own workflow, like the test of that name, with any number of cases.

Prints seed, counts per kind and the cases with a difference.
"""
import os
import subprocess
import sys

from ..install.bootstrap import ROOT

TEST = 'tests/oracle/test_oracle.py::test_the_engine_books_what_tryton_would_have_booked'


def run(arguments):
    """Return 0 if both wrote the same"""
    environment = os.environ | {
        'KONTOR_ORACLE_CASES': str(arguments.oracle), 'KONTOR_ORACLE_SEED': str(arguments.random_seed)}
    return subprocess.call(
        [sys.executable, '-m', 'pytest', '-q', '-s', '-n0', '--tb=short', TEST], cwd=ROOT, env=environment)
