"""Who calls: keys, tenants, plans and abilities, for every operation; and what is looked at first"""
from tests.contracts.kit.golden import UNKNOWN


def play(stage):
    account, poor = stage.caller(), stage.caller()
    stage.recorder.names.learn(account.tenant['prefix'], '<prefix>')
    for label, headers in {
            'no key': {}, 'an empty key': {'X-Api-Key': ''}, 'a malformed key': {'X-Api-Key': 'x'},
            'a revoked key': {'X-Api-Key': _revoked(stage, account)},
            'a key of another contract': {'X-Api-Key': stage.key(account, 'ledger')[1]},
            'a key without abilities of ours': {'X-Api-Key': stage.key(account,
                abilities=['nothing:read'])[1]},
            }.items():
        _every_operation(stage, label, headers)
    for feature in ('api_access', 'flat_rate_documents'):
        stage.world.features(poor, {feature: False})
        _every_operation(stage, f'a plan without {feature}', poor.headers)
        stage.world.features(poor, {feature: True})
    _malformed(stage, account.headers['X-Api-Key'])
    _abilities(stage, account)
    _rate(stage, poor)
    stage.operator.call('tenant_provision.provision.set_state', poor.tenant['company'], 'suspended')
    _every_operation(stage, 'a suspended tenant', poor.headers)
    _order(stage, account, poor.headers)
    stage.operator.call('tenant_provision.provision.set_state', poor.tenant['company'], 'offboarded')
    _every_operation(stage, 'an offboarded tenant', poor.headers)


def _every_operation(stage, label, headers):
    for operation in stage.operations.values():
        stage.recorder.record(
            f'{operation.id}: {label}', operation.method, operation.filled(), operation.path,
            json_={} if operation.body else None, headers=headers)


def _revoked(stage, account):
    id, key = stage.key(account)
    stage.operator.call('tenant_provision.provision.revoke_key', id)
    return key


def _malformed(stage, key):
    prefix, secret = key[:-43], key[-43:]
    for label, value in {
            'too short': key[:-1], 'too long': key + 'x', 'another last character': key[:-1] + (
                'A' if key[-1] != 'A' else 'B'), 'in capitals': key.upper(), 'its prefix': prefix,
            'another secret': prefix + 'x' * 43, 'its secret': secret,
            'another database': key.replace('_test_', '_other_'), 'Bearer': f'Bearer {key}',
            'in quotes': f'"{key}"', 'SQL': "' OR 1=1 --", 'long': 'x' * 4000, 'blanks': '   ',
            'blanks around': f'  {key}  ', 'not ASCII': 'sch\xfcssel'}.items():
        stage.recorder.record(f'X-Api-Key: {label}', 'GET', '/api/units', headers={'X-Api-Key': value})
    stage.recorder.record('Authorization: Bearer', 'GET', '/api/units',
        headers={'Authorization': f'Bearer {key}'})
    stage.recorder.record('the key in the query', 'GET', f'/api/units?X-Api-Key={key}',
        '/api/units?X-Api-Key=…')


def _abilities(stage, account):
    """Which operations a key with one ability alone may call; the abilities are named by the refusals"""
    needed = {}
    _, nothing = stage.key(account, abilities=['nothing:read'])
    for operation in stage.operations.values():
        message = stage.recorder.send(
            operation.method, operation.filled(), headers={'X-Api-Key': nothing}).json['message']
        needed[operation.id] = message.rpartition(' ')[2]
    stage.recorder.add('the ability of each operation', {'body': needed})
    for ability in sorted(set(needed.values())):
        _, key = stage.key(account, abilities=[ability, 'nothing:read'])
        answers = {}
        for operation in stage.operations.values():
            answer = stage.recorder.send(
                operation.method, operation.filled(), {} if operation.body else None,
                headers={'X-Api-Key': key})
            answers[operation.id] = _short(answer)
        stage.recorder.add(f'a key with {ability} alone', {'body': answers})


def _short(answer):
    code = answer.json['error'] if answer.status_code >= 400 else ''
    return f'{answer.status_code} {code}'.strip()


def _order(stage, account, suspended):
    """Two things wrong at once: which one is said"""
    record = stage.recorder.record
    key = account.headers
    lacking = {'X-Api-Key': stage.key(account, abilities=['units:read'])[1]}
    post, customers, one = 'POST', '/api/customers', f'/api/customers/{UNKNOWN}'
    text = {'Content-Type': 'text/plain'}
    bad_key = {'Idempotency-Key': ''}
    record('unknown path before no key', 'GET', '/api/nothing')
    record('wrong method before no key', 'PUT', customers)
    record('no key before a wrong type', post, customers, data=b'x', headers=text)
    record('no key before a wrong query', 'GET', customers + '?page=x')
    record('a missing ability before a wrong type', post, customers, data=b'x', headers={**lacking, **text})
    record('a missing ability before a wrong idempotency key', post, customers, json_={},
        headers={**lacking, **bad_key})
    record('a suspended tenant before a wrong type', post, customers, data=b'x',
        headers={**suspended, **text})
    record('a wrong idempotency key before a wrong type', post, customers, data=b'x',
        headers={**key, **text, **bad_key})
    record('a wrong type before too large a body', post, customers, data=b'x',
        headers={**key, **text}, CONTENT_LENGTH=str(10 ** 9))
    record('an encoding before a wrong type', post, customers, data=b'x',
        headers={**key, **text, 'Content-Encoding': 'gzip'})
    record('too large a body before one that cannot be read', post, customers, json_=b'x',
        headers=key, CONTENT_LENGTH=str(10 ** 9))
    record('a wrong query before a wrong body', post, customers + '?a=1&a=2', json_=b'x', headers=key)
    record('an unreadable body before an unknown id', 'PATCH', one, json_=b'x', headers=key)
    record('a wrong field before an unknown id', 'PATCH', one, json_={'name': 5}, headers=key)
    record('an unknown id before If-Match', 'PATCH', one, json_={}, headers={**key, 'If-Match': '"x"'})
    record('a wrong field before If-Match', 'PATCH', one, json_={'name': 5},
        headers={**key, 'If-Match': '"x"'})


def _rate(stage, caller):
    """One request per second: the second one at once is refused"""
    stage.world.features(caller, {'requests_per_second': 1})
    for _ in range(5):
        answer = stage.recorder.send('GET', '/api/units', headers=caller.headers)
        if answer.status_code == 429:
            break
    stage.recorder.note('too many requests', 'GET', '/api/units', answer)
    refused = stage.recorder.send('POST', '/api/units', b'x', headers=caller.headers)
    stage.recorder.note('too many requests, whatever the body', 'POST', '/api/units', refused)
    stage.world.features(caller, {'requests_per_second': 2000})
