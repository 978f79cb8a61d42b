"""Items: answers, order and search, keys that are taken, units"""
from tests.contracts.kit.golden import UNKNOWN

DEV = {
    'itemKey': 'DEV-01', 'description': 'Backend development — senior rate', 'defaultPrice': 95.0,
    'unit': 'Hour',
    'customUnitId': None}
UNITS = [
    'Piece', 'Kilogram', 'Gram', 'Liter', 'Milliliter', 'Hour', 'Minute', 'Meter', 'Centimeter',
    'SquareMeter',
    'Package']
KEYS = ['x' * 16, 'x' * 17, 'ö', 'a b', ' a', '<b>', "'", '%', 'dev-01', 'DEV-01 ', '😀']


def play(stage):
    account, other = stage.caller(), stage.caller('DE')
    note = account.note
    note('none yet', 'listItems')
    dev = note('every field', 'createItem', DEV).json['id']
    least = note('what is needed', 'createItem', {'itemKey': 'A', 'description': 'B'}).json['id']
    note('a key that is taken', 'createItem', DEV)
    note('a key that is taken in small letters', 'createItem', {**DEV, 'itemKey': 'dev-01'})
    unit = account.made('/api/units', {'label': 'Sprint', 'eInvoiceCode': 'DAY'})['id']
    theirs = other.made('/api/units', {'label': 'Theirs'})['id']
    sprint = note('a unit of its own', 'createItem', {'itemKey': 'S', 'description': 'B',
        'customUnitId': unit})
    for label, id in [('unknown', UNKNOWN), ("another tenant's", theirs), ('0', 0), ('-1', -1)]:
        note(f'a unit: {label}', 'createItem', {'itemKey': 'U', 'description': 'B', 'customUnitId': id})
        note(f'a unit: {label}', 'updateItem', {'customUnitId': id}, id=dev)
    for name in UNITS:
        note(f'unit {name}', 'createItem', {'itemKey': name, 'description': 'B', 'unit': name})
        note(f'unit {name}', 'updateItem', {'unit': name}, id=least)
    for price in (0, -5, 0.0001, 1234.5, 10 ** 12, 19.99, 100.10):
        note(f'price {price}', 'updateItem', {'defaultPrice': price}, id=least)
        note(f'price {price}', 'getItem', id=least)
    for key in KEYS:
        note(f'key {key!r}', 'createItem', {'itemKey': key, 'description': key})
    for query in (
            '', '?search=backend', '?search=DEV', '?search=%25', '?search=nothing', '?page=2&limit=2',
            '?limit=1',
            '?search=sprint'):
        note(query or 'all', 'listItems', query=query)
    note('one', 'getItem', id=dev)
    note('one with a unit of its own', 'getItem', id=sprint.json['id'])
    note('unknown', 'getItem', id=UNKNOWN)
    note('unknown', 'updateItem', {'description': 'x'}, id=UNKNOWN)
    note('some fields', 'updateItem', {'description': 'Lead rate', 'defaultPrice': 110.0}, id=dev)
    note('nulls', 'updateItem', dict.fromkeys(DEV), id=dev)
    note('nothing', 'updateItem', {}, id=dev)
    note('its own key', 'updateItem', {'itemKey': 'DEV-01'}, id=dev)
    note('the key of another', 'updateItem', {'itemKey': 'DEV-01'}, id=least)
    note('another key', 'updateItem', {'itemKey': 'DEV-02'}, id=dev)
    note('the key that is free again', 'updateItem', {'itemKey': 'DEV-01'}, id=least)
    for id, body in [('getItem', None), ('updateItem', {'description': 'x'})]:
        other.note("another tenant's", id, body, id=dev)
    other.note('the key of an item of another tenant', 'createItem', DEV)
    other.note('none of another tenant', 'listItems', query='?search=Lead')
