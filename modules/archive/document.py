"""Documents and their content"""
import hashlib
import hmac
import logging
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from sql import Null
from sql.aggregate import Max
from sql.functions import CurrentDate
from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.backend.prepared import Prepared, Slot
from trytond.modules.immutable import Emptied, Seal
from trytond.modules.kernel import timing
from trytond.modules.tenant.ownership import NOTHING, READ, TenantOwned
from trytond.modules.kernel.rows import insert
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .chain import START, link
from .retention import kept_until

logger = logging.getLogger(__name__)

PDF = 'application/pdf'
_NOT_KEPT = (
    "NOT EXISTS (SELECT FROM archive_document WHERE content = $1 AND retention_until >= CURRENT_DATE)")
_STORE = """
WITH stored AS (
    INSERT INTO archive_content AS c (company, sha512, data)
    SELECT %(company)s, b.sha512, substring(%(data)b::bytea FROM b.start FOR b.size)
    FROM unnest(%(sums)s::text[], %(starts)s::int[], %(sizes)s::int[]) AS b (sha512, start, size)
    ON CONFLICT DO NOTHING RETURNING c.sha512, c.id)
SELECT country.code, COALESCE(last.position, 0), COALESCE(last.chain, %(start)s), stored.sha512, stored.id
FROM company_company AS company
    LEFT JOIN country_country AS country ON country.id = company.country
    LEFT JOIN LATERAL (
        SELECT d.position, d.chain FROM archive_document AS d
        WHERE d.company = company.id ORDER BY d.position DESC LIMIT 1) AS last ON true
    LEFT JOIN stored ON true
WHERE company.id = %(company)s
"""


class ArchiveCorrupt(UserError):
    """The stored bytes differ from the sealed ones"""
    code = 'archive_corrupt'


class ArchiveExpired(UserError):
    """The retention has ended and the bytes are deleted; hashes and chain remain"""
    code = 'not_found'


class Blob:
    """Bytes and their hashes in hexadecimal; may be made in any thread, hashing blocks no other thread"""
    __slots__ = ('data', 'sha512', 'sha256')

    def __init__(self, data):
        self.data = data
        self.sha512 = hashlib.sha512(data).hexdigest()
        self.sha256 = hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """A document to be sealed.

    owner: the record it belongs to, already stored, or its name as in ``account.invoice,42``; issued_at:
    naive UTC, to the second; kind: voucher or book, which decides the retention period.
    """
    owner: object
    name: str
    blob: Blob = field(repr=False)
    issued_at: object
    media_type: str = PDF
    kind: str = 'voucher'


class Sealed(NamedTuple):
    """A document in the archive: its id and its hashes in hexadecimal"""
    id: int
    sha512: str
    sha256: str


class Content(TenantOwned, ModelSQL):
    """Bytes, stored once per tenant"""
    __name__ = 'archive.content'
    __web_rights__ = 'SELECT, INSERT'
    __member_rights__ = NOTHING
    __never_copied__ = True

    sha512 = fields.Char("SHA-512", required=True, readonly=True)
    data = fields.Binary("Data", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append(
            ('sha512_unique', Unique(table, table.sha512), 'archive.msg_content_unique'))

    @classmethod
    def __seal__(cls):
        return Seal(when=[{}], label='sha512', deletable=_NOT_KEPT)

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        # PDF is compressed already: store the bytes out of line and uncompressed
        Transaction().connection.execute(
            "ALTER TABLE archive_content ALTER COLUMN data SET STORAGE EXTERNAL")

    @classmethod
    def delete_expired(cls):
        """Delete the bytes whose retention has ended in all their documents; run daily, for all tenants"""
        table, document = cls.__table__(), Pool().get('archive.document').__table__()
        expired = document.select(
            document.content, where=document.content != Null, group_by=document.content,
            having=Max(document.retention_until) < CurrentDate())
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.delete(where=table.id.in_(expired), returning=[table.company]))
        for company, count in sorted(Counter(company for company, in cursor).items()):
            logger.info("retention ended: %s contents of company %s are deleted", count, company)

    @classmethod
    def find(cls, sums):
        """Return {SHA-512: id} of the stored contents"""
        if not sums:
            return {}
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.sha512, table.id, where=fields.SQL_OPERATORS['in'](table.sha512, list(sums))))
        return dict(cursor)


