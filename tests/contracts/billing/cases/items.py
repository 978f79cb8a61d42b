"""Items"""
from tests.contracts.kit.table import ID, STAMP, UNKNOWN, Case

DEV = {
    'itemKey': 'DEV-01', 'description': 'Backend development — senior rate', 'defaultPrice': 95.0,
    'unit': 'Hour', 'customUnitId': None}
DESIGN = {
    'itemKey': 'DESIGN-01', 'description': 'UI/UX design', 'defaultPrice': 85.0, 'unit': 'Hour',
    'customUnitId': None}
CHANGE = {'description': 'Backend development — lead rate', 'defaultPrice': 110.0}
MADE = {'id': ID, 'createdAt': STAMP, 'updatedAt': None}


def dev(api):
    return api.made('/api/items', DEV)


def another_one(api):
    return {**api.made('/api/items', DESIGN), 'dev': dev(api)['id']}


def both(api):
    return [dev(api), api.made('/api/items', DESIGN)]


def with_unit(api):
    return api.made('/api/units', {'label': 'Sprint', 'eInvoiceCode': 'DAY'})


def taken(given):
    return {
        'message': "Item with itemKey 'DEV-01' already exists",
        'existingId': given.get('dev', given['id']), 'itemKey': 'DEV-01'}


CASES = [
    # Sorted by key, as the text says; the document's example is not
    Case('listItems', 200, own=True, given=both, query='?search=&page=1&limit=50',
        answer=lambda given: {
            'items': [{**DESIGN, **MADE}, {**DEV, **MADE}], 'page': 1, 'limit': 50, 'total': 2}),
    Case('listItems', 200, own=True, given=both, query='?search=backend',
        answer=lambda given: {'items': given[:1], 'page': 1, 'limit': 50, 'total': 1}),
    Case('listItems', 400, 'invalid_argument', query='?limit=0', message='limit'),
    Case('createItem', 201, own=True, body=DEV, answer={**DEV, **MADE}),
    Case('createItem', 201, body={'itemKey': 'A', 'description': 'B'}, answer={
            **MADE, 'itemKey': 'A', 'description': 'B', 'defaultPrice': None, 'unit': 'Piece',
            'customUnitId': None}),
    Case('createItem', 201, given=with_unit,
        body=lambda unit: {'itemKey': 'SPRINT', 'description': 'B', 'customUnitId': unit['id']},
        answer=lambda unit: {
            **MADE, 'itemKey': 'SPRINT', 'description': 'B', 'defaultPrice': None, 'unit': 'Piece',
            'customUnitId': unit['id']}),
    Case('createItem', 400, 'invalid_argument', body={'itemKey': 'x' * 17, 'description': 'B'},
        message='itemKey'),
    Case('createItem', 404, 'not_found', body={**DEV, 'itemKey': 'U', 'customUnitId': UNKNOWN}),
    Case('createItem', 409, 'itemkey_exists', own=True, given=dev, body=DEV, answer=taken),
    Case('getItem', 200, own=True, given=dev, answer={**DEV, **MADE}),
    Case('getItem', 404, 'not_found', id=UNKNOWN),
    Case('updateItem', 200, own=True, given=dev, body=CHANGE,
        answer=lambda given: {**given, **CHANGE, 'updatedAt': STAMP}),
    Case('updateItem', 200, own=True, given=dev, body={'defaultPrice': None, 'customUnitId': None},
        answer=lambda given: given),
    Case('updateItem', 400, 'invalid_argument', own=True, given=dev, body={'unit': 'hour'},
        message='unit'),
    Case('updateItem', 404, 'not_found', id=UNKNOWN, body={'description': 'x'}),
    Case('updateItem', 409, 'itemkey_exists', own=True, given=another_one, body={'itemKey': 'DEV-01'},
        answer=taken),
    ]
