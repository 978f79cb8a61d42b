"""Compares a generated OpenAPI document with the documented one of a contract.

The generated one may say more: limits where the other is silent, further statuses and headers. It may not
lack anything, nor be laxer, for the operations that exist.
"""
LIMITS = ('minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'default')


def differences(generated, documented):
    """Return one text per difference: where, and what is missing or other"""
    return sorted({
        text for path, item in generated['paths'].items()
        for method, operation in item.items()
        for text in _operation(
            f'{method.upper()} {path}', operation,
            documented['paths'].get(path, {}).get(method), generated, documented)})


def missing_operations(generated, documented):
    """Return the documented operations that are not there yet, as ``GET /api/…``"""
    return sorted(
        f'{method.upper()} {path}' for path, item in documented['paths'].items()
        for method in item if method not in generated['paths'].get(path, {}))


def _operation(where, found, wanted, generated, documented):
    if wanted is None:
        yield f'{where}: not documented'
        return
    if found['operationId'] != wanted['operationId']:
        yield f"{where}: operationId is {found['operationId']}, not {wanted['operationId']}"
    yield from _parameters(where, found, wanted, generated, documented)
    yield from _body(where, found, wanted, generated, documented)
    yield from _responses(where, found, wanted, generated, documented)


def _parameters(where, found, wanted, generated, documented):
    ours = {(p['name'], p['in']): p for p in _all(found, 'parameters', generated)}
    for theirs in _all(wanted, 'parameters', documented):
        here = f"{where} parameter {theirs['name']}"
        mine = ours.get((theirs['name'], theirs['in']))
        if mine is None:
            yield f'{here}: missing'
            continue
        if mine['required'] != theirs.get('required', False):
            yield f"{here}: required is {mine['required']}"
        yield from _schema(here, mine['schema'], theirs['schema'], generated, documented)


def _body(where, found, wanted, generated, documented):
    if 'requestBody' not in wanted:
        return
    if 'requestBody' not in found:
        yield f'{where}: no body'
        return
    mine, theirs = found['requestBody'], wanted['requestBody']
    if mine['required'] != theirs.get('required', False):
        yield f"{where} body: required is {mine['required']}"
    yield from _content(f'{where} body', mine, theirs, generated, documented)


def _responses(where, found, wanted, generated, documented):
    for status, theirs in wanted['responses'].items():
        here = f'{where} {status}'
        mine = found['responses'].get(status)
        if mine is None:
            yield f'{here}: missing'
            continue
        mine, theirs = resolve(mine, generated), resolve(theirs, documented)
        codes = set(theirs.get('x-error-codes', ())) - set(mine.get('x-error-codes', ()))
        if codes:
            yield f'{here}: codes missing: {", ".join(sorted(codes))}'
        if status.startswith('2'):
            yield from _content(here, mine, theirs, generated, documented)


def _content(where, found, wanted, generated, documented):
    for media_type, theirs in wanted.get('content', {}).items():
        mine = found.get('content', {}).get(media_type)
        if mine is None:
            yield f'{where}: {media_type} missing'
        else:
            yield from _schema(where, mine['schema'], theirs['schema'], generated, documented)


def _schema(where, found, wanted, generated, documented):
    mine, theirs = effective(found, generated), effective(wanted, documented)
    if 'oneOf' in theirs:
        choices = [effective(s, generated) for s in mine.get('anyOf', mine.get('oneOf', [mine]))]
        for index, part in enumerate(theirs['oneOf']):
            part = effective(part, documented)
            best = min(
                (list(_schema(f'{where} ({index})', choice, part, generated, documented))
                    for choice in choices), key=len)
            yield from best
        return
    lost = types(theirs) - types(mine)
    if lost and not (types(theirs) >= {'null'} and lost == {'null'}):
        yield f"{where}: type {', '.join(sorted(types(mine)))}, not {', '.join(sorted(types(theirs)))}"
    if 'enum' in theirs and set(theirs['enum']) != set(mine.get('enum', ())):
        yield f"{where}: enum is {mine.get('enum')}"
    for name in LIMITS:
        if name in theirs and mine.get(name) != theirs[name]:
            yield f'{where}: {name} is {mine.get(name)}, not {theirs[name]}'
    if set(theirs.get('required', ())) - set(mine.get('required', ())):
        missing = set(theirs['required']) - set(mine.get('required', ()))
        yield f'{where}: not required: {", ".join(sorted(missing))}'
    if 'items' in theirs:
        yield from _schema(f'{where}[]', mine.get('items', {}), theirs['items'], generated, documented)
    for name, part in theirs.get('properties', {}).items():
        if name not in mine.get('properties', {}):
            yield f'{where}.{name}: missing'
        else:
            yield from _schema(
                f'{where}.{name}', mine['properties'][name], part, generated, documented)


def effective(schema, document):
    """Return a schema with its reference followed and what only wraps it taken away"""
    schema = resolve(schema, document)
    rest = {name: part for name, part in schema.items() if name not in {'allOf', 'anyOf'}}
    if len(schema.get('allOf', ())) == 1:
        return {**effective(schema['allOf'][0], document), **rest}
    choices = [
        choice for choice in schema.get('anyOf', ())
        if choice not in ({'type': 'null'}, {'type': 'string', 'const': ''})]
    if len(choices) == 1:
        inner = effective(choices[0], document)
        if {'type': 'null'} in schema['anyOf']:
            inner = {**inner, 'type': [*types(inner), 'null']}
        return {**inner, **rest}
    return schema


def types(schema):
    """Return the JSON types a schema allows"""
    found = schema.get('type', ())
    return {found} if isinstance(found, str) else set(found)


def resolve(part, document):
    """Follow a reference within a document"""
    while '$ref' in part:
        target = document
        for name in part['$ref'].removeprefix('#/').split('/'):
            target = target[name]
        part = {**target, **{n: p for n, p in part.items() if n != '$ref'}}
    return part


def _all(operation, name, document):
    return [resolve(part, document) for part in operation.get(name, ())]
