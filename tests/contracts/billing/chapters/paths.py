"""Paths and methods, known and unknown; OPTIONS and HEAD; ids of requests; the house's own pages"""

UNKNOWN_PATHS = [
    '/api', '/api/', '/api/nothing', '/api/customers/', '/api//customers', '/API/customers', '/api/Customers',
    '/api/%63ustomers', '/%61pi/customers', '//api/customers', '/api%2Fcustomers', '/api/customers/1/2',
    '/api/customers;a=b', '/api/./customers', '/api/x/../customers', '/apix', '/', '', '/nothing', '/docs',
    '/docs/', '/docs/nothing', '/docs/static/nothing.js', '/docs/static/../billing', '/openapi',
    '/openapi/nothing.json', '/openapi/billing', '/openapi/billing.json/', '/healthz/', '/webhooks',
    '/webhooks/', '/webhooks/stripe', '/webhooks/nothing/x', '/%00', '/%ff', '/api/%00', '/api/%ff',
    '/<b>x</b>',
    '/' + 'x' * 300, '/api/' + 'x' * 300, 'http://kontor.example/api/nothing', '*']
NO_IDS = [
    '0', '-1', '00', '01', '+1', '1.0', '1e3', '0x1', 'abc', '2147483647', '2147483648',
    '9223372036854775808',
    '9' * 41, '%31', '1%20', '%201', '1;2', '1,2', '%D9%A1', '%00', 'null', '']
OTHER_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'PROPFIND', 'get',
    'X' * 30]
PAGES = ['/healthz', '/readyz', '/docs/billing', '/openapi/billing.json']


def play(stage):
    recorder, account = stage.recorder, stage.caller()
    key = account.headers
    for path in UNKNOWN_PATHS:
        recorder.record(f'unknown path {path or "(empty)"}', 'GET', path, headers=key)
    for path in ('/api/nothing', '/nothing'):
        for method in [*OTHER_METHODS[1:], 'OPTIONS']:
            recorder.record(f'unknown path {method} {path}', method, path)
        recorder.record(f'unknown path with a body {path}', 'POST', path, json_={'x': 1})
    paths = list(dict.fromkeys(operation.path for operation in stage.operations.values()))
    for path in paths:
        _methods(stage, path, key)
    for path in [*PAGES, '/webhooks/stripe/x']:
        for method in [*OTHER_METHODS[2:], 'OPTIONS']:
            recorder.record(f'{method} {path}', method, path)
    _ids(stage, account)
    _pages(recorder)
    _request_ids(recorder, key)


def _methods(stage, path, key):
    """Methods that a path does not have, OPTIONS, HEAD"""
    recorder = stage.recorder
    having = {operation.method for operation in stage.operations.values() if operation.path == path}
    some = next(operation for operation in stage.operations.values() if operation.path == path)
    target = some.filled()
    for method in OTHER_METHODS:
        if method == 'HEAD' and 'GET' in having:
            recorder.record(f'HEAD {path}', 'HEAD', target, path, headers=key)
        elif method not in having:
            recorder.record(f'{method} {path}', method, target, path, headers=key)
    recorder.record(f'OPTIONS {path}', 'OPTIONS', target, path)


def _ids(stage, account):
    """What is no id in a path"""
    for operation in stage.operations.values():
        names = operation.names('path')
        for name in names:
            for id in NO_IDS if operation.method == 'GET' else ['0', 'abc', '2147483648', '']:
                path = operation.filled(**{name: id})
                stage.recorder.record(
                    f'{operation.id}: {name} = {id or "(empty)"}', operation.method, path, operation.path,
                    json_={} if operation.body else None, headers=account.headers)


def _pages(recorder):
    for path in PAGES:
        if path.endswith('.json'):
            answer = recorder.send('GET', path)
            recorder.add('GET ' + path, {
                    'status': answer.status_code, 'headers': recorder.headers(answer),
                    'body': 'see openapi.json'})
        else:
            answer = recorder.record(f'GET {path}', 'GET', path)
        recorder.record(f'HEAD {path}', 'HEAD', path)
        recorder.record(f'GET {path} with a query', 'HEAD', path + '?x=%ff')
        recorder.record(f'GET {path} with a wrong key', 'HEAD', path, headers={'X-Api-Key': 'x'})
    tag = recorder.send('GET', '/openapi/billing.json').headers['ETag']
    for label, value in [
            ('the tag', tag), ('weak', f'W/{tag}'), ('*', '*'), ('one of them', f'"x", {tag}'),
            ('no quotes', tag.strip('"'))]:
        answer = recorder.send('GET', '/openapi/billing.json', headers={'If-None-Match': value})
        recorder.add(f'GET /openapi/billing.json, If-None-Match: {label}', {
                'status': answer.status_code, 'bytes': bool(answer.data)})


def _request_ids(recorder, key):
    for label, value in [
            ('a sane one', 'order-4711/2026'), ('a short one', 'abc'), ('a blank in it', 'abc def ghi'),
            ('a long one', 'x' * 129), ('markup', '<b>12345</b>'), ('of 128', 'y' * 128), ('empty', ''),
            ('looks like ours', 'req_' + 'a' * 23)]:
        recorder.record(
            f'X-Request-Id: {label}', 'GET', '/api/units', headers={**key, 'X-Request-Id': value})
        recorder.record(f'X-Request-Id of a refusal: {label}', 'GET', '/api/x',
            headers={'X-Request-Id': value})
