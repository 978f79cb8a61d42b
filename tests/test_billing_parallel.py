"Several callers change one record at once: nobody's field is lost"
import pytest

from tests.support.parallel import together

pytest_plugins = ['tests.support.billing_fixtures']

CHANGES = [
    ('/api/customers', {'name': 'Acme'}, {
            'email': 'a@b.example', 'phone': '+43 1', 'contactPerson': 'Anna', 'buyerReference': 'PO'}),
    ('/api/items', {'itemKey': 'A', 'description': 'B'}, {
            'description': 'C', 'defaultPrice': 5, 'unit': 'Hour', 'itemKey': 'D'}),
    ('/api/units', {'label': 'A'}, {'label': 'B', 'eInvoiceCode': 'DAY'}),
    ('/api/invoice-templates', {'name': 'A'}, {
            'name': 'B', 'taxRate': 7, 'mailTitle': 'C', 'isDefault': True}),
    ]


@pytest.mark.parametrize('path, body, changes', CHANGES, ids=lambda v: v if isinstance(v, str) else '')
def test_no_change_is_lost(new_api, path, body, changes):
    made = new_api.made(path, body)
    place, fields = f'{path}/{made["id"]}', list(changes)

    def change(n):
        return new_api.patch(place, {fields[n]: changes[fields[n]]})
    answers = together(len(fields), change)
    assert [answer.status_code for answer in answers] == [200] * len(fields)
    now = new_api.get(place).json
    assert {name: value for name, value in now.items() if name != 'updatedAt'} == {
        name: value for name, value in {**made, **changes}.items() if name != 'updatedAt'}
