"""Custom units"""
from tests.contracts.kit.table import ID, STAMP, UNKNOWN, Case

SPRINT = {'label': 'Sprint', 'eInvoiceCode': 'DAY'}
WORKSHOP = {'label': 'Workshop', 'eInvoiceCode': 'HUR'}
CODES = [
    ('LS', 'Pauschal'), ('H87', 'Stück'), ('HUR', 'Stunde'), ('DAY', 'Tag'), ('KGM', 'Kilogramm'),
    ('GRM', 'Gramm'), ('MTR', 'Meter'), ('MTK', 'Quadratmeter'), ('LTR', 'Liter'), ('MLT', 'Milliliter')]


def sprint(api):
    return api.made('/api/units', SPRINT)


def both(api):
    return [sprint(api), api.made('/api/units', WORKSHOP)]


def used(api):
    unit = sprint(api)
    api.made('/api/items', {'itemKey': 'USED', 'description': 'x', 'customUnitId': unit['id']})
    return unit


CASES = [
    Case('listUnits', 200, own=True, given=both, answer=[
            {**SPRINT, 'id': ID, 'createdAt': STAMP}, {**WORKSHOP, 'id': ID, 'createdAt': STAMP}]),
    Case('listUnitCodes', 200, answer=[{'code': code, 'label': label} for code, label in CODES]),
    Case('createUnit', 201, body=SPRINT, answer={**SPRINT, 'id': ID, 'createdAt': STAMP}),
    Case('createUnit', 201, body={'label': 'Pauschale'},
        answer={'label': 'Pauschale', 'eInvoiceCode': 'LS', 'id': ID, 'createdAt': STAMP}),
    Case('createUnit', 400, 'invalid_argument', body={'label': 'x' * 31}, message='label'),
    Case('createUnit', 400, 'invalid_argument', body={'label': 'x', 'eInvoiceCode': 'XPK'},
        message='eInvoiceCode'),
    Case('getUnit', 200, given=sprint, answer=lambda given: given),
    Case('getUnit', 404, 'not_found', id=UNKNOWN),
    Case('updateUnit', 200, given=sprint, body={'label': 'Iteration'},
        answer=lambda given: {**given, 'label': 'Iteration'}),
    Case('updateUnit', 400, 'invalid_argument', given=sprint, body={'eInvoiceCode': 'day'},
        message='eInvoiceCode'),
    Case('updateUnit', 404, 'not_found', id=UNKNOWN, body={'label': 'x'}),
    Case('deleteUnit', 204, given=sprint),
    Case('deleteUnit', 404, 'not_found', id=UNKNOWN),
    Case('deleteUnit', 409, 'unit_in_use', given=used, message='Sprint'),
    ]
