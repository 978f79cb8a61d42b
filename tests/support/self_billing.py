"""Gutschriften of the billing contract: a tenant that bills itself for a partner"""
from tests.support.invoicing import Biller, inside

PARTNER = {
    'name': 'Vermittlung Huber', 'address': 'Hauptstraße 12, 4020 Linz', 'country': 'AT',
    'iban': 'AT483200000012345864'}
ITEMS = [
    {
        'itemKey': 'AFF-01', 'description': 'Vermittlungsprovision Q2 — 14 Abschlüsse', 'quantity': 14.0,
        'unit': 'Piece', 'pricePerUnit': 45.0, 'sortOrder': 1},
    {
        'itemKey': 'AFF-02', 'description': 'Bonus', 'quantity': 1.0, 'unit': 'Piece',
        'pricePerUnit': 150.0, 'sortOrder': 2},
    ]
"""The document's own example: 780.00 net"""


class SelfBiller(Biller):
    """A tenant that bills itself for a partner"""

    def __init__(self, api, partner=PARTNER):
        super().__init__(api, partner)

    def body(self, *items, **others):
        return {
            'customerId': self.customer, 'invoiceTemplateId': self.template, 'items': list(items or ITEMS),
            **others}

    def post(self, *items, headers=None, **others):
        return self.api.post('/api/gutschriften', self.body(*items, **others), **(headers or {}))

    def pdf(self, made):
        answer = self.api.get(f"/api/gutschriften/{made['id']}/pdf")
        assert answer.status_code == 200, answer.text
        return answer.data


def give_tax_number(pool, biller, type_='at_tin', code='59-119/9013'):
    with inside(pool, biller.api.tenant, check_access=False):
        pool.get('party.identifier').create([{'party': biller.customer, 'type': type_, 'code': code}])
