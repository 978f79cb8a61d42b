"""Every answer and every refusal of the billing contract, as recorded in ``golden/``.

    scripts/test tests/contracts/billing/test_golden.py                             # compare
    KONTOR_RECORD_GOLDEN=1 scripts/test tests/contracts/billing/test_golden.py      # write the files anew

A file per chapter; a chapter makes tenants of its own, so that it says the same in a used database. Requests
come without Accept-Language. The date is that of ``recording.NOW``; what is wrong with a text that is no JSON
is said in the words of Python 3.11.
"""
import json
import os
from pathlib import Path

import pytest

from tests.contracts.kit import golden

from . import recording
from .chapters import CHAPTERS

FOLDER = Path(__file__).parent / 'golden'
DOCUMENT = FOLDER / 'openapi.json'
RECORDING = bool(os.environ.get('KONTOR_RECORD_GOLDEN'))


@pytest.fixture(scope='module')
def document(billing):
    return recording.document_of(billing)


@pytest.fixture(scope='module')
def stage(billing, document, operator, database, pool, superuser, postgres):
    with recording.Stage(billing, document, operator, database, pool, superuser, postgres) as stage:
        yield stage


@pytest.mark.parametrize('chapter', CHAPTERS, ids=lambda chapter: chapter.__name__.rpartition('.')[2])
def test_chapter(stage, chapter):
    name = chapter.__name__.rpartition('.')[2]
    with recording.business_day():
        now = stage.perform(chapter)
    path = FOLDER / f'{name}.json'
    if RECORDING:
        golden.write(path, now)
    if found := golden.differences(golden.read(path), now):
        pytest.fail(f'{path.name}: {found}', pytrace=False)


def test_the_document(document):
    if RECORDING:
        DOCUMENT.write_text(json.dumps(document, ensure_ascii=False, indent=1) + '\n', encoding='utf-8')
    recorded = json.loads(DOCUMENT.read_text(encoding='utf-8'))
    if found := golden.differences(_parts(recorded), _parts(document)):
        pytest.fail(found, pytrace=False)


def _parts(document):
    """Return {place: part}: operations, schemas and responses by themselves, the rest as one"""
    found = {
        f'{method.upper()} {path}': described
        for path, methods in document['paths'].items() for method, described in methods.items()}
    for kind, parts in document['components'].items():
        found |= {f'{kind} {name}': part for name, part in parts.items()}
    found['head'] = {n: part for n, part in document.items() if n not in {'paths', 'components'}}
    return found


def test_every_answer_of_the_document_is_recorded(document):
    """Success and every code of a refusal, for each operation"""
    shown = {
        (entry['method'], entry['path'].partition('?')[0], entry['status'], _code(entry))
        for path in FOLDER.glob('*.json') if path != DOCUMENT
        for entry in golden.read(path).values() if 'path' in entry}
    wanted = {
        (operation.method, operation.path, status, code)
        for operation in golden.operations(document).values()
        for status, code in _documented(operation, document) if code not in recording.EVERYWHERE}
    assert wanted - shown - recording.UNREACHABLE == set()
    assert not recording.UNREACHABLE & shown


def _code(entry):
    return entry['body']['error'] if entry['status'] >= 400 and entry['body'] else ''


def _documented(operation, document):
    """Yield (status, code) of an operation; a path without an id cannot be unknown"""
    described = golden.resolved(
        document['paths'][operation.path][operation.method.lower()]['responses'],
        {'components': {**document['components'], 'schemas': dict.fromkeys(document['components']['schemas'],
            {})}})
    for status, response in described.items():
        for code, reason in response.get('x-error-codes', {'': ''}).items():
            if reason != 'unknown path':
                yield int(status), code
