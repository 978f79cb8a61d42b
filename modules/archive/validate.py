"""Validation of the archive of one tenant or of all: every link of the chain, every byte.

PostgreSQL recomputes the values of ``chain.link`` and of the sealing; no document leaves the database.
"""
from trytond.i18n import gettext
from trytond.modules.kernel.check import Finding, select

from .chain import START

_CHAIN = """
SELECT company, id, name, position, counted, links FROM (
    SELECT company, id, name, position, row_number() OVER tenant AS counted,
        chain = encode(sha256(convert_to(lag(chain, 1, '""" + START + """') OVER tenant || sha512 || owner
            || to_char(issued_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'UTF8')), 'hex') AS links
    FROM archive_document WHERE company = coalesce(%(company)s, company)
    WINDOW tenant AS (PARTITION BY company ORDER BY position)) documents
WHERE NOT links OR position <> counted ORDER BY company, position
"""
_BYTES = """
SELECT d.company, d.id, d.name
FROM archive_document d LEFT JOIN archive_content c ON c.id = d.content
WHERE d.company = coalesce(%(company)s, d.company)
    AND NOT (d.content IS NULL AND d.retention_until < CURRENT_DATE)
    AND (encode(sha512(c.data), 'hex'), encode(sha256(c.data), 'hex'), length(c.data))
        IS DISTINCT FROM (d.sha512::text, d.sha256::text, d.size)
ORDER BY d.company, d.id
"""


def validate_archive_chain(company):
    """No document was removed, inserted or changed; the error names the first detectable one"""
    named = set()
    for tenant, id, name, position, counted, links in select(_CHAIN, company):
        if tenant not in named:
            named.add(tenant)
            message = 'msg_chain_broken' if not links else 'msg_chain_gap'
            yield Finding(tenant, 'archive.document', id, gettext(
                    f'archive.{message}', document=name, position=position, expected=counted))


def validate_archive_bytes(company):
    """The bytes of each document are the sealed ones"""
    for tenant, id, name in select(_BYTES, company):
        yield Finding(tenant, 'archive.document', id, gettext('archive.msg_bytes_changed', document=name))
