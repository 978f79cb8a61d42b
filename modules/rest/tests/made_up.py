"""A contract that differs from billing in every policy, to show that the core has no manners of its own.

RFC 9457 documents with all faults in a map, status 422, German unless asked otherwise; UUIDs, cents,
cursors; keys required; token or session; forms with files, an open operation for pages of other hosts, a
page, a stream.
"""
import uuid
from pathlib import Path
from types import SimpleNamespace

from trytond.modules.rest import (
    NEVER, Answer, Contract, Cors, Dialect, Entry, Key, Kind, Open, OpenForm, Operation, Page, Repeats,
    Session, Stream, not_found)
from trytond.modules.rest.bodies import MultipartBody, Upload
from trytond.modules.rest.cursors import CursorList, CursorQuery, page_behind
from trytond.modules.rest.dialect import PROBLEM_JSON, ProblemDocument, dotted, problem_document
from trytond.modules.rest.fields import Body, Output, integer, text
from trytond.modules.rest.pages import HTML, StaticFiles, Templates

HERE = Path(__file__).parent
KEY, SESSION = 'kmu_shard_00000001_good', 'session-of-anna'
CALLER = SimpleNamespace(
    id=1, company=1, user=1, prefix='kmu_shard_00000001', active=True, features={}, timezone='Europe/Berlin',
    may=lambda ability: ability != 'notes:burn')
NOTES = {}


class NoteCreate(Body):
    title: text(20, minimum=1)
    amount_cents: integer(0, 10 ** 12)


class Note(NoteCreate):
    id: uuid.UUID
    secret: str | None = None


class NoteList(Output):
    data: list[Note]
    next_cursor: str | None


class NoteForm(Body):
    title: text(20, minimum=1)
    attachments: list[Upload] = []


def create(call):
    note = Note(
        id=uuid.uuid4(), title=call.body.title, amount_cents=call.body.amount_cents, secret='s3cret')
    NOTES[note.id] = note
    return Answer(note, record=str(note.id))


def read(call):
    if call.params['id'] not in NOTES:
        raise not_found()
    return NOTES[call.params['id']]


def find(call):
    def after(key, number):
        ids = sorted(id for id in NOTES if key is None or id > key[0])
        return [NOTES[id] for id in ids[:number]]
    cursors = CursorList(contract='made-up', name='notes', company=call.caller.company, key=b'k' * 32)
    rows, cursor = page_behind(cursors, call.query, after, lambda note: [note.id], lambda note: note)
    return NoteList(data=rows, next_cursor=cursor)


def send(call):
    return {'sizes': [each.size for each in call.body.attachments], 'by': call.way.name}


def lines(call):
    return Stream(iter([b'a;b\n', b'1;2\n']), 8)


def page(call):
    return Page('note.html', {'title': "<Notiz>"})


def login(call):
    if call.operation.writes:
        return Answer(
            status=303, headers={'Location': '/notes/'}, cookies=COOKIE.cookies(SESSION, secure=False))
    return page(call)


DIALECT = Dialect(
    render=problem_document, media_type=PROBLEM_JSON, model=ProblemDocument, spell=dotted, other=422,
    languages=('de', 'en'), table={
        Kind.NO_CREDENTIAL: Entry(401, 'unauthenticated', {'WWW-Authenticate': 'Bearer'}),
        Kind.BAD_CREDENTIAL: Entry(401, 'unauthenticated', {'WWW-Authenticate': 'Bearer'}),
        **dict.fromkeys([Kind.PLAN, Kind.SUSPENDED, Kind.NOT_ALLOWED], Entry(403, 'forbidden')),
        Kind.FORGERY: Entry(403, 'csrf'), Kind.UNKNOWN_PATH: Entry(404, 'not-found'),
        Kind.UNKNOWN_RECORD: Entry(404, 'not-found'), Kind.WRONG_METHOD: Entry(405, 'method-not-allowed'),
        Kind.TOO_SLOW: Entry(408, 'too-slow'), Kind.KEY_MISSING: Entry(400, 'key-required'),
        Kind.KEY_MALFORMED: Entry(400, 'key-required'), Kind.KEY_REUSED: Entry(422, 'key-reused'),
        Kind.UNREADABLE: Entry(400, 'malformed-request'), Kind.UNFIT: Entry(422, 'validation-failed'),
        Kind.FLAWED: Entry(422, 'validation-failed'), Kind.TOO_LARGE: Entry(413, 'payload-too-large'),
        Kind.LINE_TOO_LONG: Entry(414, 'uri-too-long'), Kind.WRONG_MEDIA_TYPE: Entry(415, 'media-type'),
        Kind.TOO_MANY: Entry(429, 'rate-limited'), Kind.CROWDED: Entry(429, 'rate-limited'),
        Kind.HEADERS_TOO_LARGE: Entry(431, 'headers-too-large'), Kind.INTERNAL: Entry(500, 'internal-error'),
        Kind.UNAVAILABLE: Entry(503, 'unavailable'), Kind.CONFLICT: Entry(409, 'conflict')})
TOKEN = Key(scheme='made-up', prefix='Bearer ', feature=None, name='token')
COOKIE = Session(find=lambda gateway, token: ('shard', CALLER) if token == SESSION else None)
FILES = StaticFiles(HERE / 'files', '/made-up/static')
CONTRACT = Contract(
    name='made-up', title="Made up", dialect=DIALECT, ways=[TOKEN, COOKIE], roots=['/api/v1'],
    repeats=Repeats(replayed='Idempotent-Replayed', required=True),
    templates=Templates(HERE / 'templates', FILES), operations=[
        Operation(id='createNote', method='POST', path='/api/v1/notes', summary='', tag='notes', status=201,
            request=NoteCreate, response=Note, handler=create, secrets=['secret']),
        Operation(id='listNotes', method='GET', path='/api/v1/notes', summary='', tag='notes',
            query=CursorQuery, response=NoteList, handler=find),
        Operation(id='getNote', method='GET', path='/api/v1/notes/{id:uuid}', summary='', tag='notes',
            response=Note, handler=read, etag=True),
        Operation(id='burnNote', method='DELETE', path='/api/v1/notes/{id:uuid}', summary='', tag='notes',
            ability='notes:burn', status=204, handler=read),
        Operation(id='sendNote', method='POST', path='/api/v1/notes/send', summary='', tag='notes',
            body=MultipartBody(NoteForm, files={'attachments': 1000}, lists={'attachments'}, limit=5000),
            response=dict, handler=send, repeats=NEVER),
        Operation(id='countNotes', method='POST', path='/api/v1/notes/count', summary='', tag='notes',
            ways=[Open(rate_limit=5)], cors=Cors(), repeats=NEVER, response=dict,
            handler=lambda call: {'count': len(NOTES), 'company': call.caller.company}),
        Operation(id='exportNotes', method='GET', path='/api/v1/notes/export/{name:path}/', summary='',
            tag='notes', response=Stream, media_type='text/csv', handler=lines),
        Operation(id='notePage', method='GET', path='/notes/', summary='', tag='pages', ways=[COOKIE],
            response=Page, media_type=HTML, handler=page),
        *[Operation(id=f'{method} login', method=method, path='/login/', summary='', tag='pages',
            ways=[OpenForm()], handler=login, response=Page, media_type=HTML,
            body=MultipartBody(NoteForm, urlencoded=True) if method == 'POST' else None, repeats=NEVER)
            for method in ('GET', 'POST')],
        *FILES.operations(tag='pages', ways=[Open()])])
