"""Custom units: answers, codes, units in use"""
from tests.contracts.kit.golden import UNKNOWN

CODES = ['LS', 'H87', 'HUR', 'DAY', 'KGM', 'GRM', 'MTR', 'MTK', 'LTR', 'MLT', 'XPK', 'day', '']


def play(stage):
    account, other = stage.caller(), stage.caller('DE')
    note = account.note
    note('none yet', 'listUnits')
    note('all', 'listUnitCodes')
    sprint = note('every field', 'createUnit', {'label': 'Sprint', 'eInvoiceCode': 'DAY'}).json['id']
    note('only a label', 'createUnit', {'label': 'Pauschale'})
    note('the same label', 'createUnit', {'label': 'Pauschale'})
    for code in CODES:
        note(f'code {code!r}', 'createUnit', {'label': f'Code {code}', 'eInvoiceCode': code})
        note(f'code {code!r}', 'updateUnit', {'eInvoiceCode': code}, id=sprint)
    for label in ('x' * 30, 'x' * 31, ' a ', '<b>', 'Größe 😀', "'; --", '\u202e'):
        note(f'label {label!r}', 'createUnit', {'label': label})
    note('all', 'listUnits')
    note('one', 'getUnit', id=sprint)
    note('unknown', 'getUnit', id=UNKNOWN)
    note('unknown', 'updateUnit', {'label': 'x'}, id=UNKNOWN)
    note('unknown', 'deleteUnit', id=UNKNOWN)
    note('a label', 'updateUnit', {'label': 'Iteration'}, id=sprint)
    note('nulls', 'updateUnit', {'label': None, 'eInvoiceCode': None}, id=sprint)
    note('nothing', 'updateUnit', {}, id=sprint)
    for id, body in [('getUnit', None), ('updateUnit', {'label': 'x'}), ('deleteUnit', None)]:
        other.note("another tenant's", id, body, id=sprint)
    item = {'itemKey': 'USED', 'description': 'x', 'customUnitId': sprint}
    account.made('/api/items', item)
    note('used by an item', 'deleteUnit', id=sprint)
    project = account.made('/api/units', {'label': 'Project'})['id']
    account.made('/api/paushal-projects', {
            'customerId': account.customer(), 'name': 'x',
            'items': [{'description': 'x', 'customUnitId': project}]})
    note('used by a project', 'deleteUnit', id=project)
    free = account.made('/api/units', {'label': 'Free'})['id']
    note('one', 'deleteUnit', id=free)
    note('one again', 'deleteUnit', id=free)
    note('one that has gone', 'getUnit', id=free)
