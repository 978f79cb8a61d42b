"""Numbers of any kind of document: none is missing, none is given twice."""
from trytond.i18n import gettext
from trytond.modules.kernel.check import Finding, select

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
