"""The modes of scripts/bench, one line each."""
import argparse
import importlib
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from ..run import options


@dataclass(frozen=True)
class Mode:
    """option: on the command line; module: below scripts.lib.bench, with ``function``(arguments) → exit code;
    the rest: parameters of argparse.
    """
    option: str
    module: str
    help: str
    metavar: str = ''
    kind: type = int
    function: str = 'run'
    choices: tuple | None = None

    @property
    def name(self):
        return self.option.removeprefix('--').replace('-', '_')


OPERATIONS = (
    'no_op', 'list', 'read', 'pdf', 'customer', 'issue_2', 'issue_20', 'issue_400', 'einvoice_2',
    'einvoice_20', 'einvoice_400')
"""Keys of operations.py, whose import needs more than the standard library"""
PARTS = ('door', 'reading', 'tenants_made', 'fairness', 'no_op')
"""Methods of full.Bench that can run separately"""
MODES = (
    Mode('--profile', 'profile', 'statements and a cProfile table of one operation', 'OPERATION', str,
        choices=OPERATIONS),
    Mode('--part', 'part', 'some rows of the table by themselves', 'PART', str, choices=PARTS),
    Mode('--seed', 'seed', 'serve an instance whose first tenant has N posted invoices, each other 50; prints'
        ' the path of its demo.json', 'N'),
    Mode('--stop', 'seed', 'end the instance that --seed left running', function='stop', kind=bool),
    Mode('--fuzz', 'fuzz', 'MINUTES of requests made from OpenAPI and as many of random sequences;'
        ' exit 1 with findings', 'MINUTES', float),
    Mode('--oracle', 'oracle', "N random cases played by the engine and by Tryton's own workflow, every row"
        ' compared (--random-seed); exit 1 with differences', 'N'),
    Mode('--kill', 'kill', 'N rounds of SIGKILL under 20 parallel POSTs; exit 1 with findings', 'N'),
    )
ALL = Mode('', 'full', 'measure everything and print the table')
"""The mode without an option"""


def parse(arguments):
    """Return the options of scripts/bench; exit with code 2 on a wrong one"""
    parser = argparse.ArgumentParser(
        prog='scripts/bench',
        description='Measure Kontor: starts an instance of its own, drives it and prints a table.')
    group = parser.add_mutually_exclusive_group()
    for mode in MODES:
        if mode.kind is bool:
            group.add_argument(mode.option, action='store_true', default=None, help=mode.help)
        else:
            group.add_argument(
                mode.option, metavar=mode.metavar, type=mode.kind, help=mode.help,
                choices=mode.choices)
    parser.add_argument(
        '--random-seed', type=int, default=1, metavar='SEED', help='of whatever is drawn (default: 1)')
    parser.add_argument(
        '--tenants', type=int, default=2, metavar='T', help='tenants of --seed, two at least (default: 2)')
    parser.add_argument(
        '--quick', action='store_true', help='two or three minutes: fewer rounds, smaller sizes')
    parser.add_argument(
        '--long', action='store_true',
        help='a quarter of an hour: 10⁶ invoices and 10⁴ tenants in the database')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write the figures to a file')
    options.add_data(parser)
    return parser.parse_args(arguments)


def run(arguments):
    """Run the mode of the arguments; return the exit code"""
    # A signal to the bench ends its instance as well
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    chosen = next((mode for mode in MODES if getattr(arguments, mode.name) is not None), ALL)
    module = importlib.import_module(f'scripts.lib.bench.{chosen.module}')
    return getattr(module, chosen.function)(arguments)
