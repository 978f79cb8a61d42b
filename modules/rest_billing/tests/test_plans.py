"""How PostgreSQL finds what the list of invoices asks for: by an index, whatever the filter, as the web role.

A table of a few thousand rows would be read through, so that is switched off here; what counts is that there
is another way.
"""
import contextlib

import psycopg
import pytest

from scripts.lib.bench import seeding
from tests.support.invoicing import ACME, Biller
INVOICES = 2_000


@pytest.fixture(scope='module')
def biller(billing, operator, postgres, database):
    from tests.support.billing import Api
    biller = Biller(Api(billing, operator.tenant('AT')))
    other = Biller(biller.api, ACME | {'name': 'Other GmbH', 'vatId': 'ATU87654321'})
    for who, date in [(biller, '2026-01-05'), (other, '2026-04-06'), (other, '2026-10-07')]:
        who.bill(issueDate=date)
    with psycopg.connect(postgres.superuser(database)) as connection:
        seeding.invoices(connection, biller.api.tenant['company'], INVOICES)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE account_invoice")
    return biller


@contextlib.contextmanager
def queries(monkeypatch):
    """Yield [(query, parameters)] of what is sent within"""
    sent, plain = [], psycopg.Cursor.execute

    def execute(cursor, query, params=None, **options):
        sent.append((query, params))
        return plain(cursor, query, params, **options)
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, 'execute', execute)
        yield sent


def plans(web, company, sent):
    """Return the plans of the questions about invoices"""
    web.execute("SELECT set_config('app.company', %s, false), set_config('enable_seqscan', 'off', false)", [
            str(company)])
    try:
        return [
            '\n'.join(line for line, in web.execute(f'EXPLAIN {query}', params))
            for query, params in sent if 'account_invoice"' in str(query)]
    finally:
        web.execute("RESET enable_seqscan")


@pytest.mark.parametrize('asked', [
    'limit=50', 'limit=50&page=20', 'isPaid=false', 'isPaid=true', 'customerId={customer}',
    'invoiceNumber=INV-2026-01-0001', 'issuedFrom=2026-10-01', 'issuedFrom=2026-01-01&issuedTo=2026-02-01'])
def test_each_filter_has_an_index(biller, web, monkeypatch, asked):
    with queries(monkeypatch) as sent:
        answer = biller.api.get('/api/invoices?' + asked.format(customer=biller.customer))
    assert answer.status_code == 200
    found = plans(web, biller.api.tenant['company'], sent)
    assert found
    for plan in found:
        assert 'Index' in plan and 'Seq Scan' not in plan, plan


@pytest.mark.parametrize('asked', [
    '', 'isPaid=false', 'isPaid=true&page=1000', 'customerId={customer}', 'issuedFrom=2026-01-01',
    'issuedFrom=2026-02-01&issuedTo=2026-12-31', 'issuedTo=2026-05-01'])
def test_number_of_all_is_counted_in_the_index_alone(biller, web, monkeypatch, asked):
    with queries(monkeypatch) as sent:
        assert biller.api.get('/api/invoices?' + asked.format(customer=biller.customer)).status_code == 200
    found = plans(web, biller.api.tenant['company'], sent)
    counted = [plan for plan in found if plan.startswith('Aggregate')]
    assert counted
    for plan in counted:
        assert 'Index Only Scan' in plan and 'Filter' not in plan, plan


def test_what_lies_before_a_page_is_passed_over_in_the_index(biller, web, monkeypatch):
    with queries(monkeypatch) as sent:
        assert len(biller.api.get('/api/invoices?limit=50&page=40').json['items']) == 50
    found = plans(web, biller.api.tenant['company'], sent)
    page, = [plan for plan in found if plan.startswith('Sort')]
    assert 'Index Only Scan' in page, page
