"Numbers without gaps: rows of sequences, advanced in one statement when needed"
from trytond.pool import Pool
from trytond.transaction import Transaction


def take(sequence, dates, model='ir.sequence.strict'):
    """Return the next numbers of a sequence, one per date, formatted with that date.

    sequence: id of an incremental sequence of the model; those of a tenant are all rows. The tenant's
    lock on ``ir_sequence_strict`` must be held.
    """
    Sequence = Pool().get(model)
    table = Sequence.__table__()
    cursor = Transaction().connection.cursor()
    count = len(dates)
    cursor.execute(*table.update(
            [table.number_next_internal],
            [table.number_next_internal + table.number_increment * count],
            where=(table.id == sequence) & (table.type == 'incremental'),
            returning=[
                table.number_next_internal, table.number_increment, table.padding, table.prefix,
                table.suffix]))
    following, step, padding, prefix, suffix = cursor.fetchone()
    first = following - count * step
    return [
        f'{Sequence._process(prefix, date)}{first + n * step:0>{padding}d}{Sequence._process(suffix, date)}'
        for n, date in enumerate(dates)]
