"""Minutes of requests that nobody wrote: made from the OpenAPI document, and sequences held against a model.

They run as the tests of the same names do, on a database of their own, only longer and with another seed.
"""
import os
import subprocess
import sys

from ..install.bootstrap import ROOT

TESTS = ('tests/contracts/billing/test_fuzz.py', 'tests/contracts/billing/test_model.py')


def run(arguments):
    """Return 0 when every answer was a good one"""
    environment = os.environ | {
        'KONTOR_FUZZ_MINUTES': str(arguments.fuzz), 'KONTOR_FUZZ_SEED': str(arguments.random_seed)}
    return subprocess.call(
        [sys.executable, '-m', 'pytest', '-q', '-n0', *TESTS], cwd=ROOT, env=environment)
