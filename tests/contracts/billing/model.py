"""The billing contract as a few dictionaries: what it must answer to a sequence of requests.

Each method takes a request and returns an Expected, having changed the model accordingly. Ids are the
server's: a record that it made is entered with ``enter``.
"""
import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal('0.01')
CUSTOMER = (
    'name', 'email', 'phone', 'address', 'vatId', 'contactPerson', 'buyerReference', 'country', 'bankName',
    'iban', 'bic')
TEMPLATE = {
    'language': 'en', 'primaryColor': '#1E88E5', 'secondaryColor': '#757575', 'fontName': 'Arial',
    'isTaxIncluded': False, 'applyTax': True, 'taxRate': 20, 'taxLabel': None, 'paymentQrMode': 'None',
    'paymentInstructions': None, 'eInvoiceProfile': 'None', 'businessProcessId': None, 'mailTitle': None,
    'mailContent': None, 'isDefault': False, 'hasLogo': False}


@dataclass
class Expected:
    """What comes back. body: members that must be there, None where there is no body; into: the table that
    a new record belongs in.
    """
    status: int
    body: dict | list | None = None
    into: dict | None = None


def refused(status, code, **extra):
    return Expected(status, {'error': code, **extra})


UNKNOWN = refused(404, 'not_found')


def rounded(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def changes(body):
    """What a PATCH changes: null leaves a field as it is, an empty text clears it"""
    return {
        name: None if value == '' else value for name, value in body.items() if value is not None}


@dataclass
class Model:
    """One account; ``templates`` are those that are not deleted, the invoices' units are never free again"""
    customers: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    items: dict = field(default_factory=dict)
    templates: dict = field(default_factory=dict)
    invoices: dict = field(default_factory=dict)
    used_units: set = field(default_factory=set)

    def read(self, table, id):
        return Expected(200, table[id]) if id in table else UNKNOWN

    # Customers

    def create_customer(self, body):
        record = dict.fromkeys(CUSTOMER) | changes(body)
        return self._vat_id_taken(record) or Expected(201, record, self.customers)

    def update_customer(self, id, body):
        if id not in self.customers:
            return UNKNOWN
        record = self.customers[id] | changes(body)
        if taken := self._vat_id_taken(record, id):
            return taken
        self.customers[id] = record
        return Expected(200, record)

    def _vat_id_taken(self, record, id=None):
        for other, customer in self.customers.items():
            if record['vatId'] and customer['vatId'] == record['vatId'] and other != id:
                return refused(409, 'vatid_exists', existingId=other, name=customer['name'])
        return None

    def find_customers(self, vat_id=None, name=None):
        if vat_id:
            found = [c for c in self.customers.values() if c['vatId'] == vat_id]
        elif name:
            found = [c for c in self.customers.values() if c['name'].lower() == name.lower()]
        else:
            items = sorted(self.customers.values(), key=lambda c: (c['name'].lower(), c['id']))
            return Expected(200, {'items': items, 'page': 1, 'limit': 200, 'total': len(items)})
        if len(found) > 1:
            return refused(409, 'ambiguous_name', matches=[
                    {name: c[name] for name in ('id', 'name', 'vatId')}
                    for c in sorted(found, key=lambda c: c['id'])])
        return Expected(200, found[0]) if found else UNKNOWN

    # Units and items

    def create_unit(self, body):
        return Expected(201, {'eInvoiceCode': 'LS', **body}, self.units)

    def update_unit(self, id, body):
        if id not in self.units:
            return UNKNOWN
        self.units[id] |= changes(body)
        return Expected(200, self.units[id])

    def delete_unit(self, id):
        if id not in self.units:
            return UNKNOWN
        if id in self.used_units or any(i['customUnitId'] == id for i in self.items.values()):
            return refused(409, 'unit_in_use')
        del self.units[id]
        return Expected(204)

    def create_item(self, body):
        record = {'defaultPrice': None, 'unit': 'Piece', 'customUnitId': None} | changes(body)
        return self._wrong_item(record) or Expected(201, record, self.items)

    def update_item(self, id, body):
        if id not in self.items:
            return UNKNOWN
        record = self.items[id] | changes(body)
        if wrong := self._wrong_item(record, id):
            return wrong
        self.items[id] = record
        return Expected(200, record)

    def _wrong_item(self, record, id=None):
        if record['customUnitId'] is not None and record['customUnitId'] not in self.units:
            return UNKNOWN
        for other, item in self.items.items():
            if item['itemKey'] == record['itemKey'] and other != id:
                return refused(409, 'itemkey_exists', existingId=other, itemKey=item['itemKey'])
        return None

    def list_items(self):
        items = sorted(self.items.values(), key=lambda item: item['itemKey'])
        return Expected(200, {'items': items, 'page': 1, 'limit': 200, 'total': len(items)})

    # Templates

    def create_template(self, body):
        record = TEMPLATE | changes(body)
        if record['isDefault']:
            self._demote()
        return Expected(201, record, self.templates)

    def update_template(self, id, body):
        if id not in self.templates:
            return UNKNOWN
        values = changes(body)
        if values.get('isDefault') is False and self.templates[id]['isDefault']:
            return refused(400, 'invalid_state')
        if values.get('isDefault'):
            self._demote()
        self.templates[id] |= values
        return Expected(200, self.templates[id])

    def delete_template(self, id):
        if id not in self.templates:
            return UNKNOWN
        if len(self.templates) == 1:
            return refused(400, 'invalid_state')
        if self.templates.pop(id)['isDefault']:
            self.templates[min(self.templates)]['isDefault'] = True
        return Expected(204)

    def _demote(self):
        for template in self.templates.values():
            template['isDefault'] = False

    def list_templates(self):
        rows = sorted(self.templates.values(), key=lambda t: (not t['isDefault'], t['id']))
        names = (
            'id', 'name', 'language', 'taxRate', 'isTaxIncluded', 'applyTax', 'taxLabel', 'isDefault')
        return Expected(200, [{name: row[name] for name in names} for row in rows])

    # Invoices

    def create_invoice(self, body):
        units = {line.get('customUnitId') for line in body['customItems']} - {None}
        if body['customerId'] not in self.customers or units - self.units.keys():
            return UNKNOWN
        if body['invoiceTemplateId'] not in self.templates:
            return UNKNOWN
        issue, due = (dt.date.fromisoformat(body[name]) for name in ('issueDate', 'dueDate'))
        if due < issue:
            return refused(400, 'invalid_argument')
        net, gross, rate = totals(body['customItems'], self.templates[body['invoiceTemplateId']])
        self.used_units |= units
        return Expected(201, {
                'invoiceNumber': f'INV-{issue:%Y-%m}-{len(self.invoices) + 1:04d}',
                'customerId': body['customerId'], 'issueDate': f'{issue}T00:00:00Z',
                'dueDate': f'{due}T00:00:00Z', 'totalAmount': float(net), 'totalWithTax': float(gross),
                'taxRate': rate, 'isPaid': not gross,
                'paidDate': None if gross else f'{issue}T00:00:00Z', 'isFinalized': True,
                'stripePaymentLinkUrl': None, 'stripePaymentLinkId': None}, self.invoices)

    def mark_paid(self, id, date):
        if id not in self.invoices:
            return UNKNOWN
        if not self.invoices[id]['isPaid']:
            self.invoices[id] |= {'isPaid': True, 'paidDate': f'{date}T00:00:00Z'}
        return Expected(200, self.invoices[id])

    def list_invoices(self, customer=None, paid=None):
        names = (
            'id', 'invoiceNumber', 'customerId', 'issueDate', 'dueDate', 'totalWithTax', 'isPaid',
            'isFinalized')
        items = [
            {name: invoice[name] for name in names}
            for id, invoice in sorted(self.invoices.items(), reverse=True)
            if customer in (None, invoice['customerId']) and paid in (None, invoice['isPaid'])]
        return Expected(200, {'items': items, 'page': 1, 'limit': 200, 'total': len(items)})


def totals(lines, template):
    """Return (net, gross, rate) of lines: cents round half up, tax is taken of the sum"""
    rate = template['taxRate'] if template['applyTax'] else 0
    total = sum(
        rounded(Decimal(str(line['quantity'])) * Decimal(str(line['pricePerUnit']))) for line in lines)
    if template['isTaxIncluded']:
        return total - rounded(total * rate / (100 + rate)), total, rate
    return total, total + rounded(total * rate / 100), rate
