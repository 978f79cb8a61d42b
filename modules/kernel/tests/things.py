"""A made-up model with public ids, in a database of its own; prints what became of its rows as JSON.

Runs as the owner of the tables: python -m trytond.modules.kernel.tests.things DATABASE
"""
import json
import sys

from trytond.model import ModelSQL, fields
from trytond.modules.kernel import public_id, rows
from trytond.modules.kernel.public_id import PublicId, ids_of, uuids_of
from trytond.modules.tenant.ownership import TenantOwned
from trytond.modules.tenant.scope import entered
from trytond.modules.tenant_provision.copy_company import copy_company
from trytond.pool import Pool
from trytond.transaction import Transaction

OLD = """
INSERT INTO kernel_thing (company, name, create_date)
SELECT company, 'old ' || n, CASE n WHEN 1 THEN NULL WHEN 2 THEN timestamp '2025-03-01' ELSE '2025-02-01' END
FROM unnest(%s::int[]) company, generate_series(1, 500) n ORDER BY n"""
"""Rows of a time before public ids, dates not in the order of the ids"""


class Thing(PublicId, TenantOwned, ModelSQL):
    """Thing"""
    __name__ = 'kernel.thing'
    name = fields.Char("Name")


def main(database):
    Pool.start()
    Pool.register(Thing, module='kernel', type_='model')
    with Transaction().start(database, 0, readonly=True):
        Pool(database).init()
    with Transaction().start(database, 0) as transaction:
        connection = transaction.connection
        companies = [id for id, in connection.execute(
                "SELECT id FROM company_company WHERE tenant_state = 'template' ORDER BY id LIMIT 2")]
        found = {
            'migrated': _migrated(connection, companies), 'made': _made(connection, companies[0]),
            'copied': _copied(connection, companies[0]), **_asked(companies),
            'older_server': _older(connection)}
        transaction.rollback()
    print(json.dumps(found))


def _migrated(connection, companies):
    """Return the ids of old rows of each company, by id, and whether they are there once more after a second
    time
    """
    Model = Pool().get('kernel.thing')
    Model.__register__('kernel')
    Model.__table_handler__('kernel').drop_column('uuid')
    connection.execute(OLD, (companies,))
    connection.execute(
        "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'this table is sealed'; END $$")
    connection.execute(
        "CREATE TRIGGER sealed BEFORE UPDATE ON kernel_thing FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()")
    Model.__register__('kernel')
    before = [_uuids(connection, company) for company in companies]
    Model.__register__('kernel')
    assert before == [_uuids(connection, company) for company in companies]
    state = connection.execute("SELECT tgenabled FROM pg_trigger WHERE tgname = 'sealed'").fetchone()
    connection.execute("DROP TRIGGER sealed ON kernel_thing")
    return {'uuids': before, 'trigger': state[0]}


def _made(connection, company):
    """Return the ids of rows made in every way, in the order in which they were made"""
    Model = Pool().get('kernel.thing')
    connection.execute("DELETE FROM kernel_thing")
    with entered(company):
        one, two = Model.create([{'name': 'one'}, {'name': 'two', 'uuid': 'mine'}])
        rows.insert('kernel.thing', company, [{'name': f'row {n}'} for n in range(1000)])
        rows.insert_all(company, {'kernel.thing': [{'name': 'beside'}]})
        Model.copy([one, two])
        before = _uuids(connection, company)
        Model.write([one], {'uuid': None, 'name': 'first'})
        assert before == _uuids(connection, company)
    return before


def _copied(connection, source):
    """Return the ids of a copied tenant, by id"""
    return _uuids(connection, copy_company(connection, Pool(), source))


def _asked(companies):
    """Return what is found by public ids, as the tenant and as another"""
    mine, other = companies
    Model = Pool().get('kernel.thing')
    with entered(mine):
        things = Model.search([], order=[('id', None)], limit=3)
        found = {'uuids': uuids_of('kernel.thing', [thing.id for thing in things])}
        uuids = [*found['uuids'].values(), '0198c2a0-0000-7000-8000-000000000000', 'nonsense', '']
        found['ids'] = ids_of('kernel.thing', uuids)
        found['searched'] = [
            Model.search(domain, count=True) for domain in (
                [('uuid', '=', uuids[0])], [('uuid', 'in', uuids)], [('uuid', '=', 'nonsense')],
                [('uuid', 'ilike', uuids[0][:18] + '%')], [('uuid', '=', None)])]
        found['nothing'] = [ids_of('kernel.thing', []), uuids_of('kernel.thing', [])]
    with entered(other):
        found['foreign'] = [ids_of('kernel.thing', uuids), uuids_of('kernel.thing', list(found['uuids']))]
    return found


def _older(connection):
    """Return ids as a server before version 18 makes them, in one statement"""
    connection.execute(public_id._NEXT)
    return [uuid for uuid, in connection.execute(
            "SELECT kontor_uuid7() FROM generate_series(1, 5000)")]


def _uuids(connection, company):
    return [uuid for uuid, in connection.execute(
            "SELECT uuid FROM kernel_thing WHERE company = %s ORDER BY id", (company,))]


if __name__ == '__main__':
    main(sys.argv[1])
