"""Numbers and documents of one tenant or of all: none is missing, none is there twice."""
from psycopg.sql import SQL, Identifier, Literal
from trytond.i18n import gettext
from trytond.modules.kernel.check import Finding, select

from .issued import IssuedRecord, issued_models

_NUMBERS = """
SELECT {model} AS model, company, id, number, sequence FROM {table}
WHERE company = coalesce(%(company)s, company)
"""
_ALONE = """
WITH records AS ({records}), documents AS (
    SELECT * FROM archive_document WHERE split_part(owner, ',', 1) IN ({models})
)
SELECT coalesce(r.company, d.company), r.model, r.id, r.number, d.id, d.name
FROM records r FULL JOIN documents d ON d.owner = r.model || ',' || r.id AND d.company = r.company
WHERE (r.id IS NULL OR d.id IS NULL)
    AND coalesce(r.company, d.company) = coalesce(%(company)s, r.company, d.company)
ORDER BY 1, 2, 3, 5
"""

# A number's place in its series is what follows the prefix, whose dates may be any digits
_SERIES = r"""
), series AS (
    SELECT id, name, number_next_internal AS following, number_increment AS step,
        '^' || regexp_replace(regexp_replace(coalesce(prefix, ''), '([.^*+?()\[\]|\\-])', '\\\1', 'g'),
            '\$\{?\w+\}?', '[0-9]+', 'g') AS prefix
    FROM ir_sequence_strict WHERE type = 'incremental'
), places AS (
    SELECT n.*, s.name, s.following, s.step, coalesce(
        substring(n.number FROM s.prefix || '([0-9]+)'),
        substring(n.number FROM '([0-9]+)[^0-9]*$'))::bigint AS place
    FROM numbers n JOIN series s ON s.id = n.sequence
), pairs AS (
    SELECT company, model, id, number, name, step, place, lead(place, 1, following::bigint) OVER (
        PARTITION BY model, sequence ORDER BY place, id) AS next_place
    FROM places
)
SELECT company, model, id, number, name, place + step, next_place - step, next_place <= place FROM pairs
WHERE next_place <> place + step ORDER BY company, model, place
"""


def gaps(numbers, company):
    """Yield a Finding for each gap in a series and each number given twice, up to the one that comes next.

    numbers: SELECT of model, company, id, number and sequence (id of ir_sequence_strict), limited by
    ``%(company)s``.
    """
    query = f'WITH numbers AS ({numbers}{_SERIES}'
    for tenant, model, id, number, series, first, last, twice in select(query, company):
        message = 'msg_number_twice' if twice else 'msg_number_gap'
        yield Finding(tenant, model, id, gettext(
                f'document_issue.{message}', series=series, number=number, first=first, last=last))


def validate_issued_numbers(company):
    """Numbers of issued records have no gap and none is given twice"""
    if models := issued_models(IssuedRecord):
        yield from gaps(_numbers(models).as_string(), company)


def validate_issued_documents(company):
    """Every issued record has its archived document, every such document its record"""
    models = issued_models(IssuedRecord)
    if not models:
        return
    query = SQL(_ALONE).format(records=_numbers(models), models=SQL(', ').join(map(Literal, models)))
    for tenant, model, record, number, document, name in select(query.as_string(), company):
        if document is None:
            yield Finding(tenant, model, record, gettext(
                    'document_issue.msg_document_missing', number=number))
        else:
            yield Finding(tenant, 'archive.document', document, gettext(
                    'document_issue.msg_document_alone', document=name))


def _numbers(models):
    """Return the SELECT of the numbers of {name: model}"""
    return SQL("UNION ALL").join(
        SQL(_NUMBERS).format(model=Literal(name), table=Identifier(Model._table))
        for name, Model in models.items())