class Document(TenantOwned, ModelSQL, ModelView):
    """A sealed document"""
    __name__ = 'archive.document'
    __web_rights__ = 'SELECT, INSERT'
    __member_rights__ = READ
    __never_copied__ = True

    position = fields.Integer("Position", required=True, readonly=True)
    name = fields.Char("Name", required=True, readonly=True)
    media_type = fields.Char("Media Type", required=True, readonly=True)
    size = fields.Integer("Size", required=True, readonly=True, help="In bytes.")
    owner = fields.Reference("Belongs To", 'get_owners', required=True, readonly=True)
    issued_at = fields.Timestamp("Issued At", required=True, readonly=True)
    retention_until = fields.Date("Retention Until", required=True, readonly=True)
    sha512 = fields.Char("SHA-512", required=True, readonly=True)
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    chain = fields.Char("Chain", required=True, readonly=True)
    content = fields.Many2One(
        'archive.content', "Content", readonly=True, ondelete='SET NULL',
        help="Empty once the retention has ended and the bytes are deleted.")
    data = fields.Function(fields.Binary("Data", filename='name'), 'get_data')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('position', 'DESC')]
        table = cls.__table__()
        cls._sql_constraints.append(
            ('position_unique', Unique(table, table.position), 'archive.msg_position_unique'))
        cls._sql_indexes.update({
                Index(table, (table.owner, Index.Equality())),
                Index(table, (table.content, Index.Equality())),
                })

    @classmethod
    def __seal__(cls):
        return Seal(when=[{}], label='name', living={'content': Emptied(after='retention_until')})

    @classmethod
    def _get_owners(cls):
        """Return the names of the models that may own a document"""
        return []

    @classmethod
    def get_owners(cls):
        get_name = Pool().get('ir.model').get_name
        return [(None, '')] + [(model, get_name(model)) for model in cls._get_owners()]

    @classmethod
    def seal(cls, sealings):
        """Store documents and return their ids in the order of ``sealings``.

        The tenant's archive lock must be held: acquired before the snapshot, else Tryton restarts the
        transaction with it.
        """
        if not sealings:
            return []
        Transaction().lock_table(cls._table)
        company = current_company()
        with timing.part('seal'):
            return insert(cls.__name__, company, cls._rows(company, sealings))

    @classmethod
    def _rows(cls, company, sealings):
        (country, position, chain), contents = cls._store(
            company, {s.blob.sha512: s.blob.data for s in sealings})
        rows = []
        for sealing in sealings:
            blob, owner = sealing.blob, str(sealing.owner)
            position, chain = position + 1, link(chain, blob.sha512, owner, sealing.issued_at)
            rows.append({
                    'position': position, 'name': sealing.name, 'media_type': sealing.media_type,
                    'size': len(blob.data), 'owner': owner, 'issued_at': sealing.issued_at,
                    'retention_until': kept_until(country, sealing.kind, sealing.issued_at.date()),
                    'sha512': blob.sha512, 'sha256': blob.sha256, 'chain': chain,
                    'content': contents[blob.sha512]})
        return rows

    @classmethod
    def _store(cls, company, blobs):
        """Store {SHA-512: bytes}, except contents already stored, and read the end of the chain.

        Return ((country, position, chain value), {SHA-512: id of the content}). The country, alpha-2, decides
        the retention period; position and chain value are those of the last document.
        """
        sizes = list(map(len, blobs.values()))
        cursor = Transaction().connection.cursor()
        # All bytes concatenated: PostgreSQL would first unpack an array of them and copy it to a file
        cursor.execute(_STORE, {
                'company': company, 'start': START, 'sums': list(blobs), 'sizes': sizes,
                'starts': list(accumulate(sizes[:-1], initial=1)), 'data': b''.join(blobs.values())})
        rows = cursor.fetchall()
        contents = {sha512: id for *_, sha512, id in rows if id}
        return rows[0][:3], contents | Pool().get('archive.content').find(blobs.keys() - contents.keys())

    @classmethod
    def contents(cls, documents):
        """Return {document id: bytes}, each checked against its SHA-512.

        Raises ArchiveCorrupt, after an alarm in the log; ArchiveExpired after the end of the retention.
        """
        Content = Pool().get('archive.content')
        table, content = cls.__table__(), Content.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.join(
                content, 'LEFT', condition=table.content == content.id).select(
                table.id, table.sha512, table.content, table.retention_until, content.data,
                where=fields.SQL_OPERATORS['in'](table.id, list(map(int, documents)))))
        return {id: cls._verified(id, *row) for id, *row in cursor}

    @classmethod
    def _verified(cls, id, sha512, content, until, data):
        if content is None:
            raise ArchiveExpired(gettext('archive.msg_expired', document=id, date=until))
        if data is not Null and data is not None:
            data = bytes(data)
            if hmac.compare_digest(hashlib.sha512(data).hexdigest(), sha512):
                return data
        logger.critical(
            "archive corrupt: document %s of company %s does not have its SHA-512", id, current_company())
        raise ArchiveCorrupt(gettext('archive.msg_corrupt', document=id))

    @classmethod
    def get_data(cls, documents, name):
        if Transaction().context.get(f'{cls.__name__}.{name}') == 'size':
            return {document.id: document.size for document in documents}
        return {id: fields.Binary.cast(data) for id, data in cls.contents(documents).items()}

    @classmethod
    def sealed(cls, owners, media_type=PDF):
        """Return {owner as a reference: its last Sealed document of a media type}, in one statement"""
        cursor = _SEALED(owners=[str(owner) for owner in owners], media_type=media_type)
        return {owner: Sealed(*row) for owner, *row in cursor}


def _sealed():
    table = Pool().get('archive.document').__table__()
    return table.select(
        table.owner, table.id, table.sha512, table.sha256,
        where=fields.SQL_OPERATORS['in'](table.owner, [Slot('owners')])
        & (table.media_type == Slot('media_type')),
        order_by=table.position)


_SEALED = Prepared(_sealed)


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append(
            ('archive.content|delete_expired', "Delete Documents Whose Retention Has Ended"))
