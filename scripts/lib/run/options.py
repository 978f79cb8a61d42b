"""The options of the scripts. Standard library only."""
import argparse
from pathlib import Path

from ..install.bootstrap import ROOT


def _folder(text):
    return Path(text).expanduser().resolve()


def _port(text):
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f'{port} is no port: 0 to 65535')
    return port


def _count(text):
    count = int(text)
    if not 1 <= count <= 64:
        raise argparse.ArgumentTypeError(f'{count} is not between 1 and 64')
    return count


def add_data(parser):
    parser.add_argument(
        '--data', metavar='DIR', type=_folder, default=ROOT / 'var',
        help='folder of every run-time file (default: var)')


def add_json(parser):
    parser.add_argument(
        '--json', action='store_true',
        help='report one JSON object on standard output, progress on standard error')


def command(commands, name, text):
    """Return the parser of a sub-command with a report"""
    parser = commands.add_parser(name, help=text)
    add_data(parser)
    add_json(parser)
    return parser


def serve(arguments):
    """Return the options of scripts/serve; exit with code 2 on a wrong one."""
    parser = argparse.ArgumentParser(
        prog='scripts/serve',
        description='Install Kontor if needed, start PostgreSQL and serve two demo tenants.',
        epilog='KONTOR_DATABASE_URL=postgresql://user:password@host:port[/database] uses an'
            ' existing server (PostgreSQL 15 or newer; the user needs CREATEROLE and CREATEDB)'
            ' in place of the embedded one.')
    parser.add_argument('--port', type=_port, default=8000, help='port to serve (default: 8000)')
    parser.add_argument(
        '--host', default='127.0.0.1', help='address to listen on (default: 127.0.0.1)')
    parser.add_argument(
        '--workers', type=_count, default=2, metavar='N', help='web workers (default: 2)')
    add_data(parser)
    add_json(parser)
    return parser.parse_args(arguments)


def test(arguments):
    """Return (options of scripts/test, arguments for pytest)."""
    parser = argparse.ArgumentParser(prog='scripts/test', add_help=False)
    add_data(parser)
    parser.set_defaults(data=None)
    return parser.parse_known_args(arguments)


def lint(arguments):
    """Return the options of scripts/lint; exit with code 2 on a wrong one."""
    parser = argparse.ArgumentParser(
        prog='scripts/lint', description='Check style (ruff) and layout; exit 1 on a finding.')
    parser.add_argument('paths', nargs='*', help='files or folders for ruff (default: all)')
    add_data(parser)
    add_json(parser)
    return parser.parse_args(arguments)
