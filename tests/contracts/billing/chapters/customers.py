"""Customers: answers, look-ups, numbers of all countries, what a second one of a VAT id gets"""
from tests.contracts.kit.golden import UNKNOWN
from tests.support.invoicing import ACME

PATH = '/api/customers'
FULL = {
    **ACME, 'email': 'billing@acme.example', 'phone': '+43 1 234 5678', 'bankName': 'Erste Bank',
    'iban': 'AT611904300234573201', 'bic': 'GIBAATWWXXX'}
NUMBERS = {
    'vatId': [
        'ATU12345675', 'ATU12345678', 'at u 1234 5675', 'ATU1234567', 'DE136695976', 'DE812345678', 'DE12',
        'GB980780684', 'CHE-123.456.788', 'XX123', '12345', 'U12345675', 'FR40303265045', 'EL094259216', 'x',
        'ATU１２３４５６７５', '----'],
    'iban': [
        'AT611904300234573201', 'AT021100000123456789', 'at61 1904 3002 3457 3201', 'AT61190430023457320',
        'DE89370400440532013000', 'DE00000000000000000000', 'XX12', 'x', '611904300234573201',
        'GB82WEST12345698765432', 'AT61-1904-3002-3457-3201'],
    'bic': ['GIBAATWWXXX', 'GIBAATWW', 'gibaatww', 'x', 'GIBAATWWXX', 'X' * 30],
    'country': ['AT', 'DE', 'CH', 'XX', 'at', 'AUT', 'Austria', 'UK', 'GB', 'EU', ' AT', 'Ö'],
    'email': ['a@b.example', 'x', 'a@', 'a b@c', '@', 'a@b@c', 'ä@ö.example', 'a@b,c@d'],
    'phone': ['+43 1 234 5678', '0316/12', 'x', '☎'],
    'address': ['Weg 1', 'Weg 1, 1010 Wien', 'Weg 1\n1010 Wien', 'a\nb\nc\nd', '1010', ',', 'Weg 1,, 1010'],
    'name': ["'; DROP TABLE x; --", '<b>x</b>', 'Ärzte 你好 😀', 'x' * 500, ' a ', '\u202eabc'],
    }


def play(stage):
    account, other = stage.caller(), stage.caller('DE', name='Theirs GmbH')
    note = account.note
    note('none yet', 'listOrFindCustomers')
    full = note('every field', 'createCustomer', FULL).json
    least = note('only a name', 'createCustomer', {'name': 'Max Mustermann'}).json
    note('empty texts', 'createCustomer', dict.fromkeys(FULL, '') | {'name': 'Max Mustermann'})
    note('nulls', 'createCustomer', dict.fromkeys(FULL) | {'name': 'Erika'})
    note('the VAT id of another', 'createCustomer', FULL)
    note('the VAT id of another, with blanks', 'createCustomer', {'name': 'B', 'vatId': 'atu 1234 5678'})
    note('one', 'getCustomer', id=full['id'])
    note('one with a name alone', 'getCustomer', id=least['id'])
    note('unknown', 'getCustomer', id=UNKNOWN)
    note('HEAD', 'getCustomer', id=full['id'])
    for query in (
            '', '?search=ACME', '?search=u123', '?search=mu', '?search=%25', '?search=nobody',
            '?vatId=ATU12345678',
            '?vatId=atu%201234%205678', '?vatId=ATU00000000', '?vatId=x', '?name=acme%20gmbh',
            '?name=Max%20Mustermann',
            '?name=Nobody', '?name=acme', '?vatId=ATU12345678&name=Acme', '?vatId=&name=&search=',
            '?page=2', '?page=2&limit=2', '?page=1&limit=1', '?limit=200', '?search=Max&limit=1',
            '?page=2147483647'):
        note(query or 'all', 'listOrFindCustomers', query=query)
    for field, value in [*FULL.items(), ('country', 'DE'), ('address', 'Ring 2\n10115 Berlin')]:
        note(f'{field} = {value!r}', 'updateCustomer', {field: value}, id=least['id'])
    for field in FULL:
        note(f'{field} cleared', 'updateCustomer', {field: ''}, id=full['id'])
    note('nothing', 'updateCustomer', {}, id=full['id'])
    note('nulls', 'updateCustomer', dict.fromkeys(FULL), id=full['id'])
    note('a VAT id that is free again', 'updateCustomer', {'vatId': 'ATU12345678'}, id=least['id'])
    note('the VAT id of another', 'updateCustomer', {'vatId': 'ATU12345678'}, id=full['id'])
    note('its own VAT id', 'updateCustomer', {'vatId': 'ATU12345678'}, id=least['id'])
    note('unknown', 'updateCustomer', {'name': 'x'}, id=UNKNOWN)
    _numbers(note, full['id'])
    for id in ('getCustomer', 'updateCustomer'):
        other.note("another tenant's", id, {'name': 'Mine'} if id == 'updateCustomer' else None,
            id=full['id'])
    other.note('the VAT id of a customer of another tenant', 'createCustomer', FULL)
    other.note('none of another tenant', 'listOrFindCustomers', query='?name=Max%20Mustermann')


def _numbers(note, id):
    for field, values in NUMBERS.items():
        for value in values:
            note(f'{field} = {value[:40]!r} ({len(value)})', 'updateCustomer', {field: value}, id=id)
            note(f'{field} alone = {value[:40]!r} ({len(value)})', 'createCustomer',
                {'name': 'N', field: value})
            if field == 'vatId':
                note(f'without {value[:40]!r}', 'updateCustomer', {'vatId': ''}, id=id)
