"""Parameters of the query string: each of each operation, and what is wrong with a query as a whole"""
WHOLE = [
    'unknown=1', '?', '&', '=', '=x', '&&&', '%', '%zz', '%ff', '%ff=1', 'a%00b=1', '%00', 'x=%00',
    'x=%ed%a0%80', 'x=1&x=2',
    '<b>=1&<b>=2', 'a%20b=1&a%20b=2', '+', '&'.join(f'p{n}=1' for n in range(100)),
    '&'.join(f'p{n}=1' for n in range(101)), 'page=1;limit=2', 'page=1#x', 'Page=0', 'page[]=0']
TEXTS = [
    '', '%20', 'x', '%00', 'a%00b', '%01', '%ff', '%ed%a0%80', 'a%0Ab', '%25', '_', "'%20OR%201=1%20--",
    'x' * 500, 'x' * 501, '<b>x</b>', '%F0%9F%98%80', '+']
NUMBERS = [
    '', '0', '1', '2', '-1', '+1', '01', '1.0', '1e1', 'x', '%201', '1%20', '200', '201', '2147483647',
    '2147483648',
    '9223372036854775808', '9' * 40, '9' * 41, '%D9%A1', '0x1', 'null', '1,2']
BOOLEANS = ['', 'true', 'false', 'True', 'FALSE', 'tRuE', '1', '0', 'yes', 'maybe', 'null', 'true%20']
MOMENTS = [
    '', '2026-05-16', '2026-05-16T00:00:00Z', '2026-05-16t00:00:00z', '2026-05-16%2000:00', '16.05.2026',
    '2026-02-30', '0000-01-01', '1899-12-31', '1900-01-01', '2199-12-31', '2200-01-01', '9999-12-31', 'May',
    '2026-05-16T25:00:00Z', '2026-05-16T00:00:00+02:00', '2026-05-16T00:00:00%2B02:00', '2026-05', '20260516',
    '2026-05-16T10:00:00.123456789Z', '2026-05-16T10:00:00.1234567890Z', '2026-05-16T24:00:00Z',
    '2026-05-16T10:00:00%2B24:00', 'now', '%D9%A2026-05-16']


def play(stage):
    account = stage.caller()
    for label, body in [('customers', {'name': 'Query'}), ('units', {'label': 'Query'})]:
        account.made(f'/api/{label}', body)
    record, key = stage.recorder.record, account.headers
    for query in WHOLE:
        record(f'query: {query[:60]} ({len(query)})', 'GET', f'/api/customers?{query}', headers=key)
        record(f'query where none is known: {query[:60]} ({len(query)})', 'GET', f'/api/units?{query}',
            headers=key)
    for operation in stage.operations.values():
        for parameter in operation.parameters:
            if parameter['in'] != 'query':
                continue
            name = parameter['name']
            for value in _values(parameter['schema']):
                query = f'?{name}={value}'
                account.note(f'{name} = {value[:60]} ({len(value)})', operation.id, query=query)
            account.note(f'{name} twice', operation.id, query=f'?{name}=1&{name}=1')
            account.note(f'{name} without a value', operation.id, query=f'?{name}')
    for operation in stage.operations.values():
        account.note('a query that cannot be read', operation.id, {} if operation.body else None,
            query='?y=%ff')


def _values(schema):
    first = schema.get('anyOf', [schema])[0]
    if first.get('format') == 'date-time':
        return MOMENTS
    return {'integer': NUMBERS, 'boolean': BOOLEANS}.get(first.get('type'), TEXTS)
