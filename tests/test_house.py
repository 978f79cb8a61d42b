"""The ground that tests stand on: each worker has a database with three charts and no tenant of others."""
import psycopg


def test_clone_has_charts_and_no_tenant(postgres, fresh_database):
    with psycopg.connect(postgres.owner(fresh_database)) as connection:
        states = connection.execute(
            'SELECT tenant_state, chart FROM company_company ORDER BY id').fetchall()
    assert states == [
        ('house', None), ('template', 'skr04'), ('template', 'ekr'), ('template', 'skr03')]


def test_this_process_has_the_rights_of_a_web_worker(german, austrian, pool):
    from trytond.transaction import Transaction

    from trytond.modules.tenant.scope import tenant_scope
    with tenant_scope(austrian['company']), \
            Transaction().start(pool.database_name, 0, readonly=True) as transaction:
        user, = transaction.connection.execute('SELECT current_user').fetchone()
        companies = transaction.connection.execute(
            'SELECT id FROM company_company').fetchall()
    assert user == 'kontor_test_web'
    assert companies == [(austrian['company'],)]
