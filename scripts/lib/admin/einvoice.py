"""scripts/einvoice: validate electronic invoices, also a supplier's, and write sealed ones to files."""
import argparse
import json
import os
import sys
from pathlib import Path

from ..run import options
from . import report
from ..install.bootstrap import Failed, say
from .owner import transaction

UNREADABLE = 2
NAMES = {'pdf': '{}.pdf', 'cii': '{}.xml', 'ubl': '{}-ubl.xml'}
"""Format → name of the output file"""


def parse(arguments):
    parser = argparse.ArgumentParser(prog='scripts/einvoice', description='Electronic invoices.')
    commands = parser.add_subparsers(dest='command', required=True)
    check = commands.add_parser(
        'check', help='hold files against the official rules',
        description='Hold files, XML or PDF with XML in it, against the official rules of what they say they'
        ' are. Exit 0 if all are valid, 1 with an error, 2 if a file cannot be read. Warnings are told.')
    check.add_argument('files', nargs='+', type=Path, metavar='FILE')
    options.add_json(check)
    export = options.command(commands, 'export', 'write a sealed invoice or credit note to a file')
    export.add_argument('id', type=int, metavar='ID', help='id of the invoice')
    export.add_argument('--format', choices=sorted(NAMES), required=True)
    export.add_argument('--tenant', type=int, metavar='TENANT', help='company id, checked when given')
    export.add_argument(
        '--output', metavar='FILE',
        help='where to (default: its number, in this folder; - is standard output)')
    return parser.parse_args(arguments)


def perform(arguments):
    """Run the command of the arguments; return the exit code"""
    return {'check': _check, 'export': _export}[arguments.command](arguments)


# Validate

def _check(arguments):
    try:
        found = [judged(path) for path in arguments.files]
    except Failed as error:
        say(f'error: {error}')
        return UNREADABLE
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for each in found:
            print('\n'.join(map(_shown, lines(each))))
    if any('error' in each for each in found):
        return UNREADABLE
    return report.FINDING if any(each['errors'] for each in found) else report.DONE


def judged(path):
    """Return the findings for a file as a dictionary; ``error`` is the reason why it cannot be read"""
    from trytond.modules.account_invoice_einvoice import reading, validate
    from trytond.modules.document_render import DocumentError
    try:
        with open(path, 'rb') as file:
            content = file.read(reading.MOST_PDF + 1)
        found = validate.inspect(content)
    except OSError as error:
        return {'path': str(path), 'error': error.strerror}
    except (validate.RulesAltered, validate.RulesMissing) as error:
        raise Failed(f'the installation is not complete: {error}') from error
    except DocumentError as error:
        return {'path': str(path), 'error': str(error)}
    return {
        'path': str(path), 'profile': found.profile, 'syntax': found.syntax, 'file': found.file,
        'specification': found.specification, 'errors': len(found.errors),
        'violations': [violation._asdict() for violation in found.violations]}


def lines(found):
    """Yield the lines of the printed report"""
    if 'error' in found:
        yield f'{found["path"]}: cannot be read: {found["error"]}'
        return
    inside = f' in {found["file"]}' if found['file'] else ''
    warnings = len(found['violations']) - found['errors']
    yield (
        f'{found["path"]}: {found["profile"]} as {found["syntax"].upper()}{inside}, '
        f'{_counted(found["errors"], "error")}, {_counted(warnings, "warning")}')
    if found['profile'] == 'other':
        specification = found['specification'] or 'no specification'
        yield f'  held against EN 16931 alone: no rules of {specification} here'
    for each in found['violations']:
        yield f'  {each["severity"]:7} {each["rule"]} {each["location"]}'
        yield f'          {each["text"]}'


def _counted(number, what):
    return f'{number} {what}' + ('s' if number != 1 else '')


def _shown(text):
    """Replace control characters: the content of an unknown file must not control a terminal"""
    return ''.join(char if char.isprintable() else '\ufffd' for char in text)


# Export

def _export(arguments):
    with transaction(arguments.data):
        number, content = sealed(arguments.id, arguments.format, arguments.tenant)
    if arguments.output == '-':
        sys.stdout.buffer.write(content)
        return report.DONE
    path = Path(arguments.output or NAMES[arguments.format].format(_file_name(number)))
    _write(path, content)
    report.show({'path': str(path), 'bytes': len(content)}, arguments.json)
    return report.DONE


def sealed(id, format, tenant=None):
    """Return (number, bytes) of an invoice in a format as it was sealed.

    tenant: company id that the invoice must have. Raises Failed for a missing invoice or file.
    """
    from trytond.modules.account_invoice_einvoice.invoice import files_of
    from trytond.modules.tenant.scope import entered
    from trytond.pool import Pool
    found = Pool().get('account.invoice').search(
        [('id', '=', id)] + ([('company', '=', tenant)] if tenant is not None else []))
    if not found:
        raise Failed(f'there is no invoice {id}' + (f' of tenant {tenant}' if tenant is not None else ''))
    company = found[0].company.id
    with entered(company):
        invoice = Pool().get('account.invoice')(id)
        files = files_of(invoice)
        number = invoice.number
    if not files:
        raise Failed(f'invoice {id} is not issued: there is no file of it')
    if format not in files:
        raise Failed(f'invoice {number} has no file as {format}, only {", ".join(sorted(files))}')
    return number, files[format]


def _file_name(number):
    return ''.join(char if char.isalnum() or char in '-_.' else '-' for char in number)


def _write(path, content):
    """Write a file atomically"""
    unfinished = path.with_name(f'.{path.name}.{os.getpid()}')
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        say(f'error: {path}: {error.strerror}')
        raise Failed(f'{path} cannot be written') from error
