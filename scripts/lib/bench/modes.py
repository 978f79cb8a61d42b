"""What scripts/bench can do: one line per mode. A mode's module has run(arguments) → exit code."""
import argparse
import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Mode:
    "option: on the command line; module: below scripts.lib.bench; the rest as argparse takes it"
    option: str
    module: str
    help: str
    metavar: str = ''
    kind: type = int

    @property
    def name(self):
        return self.option.removeprefix('--').replace('-', '_')


MODES = (
    Mode('--kill', 'kill', 'N rounds of SIGKILL under 20 parallel POSTs; exit 1 with findings', 'N'),
    )


def parse(arguments):
    "Return the options of scripts/bench; exit with code 2 on a wrong one"
    parser = argparse.ArgumentParser(
        prog='scripts/bench',
        description='Measure Kontor: starts an instance of its own, drives it and prints a table.')
    group = parser.add_mutually_exclusive_group()
    for mode in MODES:
        group.add_argument(mode.option, metavar=mode.metavar, type=mode.kind, help=mode.help)
    parser.add_argument(
        '--random-seed', type=int, default=1, metavar='SEED', help='of whatever is drawn (default: 1)')
    return parser.parse_args(arguments)


def run(arguments):
    "Run the mode that was asked for; return the exit code"
    chosen = next(mode for mode in MODES if getattr(arguments, mode.name) is not None)
    return importlib.import_module(f'scripts.lib.bench.{chosen.module}').run(arguments)
