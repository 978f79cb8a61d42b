"""Random requests for some minutes: from the OpenAPI document, and sequences compared with a model.

They run like the tests of the same names, on a database of their own, only longer and with another seed.
"""
import os
import subprocess
import sys

from ..install.bootstrap import ROOT

TESTS = ('tests/contracts/billing/test_fuzz.py', 'tests/contracts/billing/test_model.py')


def run(arguments):
    """Return 0 if every answer was valid"""
    environment = os.environ | {
        'KONTOR_FUZZ_MINUTES': str(arguments.fuzz), 'KONTOR_FUZZ_SEED': str(arguments.random_seed)}
    return subprocess.call(
        [sys.executable, '-m', 'pytest', '-q', '-n0', *TESTS], cwd=ROOT, env=environment)
