"""New rows of a chart reach existing companies; a tenant's own decisions stay"""
import datetime as dt
import json

import psycopg
import pytest

from tests.support.operator import Operator


@pytest.fixture
def fresh(postgres, fresh_database):
    operator = Operator(postgres, fresh_database)
    with psycopg.connect(postgres.superuser(fresh_database), autocommit=True) as owner:
        yield operator, owner
    operator.close()


def template_of(owner):
    return owner.execute(
        "SELECT id FROM company_company WHERE tenant_state = 'template' AND chart = 'ekr'").fetchone()[0]


def forget(owner, company):
    """Remove a row that an older chart did not have: a tax with its account, not used yet"""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(
            "DELETE FROM account_tax_code_line WHERE tax IN (SELECT id FROM account_tax WHERE company = %s"
            " AND kind = 'sale' AND rate = 0.13)", (company,))
        owner.execute(
            "DELETE FROM account_tax WHERE company = %s AND kind = 'sale' AND rate = 0.13", (company,))
        owner.execute("DELETE FROM account_account WHERE company = %s AND code = '4013'", (company,))
        # A self-assessed one as well, with its children and boxes
        owner.execute(
            "DELETE FROM account_tax_code_line WHERE tax IN (SELECT c.id FROM account_tax c"
            " JOIN account_tax t ON t.id = c.parent WHERE t.company = %s AND t.name LIKE %s)",
            (company, '%Bauleistungen%'))
        owner.execute(
            "DELETE FROM account_tax c USING account_tax t WHERE t.id = c.parent AND t.company = %s"
            " AND t.name LIKE %s", (company, '%Bauleistungen%'))
        owner.execute(
            "DELETE FROM account_tax WHERE company = %s AND name LIKE %s", (company, '%Bauleistungen%'))


def books(owner, company):
    """Return accounts, taxes and boxes of a company without their ids"""
    accounts = owner.execute(
        "SELECT a.code, a.name, t.name, a.reconcile, a.right - a.left FROM account_account a"
        " JOIN account_account_type t ON t.id = a.type AND t.company = a.company WHERE a.company = %s"
        " ORDER BY a.code", (company,)).fetchall()
    taxes = owner.execute(
        "SELECT t.name, t.kind, t.rate, t.start_date, t.end_date, p.name, g.kind, i.code, b.code"
        " FROM account_tax t LEFT JOIN account_tax p ON p.id = t.parent"
        " LEFT JOIN account_tax_group g ON g.id = t.group"
        " LEFT JOIN account_account i ON i.id = t.invoice_account AND i.company = t.company"
        " LEFT JOIN account_account b ON b.id = t.base_account AND b.company = t.company"
        " WHERE t.company = %s ORDER BY 1, 2, 3, 4", (company,)).fetchall()
    boxes = owner.execute(
        "SELECT c.code, t.name, l.operator, l.amount, l.type FROM account_tax_code_line l"
        " JOIN account_tax_code c ON c.id = l.code AND c.company = l.company"
        " JOIN account_tax t ON t.id = l.tax AND t.company = l.company WHERE l.company = %s"
        " ORDER BY 1, 2, 3, 4, 5", (company,)).fetchall()
    return accounts, taxes, boxes


def deliver(postgres, database):
    output = postgres.run_as('owner', ['-m', 'tests.support.chart_update', database])
    return json.loads(output.splitlines()[-1])


def test_tenants_get_what_is_new_and_nothing_twice(fresh, postgres, fresh_database):
    operator, owner = fresh
    template = template_of(owner)
    wanted = books(owner, template)
    tenants = [operator.tenant('AT')['company'] for _ in range(3)]
    german = operator.tenant('DE')['company']
    before = books(owner, german)
    for company in [template, *tenants]:
        forget(owner, company)
    assert books(owner, template) != wanted
    assert deliver(postgres, fresh_database)['ekr'] == 3
    for company in [template, *tenants]:
        assert books(owner, company) == wanted
    assert books(owner, german) == before
    assert set(deliver(postgres, fresh_database).values()) == {0}
    assert books(owner, tenants[0]) == wanted


def test_what_a_tenant_decided_itself_stays(fresh, postgres, fresh_database):
    operator, owner = fresh
    template = template_of(owner)
    own, deleted, plain = (operator.tenant('AT')['company'] for _ in range(3))
    for company in (template, own, plain):
        forget(owner, company)
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        # One tenant has added an account of the number and a tax of the rate
        owner.execute(
            "UPDATE account_account SET code = '4013', name = 'Meine Erlöse' WHERE company = %s"
            " AND code = '4014'", (own,))
        owner.execute(
            "UPDATE account_tax SET rate = 0.13, name = 'Meine 13' WHERE company = %s AND kind = 'sale'"
            " AND rate = 0.049", (own,))
        # Another deleted, long ago, a row that the chart has always had
        owner.execute("DELETE FROM account_account WHERE company = %s AND code = '0110'", (deleted,))
    deliver(postgres, fresh_database)
    names = dict(owner.execute(
            "SELECT code, name FROM account_account WHERE company = %s AND code IN ('4013', '4014')", (own,)))
    assert names == {'4013': 'Meine Erlöse'}
    taxes = owner.execute(
        "SELECT name FROM account_tax WHERE company = %s AND kind = 'sale' AND rate = 0.13",
        (own,)).fetchall()
    assert taxes == [('Meine 13',)]
    assert owner.execute(
        "SELECT count(*) FROM account_account WHERE company = %s AND code = '0110'",
        (deleted,)).fetchone() == (0,)
    assert books(owner, plain) == books(owner, template)


def test_a_tax_that_ended_ends_for_those_who_did_not_decide_themselves(fresh, postgres, fresh_database):
    operator, owner = fresh
    template = template_of(owner)
    plain, own = (operator.tenant('AT')['company'] for _ in range(2))
    wrong, mine = dt.date(2030, 1, 1), dt.date(2027, 1, 1)
    for company, end in [(template, wrong), (plain, wrong), (own, mine)]:
        owner.execute(
            "UPDATE account_tax SET end_date = %s WHERE company = %s AND kind = 'sale' AND rate = 0.2",
            (end, company))
    deliver(postgres, fresh_database)
    ends = [owner.execute(
            "SELECT end_date FROM account_tax WHERE company = %s AND kind = 'sale' AND rate = 0.2",
            (company,)).fetchone()[0] for company in (template, plain, own)]
    assert ends == [None, None, mine]


@pytest.mark.parametrize('country, chart', [('DE', 'ekr'), ('AT', 'skr04'), ('AT', 'skr03')])
def test_a_tenant_has_the_chart_of_its_country(operator, country, chart):
    from tests.support.operator import Refused
    with pytest.raises(Refused, match=f"chart '{chart}' is one of"):
        operator.tenant(country, chart=chart)
