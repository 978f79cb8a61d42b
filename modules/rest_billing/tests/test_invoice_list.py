"""The list of invoices: filters, order, pages, and what a caller gets wrong"""
import datetime as dt
from unittest import mock

import psycopg
import pytest

from tests.support.billing import Api, refused
from tests.support.invoicing import ACME, Biller, inside, item
from tests.support.sealed import unsealed
from tests.contracts.billing.world import World

DATES = ('2026-05-03', '2026-05-16', '2026-05-18', '2026-05-16', '2026-04-30')
BETA = 3
"""Index of the invoice of the other customer"""
PAID = (0, 2)
"""Indexes of the paid ones"""


@pytest.fixture(scope='module')
def listed(billing, operator):
    """An Austrian tenant with five invoices; returns (api, invoices as they stand now)"""
    biller = Biller(Api(billing, operator.tenant('AT')))
    api = biller.api
    beta = api.made('/api/customers', {'name': 'Beta'})['id']
    made = [
        biller.bill(item(1, 100 * (n + 1)), issueDate=date,
            customerId=beta if n == BETA else biller.customer)
        for n, date in enumerate(DATES)]
    for n in PAID:
        api.post(f"/api/invoices/{made[n]['id']}/mark-paid", {'paidDate': '2026-06-01'})
    return api, [api.get(f"/api/invoices/{invoice['id']}").json for invoice in made]


def indexes(listed, query):
    """Return which invoices a query finds, in its order"""
    api, invoices = listed
    answer = api.get(f'/api/invoices{query}')
    assert answer.status_code == 200, answer.text
    ids = [invoice['id'] for invoice in invoices]
    found = [ids.index(row['id']) for row in answer.json['items']]
    assert answer.json['total'] == len(found)
    return found


def test_the_last_one_made_comes_first_whatever_its_date(listed):
    api, invoices = listed
    page = api.get('/api/invoices').json
    assert page == {
        'items': [
            {name: invoice[name] for name in (
                    'id', 'invoiceNumber', 'customerId', 'issueDate', 'dueDate', 'totalWithTax',
                    'isPaid', 'isFinalized', 'pdfUrl')}
            for invoice in reversed(invoices)],
        'page': 1, 'limit': 50, 'total': 5}
    assert page['items'][0] == {
        'id': invoices[4]['id'], 'invoiceNumber': 'INV-2026-04-0005',
        'customerId': invoices[4]['customerId'], 'issueDate': '2026-04-30T00:00:00Z',
        'dueDate': '2026-05-14T00:00:00Z', 'totalWithTax': 600, 'isPaid': False, 'isFinalized': True,
        'pdfUrl': f"/api/invoices/{invoices[4]['id']}/pdf"}


@pytest.mark.parametrize('query, found', [
    ('?customerId=&isPaid=&invoiceNumber=&issuedFrom=&issuedTo=&page=1&limit=50', [4, 3, 2, 1, 0]),
    ('?isPaid=true', [2, 0]),
    ('?isPaid=False', [4, 3, 1]),
    ('?invoiceNumber=INV-2026-05-0002', [1]),
    ('?invoiceNumber=INV-2026-05-000', []),
    ('?invoiceNumber=inv-2026-05-0002', []),
    ('?invoiceNumber=%25', []),
    ('?issuedFrom=2026-05-16', [3, 2, 1]),
    ('?issuedFrom=2026-05-16T00:00:00Z', [3, 2, 1]),
    ('?issuedFrom=2026-05-16T00:00:01Z', [2]),
    ('?issuedFrom=2026-05-16T02:00:00%2B02:00', [3, 2, 1]),
    ('?issuedTo=2026-05-16', [4, 3, 1, 0]),
    ('?issuedTo=2026-05-15T23:59:59Z', [4, 0]),
    ('?issuedTo=2026-05-16T23:59:59Z', [4, 3, 1, 0]),
    ('?issuedFrom=2026-05-03&issuedTo=2026-05-16', [3, 1, 0]),
    ('?issuedFrom=2026-05-17&issuedTo=2026-05-16', []),
    ('?issuedFrom=2026-05-16&isPaid=true', [2]),
    ('?unknown=1', [4, 3, 2, 1, 0]),
    ])
def test_filters(listed, query, found):
    assert indexes(listed, query) == found


