"""A new tenant is a copy of a template company: in under a second, beside any number of others, complete."""
import json
import statistics

import pytest
from trytond.pool import Pool

from tests.support.tenancy import as_member
from trytond.modules.tenant.ownership import company_column, owned_models


def provisioned(postgres, database, how, number):
    """Run tests.support.provisioning as the operator"""
    output = postgres.run_as('owner', ['-m', 'tests.support.provisioning', database, how, number])
    return json.loads(output.splitlines()[-1])


@pytest.fixture(scope='module')
def eight(postgres, database):
    return provisioned(postgres, database, 'parallel', 8)


@pytest.fixture(scope='module')
def never(pool):
    """Names of the models whose rows are a person's or a process's"""
    return {name for name, Model in owned_models(pool).items() if Model.__never_copied__}


def counts(superuser, pool, company):
    """Return model → number of a company's rows"""
    return {
        name: superuser.execute(
            f'SELECT count(*) FROM "{Model._table}" WHERE {company_column(Model)} = %s',
            (company,)).fetchone()[0]
        for name, Model in owned_models(pool).items()}


def test_ten_tenants_take_less_than_a_second_each(postgres, database):
    made = provisioned(postgres, database, 'grow', 10)
    assert len(set(made['companies'])) == 10
    assert statistics.median(made['seconds']) <= 1, made['seconds']


def test_eight_at_once_all_succeed(eight):
    assert len(set(eight['companies'])) == 8


def test_each_is_complete(superuser, pool, eight, never):
    """As many rows in each table as the template company has, and the seller's own on top"""
    own = {
        'party.party', 'party.address', 'party.identifier', 'party.contact_mechanism', 'bank',
        'bank.account', 'bank.account.number', 'bank.account-party.party', 'party.party.account',
        'party.party.lang', 'party.party.payment_term'}
    templates = dict(superuser.execute(
            "SELECT chart, id FROM company_company WHERE tenant_state = 'template'").fetchall())
    wanted = {chart: counts(superuser, pool, company) for chart, company in templates.items()}
    for company in eight['companies']:
        chart, = superuser.execute(
            "SELECT chart FROM company_company WHERE id = %s", (company,)).fetchone()
        found = counts(superuser, pool, company)
        assert {
            name: number for name, number in found.items() if name not in own and name not in never} == {
            name: number for name, number in wanted[chart].items() if name not in own and name not in never}
        assert all(found[name] >= wanted[chart][name] for name in own)
        assert found['account.account'] > 100 and found['account.tax'] >= 4


def test_nothing_of_a_person_is_copied(superuser, pool, eight, never):
    found = counts(superuser, pool, eight['companies'][0])
    assert {'res.user', 'ir.session', 'tenant.credential', 'archive.document', 'outbox'} <= never
    assert {name: found[name] for name in never if found[name]} == {}


def test_accounts_are_flat(superuser, eight):
    """Left = 2·id, right = 2·id + 1: each its own interval of the nested set, none inside another's"""
    for company in eight['companies']:
        wrong = superuser.execute(
            'SELECT count(*) FROM account_account WHERE company = %s'
            ' AND NOT ("left" = 2 * id AND "right" = 2 * id + 1 AND parent IS NULL)', (company,))
        assert wrong.fetchone() == (0,)


def test_child_of_is_the_account_itself(database, superuser, eight):
    """And what is below a type is below it in the tenant's own tree"""
    company = eight['companies'][0]
    with as_member(database, company, 0, checked=False):
        Account, Type = Pool().get('account.account'), Pool().get('account.account.type')
        account, = Account.search([], limit=1)
        assert Account.search([('parent', 'child_of', [account.id])]) == [account]
        roots = Type.search([('parent', '=', None)])
        below = Type.search([('parent', 'child_of', [root.id for root in roots])])
        assert len(below) == Type.search([], count=True) > 20
