"""Every row of every table that a case has touched, comparable between two tenants.

PostgreSQL says which tables the transaction wrote; of each all rows of the tenant are read. Ids, users and
times of writing are left out, and ``chain``, which is computed over ids: each tenant's chain is checked by
itself. A reference reads as table and number of the row that it names. Rows are numbered by what they say,
references included, so that two tenants number alike what is alike, in whatever order it was written.
"""
import itertools
import json
import re
from decimal import Decimal

from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

ASIDE = {'company', 'create_date', 'create_uid', 'id', 'sealed_by', 'write_date', 'write_uid'}
COUNTED = {'archive_document': {'chain'}}
"""Table → columns that are computed over ids"""
LOGS = {'ir_cache'}
"""Tables of the processes themselves"""
BARE = {('account_invoice', 'sequence'): 'ir.sequence.strict'}
"""Column that holds an id and does not say so → model"""
IN_JSON = {
    ('outbox', 'payload'): {
        'id': 'account.invoice', 'customer_id': 'party.party', 'credit_of': 'account.invoice'},
    ('account_invoice', 'printed'): {'template.id': 'invoice.template'},
    }
"""Column with JSON → path within → model whose id stands there"""
_WRITTEN = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


def written():
    """Return {table: rows written so far}.

    PostgreSQL also counts what the session wrote before and has not reported yet.
    """
    return dict(Transaction().connection.execute(_WRITTEN).fetchall())


def touched(before):
    """Return the names of the tables that were written since ``before``, what `written` returned then"""
    return {name for name, number in written().items() if number != before.get(name, 0)} - LOGS


def read(tables, names):
    """Return {table: [row]} of the running transaction's tenant, each row {column: comparable value}.

    names: {(model, id): name} of what was there before in both tenants.
    """
    raw = {table: _select(*_model(table)) for table in sorted(tables)}
    known = dict(names)
    rows = {
        (_model(table)[0].__name__, row['id']): {
            name: value for name, value in row.items()
            if name not in ASIDE | COUNTED.get(table, set())}
        for table, found in raw.items() for row in found}
    known |= _numbered({key: row for key, row in rows.items() if key not in known}, known)
    return {
        table: sorted(
            ({'': known[Model.__name__, row['id']]} | {
                name: str(_comparable(Model, name, value, known))
                for name, value in rows[Model.__name__, row['id']].items()} for row in found),
            key=lambda row: row[''])
        for table, found in raw.items() for Model in [_model(table)[0]]}


def _model(table):
    for _, Model in Pool().iterobject():
        if getattr(Model, '_table', None) == table:
            return Model, table
    raise LookupError(f'{table} is the table of no model')


def _select(Model, table):
    where = ' WHERE company = %s' if 'company' in Model._fields else ''
    cursor = Transaction().connection.execute(
        f'SELECT * FROM "{table}"{where} ORDER BY id',
        (Transaction().context['company'],) if where else None)
    columns = [column.name for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


def _numbered(rows, known):
    """Return {key: name} of new rows: sorted by what they say, then by what those say that they point at"""
    names = dict.fromkeys(rows, '?')
    classes = 1
    while True:
        said = {
            key: (names[key], repr([(name, str(_comparable(Pool().get(key[0]), name, value, known | names)))
                        for name, value in row.items()]))
            for key, row in rows.items()}
        names = {}
        ordered = sorted(rows, key=lambda key: (key[0], said[key], key[1]))
        for model, group in itertools.groupby(ordered, lambda key: key[0]):
            for number, (_, alike) in enumerate(itertools.groupby(group, said.get)):
                names |= dict.fromkeys(alike, f'{model} {number:05}')
        found = len(set(names.values()))
        if found == len(rows):
            return names
        if found == classes:
            # Alike in all they say: any order will do, those that point at them follow it
            ordered = sorted(names, key=lambda key: (names[key], key[1]))
            twins = next(
                alike for _, group in itertools.groupby(ordered, names.get) if len(alike := list(group)) > 1)
            names[twins[0]] += ' first'
            found += 1
        classes = found


def _comparable(Model, name, value, known):
    """Return a value with references named, and amounts whose digits do not count"""
    field = Model._fields.get(name)
    if isinstance(value, Decimal):
        return value.normalize() + 0
    if value and (paths := IN_JSON.get((Model._table, name))):
        content = json.loads(value)
        for path, model in paths.items():
            *outer, last = path.split('.')
            place = content
            for part in outer:
                place = place[part]
            if place.get(last) is not None:
                place[last] = known.get((model, place[last]), place[last])
        return json.dumps(content, sort_keys=True)
    target = BARE.get((Model._table, name)) or getattr(field, 'model_name', None)
    if value is not None and isinstance(value, int) and target:
        return known.get((target, value), value)
    if isinstance(field, fields.Reference) and value and re.fullmatch(r'[\w.]+,\d+', value):
        model, _, id = value.partition(',')
        return known.get((model, int(id)), value)
    return value


def differences(ours, theirs):
    """Return sentences that say where two readings differ, none where they are the same"""
    found = []
    for table in sorted(ours.keys() | theirs.keys()):
        pairs = itertools.zip_longest(ours.get(table, []), theirs.get(table, []))
        for one, other in pairs:
            if one == other:
                continue
            if not (one and other):
                found.append(f"{table}: only {'the engine' if one else 'Tryton'} has {one or other}")
                continue
            found += [
                f'{table} {one[""]}.{name}: {one.get(name)!r:.200} by the engine,'
                f' {other.get(name)!r:.200} by Tryton'
                for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]
    return found