def test_the_customer(listed):
    _, invoices = listed
    assert indexes(listed, f"?customerId={invoices[BETA]['customerId']}") == [BETA]
    assert indexes(listed, f"?customerId={invoices[0]['customerId']}&isPaid=true") == [2, 0]
    for nobody in (0, -1, 2 ** 31 - 1, 10 ** 30):
        assert indexes(listed, f'?customerId={nobody}') == []


def test_pages(listed):
    api, invoices = listed
    ids = [invoice['id'] for invoice in reversed(invoices)]
    for page, found in [(1, ids[:2]), (2, ids[2:4]), (3, ids[4:]), (4, []), (2 ** 31 - 1, [])]:
        answer = api.get(f'/api/invoices?page={page}&limit=2').json
        assert [row['id'] for row in answer['items']] == found
        assert (answer['page'], answer['limit'], answer['total']) == (page, 2, 5)
    assert len(api.get('/api/invoices?limit=200').json['items']) == 5


@pytest.mark.parametrize('query, field, reason', [
    ('customerId=x', 'customerId', 'must be an integer'),
    ('customerId=1.5', 'customerId', 'must be an integer'),
    ('isPaid=yes', 'isPaid', 'must be true or false'),
    ('isPaid=1', 'isPaid', 'must be true or false'),
    ('issuedFrom=16.05.2026', 'issuedFrom', 'must be a date'),
    ('issuedFrom=2026-02-30', 'issuedFrom', 'is no date of the calendar'),
    ('issuedTo=9999-12-31', 'issuedTo', '1900 to 2199'),
    ('issuedTo=2026-05-16T00:00:00+02:00', 'issuedTo', 'must be a date'),
    ('invoiceNumber=' + 'x' * 501, 'invoiceNumber', 'at most 500'),
    ('invoiceNumber=a%00b', 'invoiceNumber', 'NUL'),
    ('invoiceNumber=%ed%a0%80', 'query', 'UTF-8'),
    ('page=0', 'page', 'from 1'),
    ('page=-1', 'page', 'from 1'),
    ('page=x', 'page', 'must be an integer'),
    ('limit=0', 'limit', 'from 1 to 200'),
    ('limit=201', 'limit', 'from 1 to 200'),
    ('limit=' + '9' * 50, 'limit', 'must be an integer'),
    ('page=1&page=2', 'page', 'twice'),
    ])
def test_a_wrong_parameter_is_named(listed, query, field, reason):
    refused(listed[0].get(f'/api/invoices?{query}'), field, reason)


def test_paid_is_in_the_list_at_once(new_api):
    biller = Biller(new_api)
    made = biller.bill()
    assert new_api.get('/api/invoices?isPaid=true').json['items'] == []
    assert new_api.post(f"/api/invoices/{made['id']}/mark-paid", {}).status_code == 200
    row, = new_api.get('/api/invoices?isPaid=true').json['items']
    assert row['id'] == made['id'] and row['isPaid']
    assert new_api.get('/api/invoices?isPaid=false').json['items'] == []


def test_another_tenants_invoices_are_not_listed(listed, other):
    _, invoices = listed
    theirs = other.get('/api/invoices?limit=200').json['items']
    assert not {row['id'] for row in theirs} & {invoice['id'] for invoice in invoices}
    assert other.get(f"/api/invoices?customerId={invoices[0]['customerId']}").json['total'] == 0


def test_the_same_list_is_not_sent_twice(listed):
    api, _ = listed
    tag = api.get('/api/invoices').headers['ETag']
    assert api.get('/api/invoices', If_None_Match=tag).status_code == 304


# What is made in the client

@pytest.fixture
def drafted(new_api, pool, superuser, operator):
    """A tenant with a draft of 2 × 50, without any date; returns (api, id of the draft)"""
    return new_api, World(pool, superuser, operator).draft(new_api)


