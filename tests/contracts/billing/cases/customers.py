"""Customers"""
from tests.contracts.kit.table import ID, UNKNOWN, Case

ACME = {
    'name': 'Acme GmbH', 'email': 'billing@acme.example', 'phone': '+43 1 234 5678',
    'address': 'Musterstraße 1, 1010 Wien', 'vatId': 'ATU12345678', 'contactPerson': 'Anna Berger',
    'buyerReference': 'PO-2026-1042', 'country': 'AT', 'bankName': 'Erste Bank',
    'iban': 'AT611904300234573201', 'bic': 'GIBAATWWXXX'}
MAX = {
    'name': 'Max Mustermann', 'email': 'max.mustermann@example.com', 'phone': '+43 660 555 1234',
    'address': 'Hauptstraße 12, 1010 Wien', 'vatId': None, 'contactPerson': 'Max Mustermann',
    'buyerReference': None, 'country': 'AT', 'bankName': 'Bank Austria',
    'iban': 'AT021200000123456789', 'bic': 'BKAUATWWXXX'}
CHANGE = {
    'email': 'accounting@acme.example', 'phone': '+43 1 234 9999', 'iban': 'AT021100000123456789'}


def acme(api):
    return api.made('/api/customers', ACME)


def somebody(api):
    return api.made('/api/customers', {'name': 'Somebody'})


def both(api):
    return [acme(api), api.made('/api/customers', MAX)]


def three_of_a_name(api):
    return [
        api.made('/api/customers', {'name': 'Max Mustermann', 'vatId': vat_id})
        for vat_id in (None, None, 'DE812345678')]


def another_one(api):
    """A customer beside Acme, who has the VAT id"""
    return {**somebody(api), 'acme': acme(api)['id']}


def taken(given):
    return {
        'message': "Customer with vatId 'ATU12345678' already exists",
        'existingId': given.get('acme', given['id']), 'name': 'Acme GmbH'}


CASES = [
    Case('listOrFindCustomers', 200, own=True, given=both, query='?search=&page=1&limit=50',
        answer=lambda given: {'items': given, 'page': 1, 'limit': 50, 'total': 2}),
    Case('listOrFindCustomers', 200, own=True, given=both, query='?vatId=ATU12345678',
        answer=lambda given: given[0]),
    Case('listOrFindCustomers', 200, own=True, given=both, query='?name=max%20mustermann',
        answer=lambda given: given[1]),
    Case('listOrFindCustomers', 400, 'invalid_argument', query='?vatId=ATU1&name=Acme', message='vatId'),
    Case('listOrFindCustomers', 400, 'invalid_argument', query='?limit=201', message='limit'),
    Case('listOrFindCustomers', 400, 'invalid_argument', query='?page=0', message='page'),
    Case('listOrFindCustomers', 404, 'not_found', query='?name=Erika%20Musterfrau',
        answer={'message': "No customer found with name 'Erika Musterfrau'"}),
    Case('listOrFindCustomers', 404, 'not_found', query='?vatId=ATU00000000'),
    Case('listOrFindCustomers', 409, 'ambiguous_name', own=True, given=three_of_a_name,
        query='?name=Max%20Mustermann',
        answer=lambda given: {
            'error': 'ambiguous_name',
            'message': (
                "3 customers found with name 'Max Mustermann' — use the id to fetch a specific one"),
            'matches': [
                {'id': c['id'], 'name': 'Max Mustermann', 'vatId': c['vatId']} for c in given]}),
    Case('createCustomer', 201, own=True, body=ACME, answer={**ACME, 'id': ID}),
    Case('createCustomer', 201, body={'name': 'Erika', 'vatId': '', 'email': ''},
        answer={**dict.fromkeys(ACME), 'name': 'Erika', 'id': ID}),
    Case('createCustomer', 400, 'invalid_argument', body={}, message='name'),
    Case('createCustomer', 400, 'invalid_argument', body={'name': 'x', 'country': 'Austria'},
        message='country'),
    Case('createCustomer', 409, 'vatid_exists', own=True, given=acme, body=ACME, answer=taken),
    Case('getCustomer', 200, own=True, given=acme, answer=lambda given: {**ACME, 'id': given['id']}),
    Case('getCustomer', 404, 'not_found', id=UNKNOWN),
    Case('updateCustomer', 200, own=True, given=acme, body=CHANGE,
        answer=lambda given: {**ACME, **CHANGE, 'id': given['id']}),
    Case('updateCustomer', 400, 'invalid_argument', given=somebody, body={'name': ''}, message='name'),
    Case('updateCustomer', 400, 'invalid_argument', given=somebody, body={'country': 'XX'},
        message='country'),
    Case('updateCustomer', 404, 'not_found', id=UNKNOWN, body={'name': 'x'}),
    Case('updateCustomer', 409, 'vatid_exists', own=True, given=another_one,
        body={'vatId': 'ATU12345678'}, answer=taken),
    ]
