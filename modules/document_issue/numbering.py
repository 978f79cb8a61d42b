"""Numbers without gaps: rows of sequences, advanced in one statement"""
import functools
from collections import defaultdict

from psycopg.sql import SQL, Identifier
from trytond.modules.kernel.rows import forget
from trytond.pool import Pool
from trytond.transaction import Transaction

STRICT = 'ir.sequence.strict'
_ADVANCE = """
UPDATE {} AS s SET number_next_internal = s.number_next_internal + s.number_increment * w.count
FROM unnest(%s::int[], %s::int[]) AS w (id, count)
WHERE s.id = w.id AND s.type = 'incremental'
RETURNING s.id, s.number_next_internal, s.number_increment, s.padding, s.prefix, s.suffix
"""

def take(wanted, model=STRICT):
    """Return {sequence: its next numbers, one per date and formatted with it} for {sequence: dates}.

    sequence: id of an incremental sequence of the model; those of a tenant are all rows. The tenant's
    lock on ``ir_sequence_strict`` must be held. [SequenceStrict.get_many]
    """
    Sequence = Pool().get(model)
    cursor = Transaction().connection.cursor()
    cursor.execute(_statement(Sequence._table), (list(wanted), [len(dates) for dates in wanted.values()]))
    # A record of Tryton would go on counting from what it has read before
    forget(model)
    affix = functools.cache(Sequence._process)
    found = {}
    for id, following, step, padding, prefix, suffix in cursor:
        first = following - len(wanted[id]) * step
        found[id] = [
            f'{affix(prefix, date)}{first + n * step:0>{padding}d}{affix(suffix, date)}'
            for n, date in enumerate(wanted[id])]
    return found


def give(papers, series_of):
    """Give papers their numbers, in one statement.

    series_of: function(paper) → {attribute: sequence that numbers it}; each number is formatted with the
    paper's ``issue_date``. What `take` asks for must hold.
    """
    wanted = defaultdict(list)
    places = [(paper, *place) for paper in papers for place in series_of(paper).items()]
    for paper, _, sequence in places:
        wanted[sequence].append(paper.issue_date)
    numbers = {sequence: iter(taken) for sequence, taken in take(wanted).items()}
    for paper, name, sequence in places:
        setattr(paper, name, next(numbers[sequence]))


@functools.cache
def _statement(table):
    return SQL(_ADVANCE).format(Identifier(table)).as_string()
