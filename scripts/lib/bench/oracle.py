"""The engine held against Tryton's own workflow, as the test of that name does, with as many cases as wanted.

Prints seed, counts per kind and the cases that differ.
"""
import os
import subprocess
import sys

from ..install.bootstrap import ROOT

TEST = 'tests/oracle/test_oracle.py::test_the_engine_books_what_tryton_would_have_booked'


def run(arguments):
    """Return 0 when both ways wrote the same"""
    environment = os.environ | {
        'KONTOR_ORACLE_CASES': str(arguments.oracle), 'KONTOR_ORACLE_SEED': str(arguments.random_seed)}
    return subprocess.call(
        [sys.executable, '-m', 'pytest', '-q', '-s', '-n0', '--tb=short', TEST], cwd=ROOT, env=environment)