def test_a_draft_has_no_number_and_todays_date(drafted):
    from trytond.modules.kernel import clock
    api, id = drafted
    with clock.at(dt.datetime(2026, 5, 15, 22, 30, tzinfo=dt.UTC)):
        draft = api.get(f'/api/invoices/{id}').json
        row, = api.get('/api/invoices').json['items']
        for query, total in [
                ('issuedFrom=2026-05-16', 1), ('issuedFrom=2026-05-17', 0), ('issuedTo=2026-05-15', 0),
                ('isPaid=false', 1), ('isPaid=true', 0)]:
            assert api.get(f'/api/invoices?{query}').json['total'] == total
    assert draft == {
        'id': id, 'invoiceNumber': None, 'customerId': draft['customerId'],
        'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z', 'totalAmount': 100,
        'totalWithTax': 100, 'taxRate': 0, 'isPaid': False, 'paidDate': None, 'isFinalized': False,
        'finalizedAt': None, 'pdfUrl': f'/api/invoices/{id}/pdf', 'stripePaymentLinkUrl': None,
        'stripePaymentLinkId': None, 'archivedPdfHash': None}
    assert row == {name: draft[name] for name in row}
    refused(api.get(f'/api/invoices/{id}/pdf'), '', 'not issued', code='not_finalized')
    refused(api.post(f'/api/invoices/{id}/mark-paid', {}), '', 'not open', code='invalid_state')


def test_a_discarded_draft_is_gone(drafted, pool):
    api, id = drafted
    with inside(pool, api.tenant):
        Invoice = pool.get('account.invoice')
        Invoice.cancel([Invoice(id)])
    assert api.get('/api/invoices').json['items'] == []
    for method, path in [('GET', ''), ('GET', '/pdf'), ('POST', '/mark-paid')]:
        assert api(method, f'/api/invoices/{id}{path}').status_code == 404


def test_all_are_counted_drafts_included(drafted, pool, superuser, operator):
    api, _ = drafted
    biller = Biller(api, ACME | {'name': 'Other', 'vatId': None})
    made = [biller.bill() for _ in range(3)]
    discarded = World(pool, superuser, operator).draft(api)
    with inside(pool, api.tenant):
        Invoice = pool.get('account.invoice')
        Invoice.credit([Invoice(made[0]['id'])], refund=True)
        Invoice.cancel([Invoice(discarded)])
    page = api.get('/api/invoices?limit=2').json
    assert (len(page['items']), page['total']) == (2, 5)
    assert len(api.get('/api/invoices').json['items']) == 5


def test_what_was_issued_before_there_were_positions_gets_its_own(drafted, postgres, database, pool):
    from trytond.modules.account_invoice_issue import positions as door
    api, draft = drafted
    biller = Biller(api, ACME | {'name': 'Other', 'vatId': None})
    ids = [biller.bill()['id'] for _ in range(3)]

    def positions():
        return dict(owner.execute(
            'SELECT id, "position" FROM account_invoice WHERE company = %s', (api.tenant['company'],)))
    with psycopg.connect(postgres.owner(database)) as owner:
        before = positions()
        assert before == {draft: None} | {id: n for n, id in enumerate(ids, 1)}
        owner.execute("ALTER TABLE account_invoice DROP CONSTRAINT account_invoice_position_issued")
        with unsealed(owner):
            owner.execute('UPDATE account_invoice SET "position" = NULL')
            # What a client could say of a draft once
            owner.execute(
                "UPDATE account_invoice SET self_billed = true, issued_at = '2020-01-01' WHERE id = %s",
                (draft,))
        assert set(positions().values()) == {None}
        with mock.patch.object(door, 'Transaction') as transaction:
            transaction().connection = owner
            door.give_positions()
        assert positions() == before
        owner.rollback()


def test_what_a_credit_note_settled_is_owed_no_more(new_api, pool):
    biller = Biller(new_api)
    made = biller.bill(issueDate='2026-05-16')
    with inside(pool, new_api.tenant):
        Invoice = pool.get('account.invoice')
        credit, = Invoice.credit(
            [Invoice(made['id'])], refund=True, invoice_date=dt.date(2026, 5, 20))
        credit = credit.id
    settled = new_api.get(f"/api/invoices/{made['id']}").json
    assert settled == made | {'isPaid': True, 'paidDate': '2026-05-20T00:00:00Z'}
    rows = new_api.get('/api/invoices?isPaid=true').json['items']
    assert [(row['id'], row['totalWithTax']) for row in rows] == [(credit, -1176), (made['id'], 1176)]
    assert new_api.get('/api/invoices?isPaid=false').json['total'] == 0
    # Money that came in spite of it is nothing to be kept quiet
    refused(
        new_api.post(f"/api/invoices/{made['id']}/mark-paid", {}), '', 'not open', code='invalid_state')
