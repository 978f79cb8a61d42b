"""Seeded rows are as good as issued ones: scripts/check finds nothing, foreign keys hold, work goes on."""
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from scripts.lib.bench import seeding
from tests.support.billing import Api
from tests.support.invoicing import Biller, item
KEYS = """
    SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
        (SELECT array_agg(attname ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY c (number, place)
            JOIN pg_attribute ON attrelid = k.conrelid AND attnum = c.number),
        (SELECT array_agg(attname ORDER BY place) FROM unnest(k.confkey) WITH ORDINALITY c (number, place)
            JOIN pg_attribute ON attrelid = k.confrelid AND attnum = c.number)
    FROM pg_constraint k WHERE k.contype = 'f'"""


@pytest.fixture
def seeder(postgres, database):
    with psycopg.connect(postgres.superuser(database)) as connection:
        yield connection


@pytest.fixture
def biller(new_api):
    """Three invoices of one, two and three lines, in two fiscal years"""
    biller = Biller(new_api)
    for lines, date in [(1, '2026-03-05'), (2, '2025-06-07'), (3, '2026-07-09')]:
        biller.bill(*[item(price=10 * n) for n in range(1, lines + 1)], issueDate=date)
    return biller


def broken_keys(connection):
    """Return each foreign key that a row breaks"""
    broken = []
    for table, target, columns, others in connection.execute(KEYS).fetchall():
        pairs = SQL(' AND ').join(
            SQL("row.{} = other.{}").format(Identifier(a), Identifier(b))
            for a, b in zip(columns, others, strict=True))
        filled = SQL(' AND ').join(SQL("row.{} IS NOT NULL").format(Identifier(a)) for a in columns)
        query = SQL("SELECT count(*) FROM {} row WHERE {} AND NOT EXISTS (SELECT FROM {} other WHERE {})")
        number, = connection.execute(query.format(SQL(table), filled, SQL(target), pairs)).fetchone()
        if number:
            broken.append((table, columns, number))
    return broken


def test_invoices_are_copied_and_go_on_counting(biller, seeder, operator):
    company = biller.api.tenant['company']
    assert seeding.invoices(seeder, company, 11) == 11
    seeder.commit()
    assert operator.call('kernel.check.run', company) == []
    assert broken_keys(seeder) == []
    rows = seeder.execute(
        "SELECT i.number, m.number, count(l.id), d.name, d.position FROM account_invoice i"
        " JOIN account_move m ON m.id = i.move JOIN account_invoice_line l ON l.invoice = i.id"
        " JOIN archive_document d ON d.owner = 'account.invoice,' || i.id"
        " WHERE i.company = %s GROUP BY i.id, m.id, d.id ORDER BY i.id", (company,)).fetchall()
    assert rows[:4] == [
        ('INV-2026-03-0001', '2026-000001', 1, 'INV-2026-03-0001.pdf', 1),
        ('INV-2025-06-0002', '2025-000001', 2, 'INV-2025-06-0002.pdf', 2),
        ('INV-2026-07-0003', '2026-000002', 3, 'INV-2026-07-0003.pdf', 3),
        ('INV-2026-03-0004', '2026-000003', 1, 'INV-2026-03-0004.pdf', 4)]
    assert rows[-1] == ('INV-2025-06-0011', '2025-000004', 2, 'INV-2025-06-0011.pdf', 11)
    assert biller.bill()['invoiceNumber'].endswith('-0012')
    assert operator.call('kernel.check.run', company) == []


def test_what_is_there_already_is_left_alone(biller, seeder):
    assert seeding.invoices(seeder, biller.api.tenant['company'], 2) == 3


def test_tenant_without_an_invoice_has_nothing_to_copy(new_api, seeder):
    with pytest.raises(ValueError, match='no issued invoice'):
        seeding.invoices(seeder, new_api.tenant['company'], 5)


def test_tenants_are_copied_with_keys_logins_and_books_of_their_own(
        biller, billing, seeder, operator, database):
    source = biller.api.tenant
    made = seeding.tenants(seeder, source['company'], database, 3)
    seeder.commit()
    assert broken_keys(seeder) == []
    assert len({company for company, _, _ in made}) == len({key for _, key, _ in made}) == 3
    assert [login for _, _, login in made] == [f'member-{company}' for company, _, _ in made]
    for company, key, _ in made:
        assert operator.call('kernel.check.run', company) == []
        copy = Biller.__new__(Biller)
        copy.api = Api(billing, {'company': company, 'credentials': {'billing': key}})
        customer, = copy.api.get('/api/customers').json['items']
        assert customer['id'] != biller.customer
        assert customer['name'] == 'Acme GmbH'
        copy.customer, copy.template = customer['id'], copy.api.get('/api/invoice-templates').json[0]['id']
        assert copy.bill()['invoiceNumber'].endswith('-0004')
        assert operator.call('kernel.check.run', company) == []
    assert operator.call('kernel.check.run', source['company']) == []
