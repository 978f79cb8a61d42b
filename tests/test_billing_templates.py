"Invoice templates of the billing contract"
from decimal import Decimal

import pytest

from tests.support.invoicing import inside, make_template

pytest_plugins = ['tests.support.billing_fixtures']


def test_a_new_tenant_has_one_template_and_it_is_the_default(new_api):
    answer = new_api.get('/api/invoice-templates')
    assert answer.status_code == 200
    row, = answer.json
    assert row == {
        'id': row['id'], 'name': 'Standard AT', 'language': 'de', 'taxRate': 20, 'isTaxIncluded': False,
        'applyTax': True, 'taxLabel': 'USt', 'isDefault': True}


def test_the_default_rate_is_the_countrys(billing, operator):
    from tests.support.billing import Api
    api = Api(billing, operator.tenant('DE'))
    row, = api.get('/api/invoice-templates').json
    assert (row['name'], row['taxRate']) == ('Standard DE', 19)


def test_the_default_comes_first_whatever_its_age(new_api, pool):
    first, = new_api.get('/api/invoice-templates').json
    second = make_template(pool, new_api.tenant, name='EU Reverse-Charge', tax_rate=0, apply_tax=False)
    assert [row['id'] for row in new_api.get('/api/invoice-templates').json] == [first['id'], second]
    with inside(pool, new_api.tenant):
        Template = pool.get('invoice.template')
        Template.write([Template(first['id'])], {'is_default': False})
        Template.write([Template(second)], {'is_default': True})
    rows = new_api.get('/api/invoice-templates').json
    assert [(row['id'], row['isDefault']) for row in rows] == [(second, True), (first['id'], False)]


def test_there_are_never_two_defaults(new_api, pool):
    from trytond.model.modelsql import SQLConstraintError
    with pytest.raises(SQLConstraintError, match="only one default"):
        make_template(pool, new_api.tenant, is_default=True)


def test_another_tenants_templates_are_not_listed(api, other):
    mine = {row['id'] for row in api.get('/api/invoice-templates').json}
    theirs = {row['id'] for row in other.get('/api/invoice-templates').json}
    assert mine and theirs and not mine & theirs


def test_an_unknown_language_and_a_rate_without_decimals_are_kept(new_api, pool):
    id = make_template(pool, new_api.tenant, language='pt-BR', tax_rate=Decimal('7.70'))
    row = next(r for r in new_api.get('/api/invoice-templates').json if r['id'] == id)
    assert (row['language'], row['taxRate'], row['taxLabel']) == ('pt-BR', 7.7, None)
