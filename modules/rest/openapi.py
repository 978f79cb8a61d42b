"""The OpenAPI 3.1 document of a contract, made from its operation table.

Shapes come from the pydantic models, refusals from the table; what every operation may answer is added
here, so that nothing a caller can meet is undocumented.
"""
import json
from collections import Counter
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from .answers import Page, Stream
from .contract import NEVER, REQUIRED
from .refusals import Kind
from .routes import CONVERTERS, parameters, public_path

REFERENCE = '#/components/schemas/{model}'

EVERYWHERE = (
    Kind.UNFIT, Kind.UNREADABLE, Kind.UNKNOWN_PATH, Kind.WRONG_METHOD, Kind.TOO_SLOW, Kind.TOO_LARGE,
    Kind.LINE_TOO_LONG, Kind.WRONG_MEDIA_TYPE, Kind.TOO_MANY, Kind.HEADERS_TOO_LARGE, Kind.INTERNAL,
    Kind.UNAVAILABLE)
"""What any operation may answer"""


class Schema(GenerateJsonSchema):
    """Pydantic's generator without the titles it makes up"""

    def field_title_should_be_set(self, schema):
        return False

    def get_title_from_name(self, name):
        return ''


def document(contract):
    """Return the OpenAPI document of a contract as plain data"""
    shapes = Shapes(contract)
    paths = {}
    for operation in contract.operations:
        path = paths.setdefault(public_path(operation.path), {})
        path[operation.method.lower()] = describe(contract, operation, shapes)
    responses = share(paths)
    return {
        'openapi': '3.1.0',
        'info': {
            'title': contract.title, 'version': contract.version,
            'description': contract.description},
        'servers': [{'url': '/'}],
        'tags': [{'name': name, 'x-displayName': text} for name, text in contract.tags.items()],
        'security': security(contract.ways),
        'paths': paths,
        'components': {
            'securitySchemes': dict(filter(None, (
                    way.security() for way in dict.fromkeys([
                        *contract.ways, *(w for o in contract.operations for w in o.ways)])))),
            'responses': responses,
            'schemas': shapes.schemas},
        }


def security(ways):
    """Return the Security Requirement Objects of some ways, [] if one of them is open to everybody"""
    schemes = [way.security() for way in ways]
    return [] if None in schemes else [{name: []} for name, _ in schemes]


def share(paths):
    """Replace refusals that are the same in several operations by references; return them by name"""
    operations = [operation for path in paths.values() for operation in path.values()]
    uses = Counter(
        json.dumps(response) for operation in operations
        for response in operation['responses'].values())
    shared = {}
    for operation in operations:
        for status, response in operation['responses'].items():
            text = json.dumps(response)
            if uses[text] > 1 and 'x-error-codes' in response:
                name = shared.setdefault(text, f'{status}-{len(shared) + 1}')
                operation['responses'][status] = {'$ref': f'#/components/responses/{name}'}
    return {name: json.loads(text) for text, name in shared.items()}


class Shapes:
    """The JSON Schemas of all models of a contract"""

    def __init__(self, contract):
        self.error = contract.dialect.model
        inputs, outputs = [], [(self.error, 'serialization')]
        for operation in contract.operations:
            bodies = operation.body.models if operation.body else ()
            inputs += [(m, 'validation') for m in (*bodies, operation.query) if m]
            outputs += [
                (model, 'serialization')
                for shape in (operation.response, *operation.problem_models.values())
                for model in models_of(shape)]
        keys, definitions = models_json_schema(
            list(dict.fromkeys(inputs + outputs)), by_alias=True, ref_template=REFERENCE,
            schema_generator=Schema)
        self.keys = keys
        self.schemas = {name: tidy(s) for name, s in definitions.get('$defs', {}).items()}

    def of(self, shape, mode='serialization'):
        """Return the schema of a model, list, union or bytes"""
        if shape is bytes or shape is Stream:
            return {'type': 'string', 'format': 'binary'}
        if shape is Page:
            return {'type': 'string'}
        if (shape, mode) in self.keys:
            return self.keys[shape, mode]
        schema = TypeAdapter(shape).json_schema(
            by_alias=True, mode=mode, ref_template=REFERENCE, schema_generator=Schema)
        schema.pop('$defs', None)
        return tidy(schema)

    def named(self, model, mode='validation'):
        """Return the schema of a model itself, not a reference to it"""
        name = self.keys[model, mode]['$ref'].rpartition('/')[2]
        return self.schemas[name]


def models_of(shape):
    """Return the pydantic models a response consists of"""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return [shape]
    return [model for part in getattr(shape, '__args__', ()) for model in models_of(part)]


def tidy(schema):
    """Return a schema without empty titles, with ``null`` as one more type where that is possible"""
    if isinstance(schema, list):
        return [tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {
        name: {n: tidy(s) for n, s in part.items()} if name == 'properties' else tidy(part)
        for name, part in schema.items() if not (name == 'title' and part == '')}
    return _nullable(schema)


def _nullable(schema):
    """Write anyOf [{type: x}, {type: null}] as {type: [x, null]}"""
    choices = schema.get('anyOf', ())
    if len(choices) == 2 and choices[1] == {'type': 'null'} and isinstance(
            choices[0].get('type'), str):
        rest = {name: part for name, part in schema.items() if name != 'anyOf'}
        return {**choices[0], **rest, 'type': [choices[0]['type'], 'null']}
    return schema


def describe(contract, operation, shapes):
    """Return the Operation Object of an operation"""
    described: dict[str, Any] = {
        'operationId': operation.id, 'summary': operation.summary, 'tags': [operation.tag]}
    if operation.description:
        described['description'] = operation.description
    if found := list(_parameters(contract, operation, shapes)):
        described['parameters'] = found
    if operation.ways:
        described['security'] = security(operation.ways)
    if operation.body:
        described['requestBody'] = {
            'required': operation.body.required, 'content': operation.body.content(shapes)}
    described['responses'] = _responses(contract, operation, shapes)
    return described


def _parameters(contract, operation, shapes):
    for parameter in parameters(operation.path):
        yield {
            'name': parameter.name, 'in': 'path', 'required': True,
            'schema': CONVERTERS[parameter.kind].schema}
    if operation.query:
        yield from _query_parameters(shapes.named(operation.query))
    if (repeats := contract.repeats_of(operation)) != NEVER:
        policy = contract.repeats
        yield _header(
            policy.header, f"Unique per logical request. Kept {policy.hours} h.",
            {'type': 'string', 'minLength': 1, 'maxLength': 255}, repeats == REQUIRED)
    if operation.current:
        yield _header('If-Match', "ETag of the version that may be changed", {'type': 'string'})
    if operation.etag and operation.method == 'GET':
        yield _header('If-None-Match', "ETag of the version at hand", {'type': 'string'})


def _header(name, description, schema, required=False):
    return {
        'name': name, 'in': 'header', 'required': required, 'description': description,
        'schema': schema}


def _query_parameters(schema):
    """An empty value is the same as none: said for everything that is no text"""
    required = schema.get('required', ())
    for name, part in schema.get('properties', {}).items():
        part = dict(part)
        described = {'name': name, 'in': 'query', 'required': name in required}
        if text := part.pop('description', None):
            described['description'] = text
        described['schema'] = _or_empty(part)
        yield described


def _or_empty(schema):
    kinds = schema.get('type')
    kinds = [kind for kind in ([kinds] if isinstance(kinds, str) else kinds or [])
        if kind != 'null']
    default = schema.pop('default', None)
    if len(kinds) == 1:
        schema['type'] = kinds[0]
    if kinds != ['string'] or 'format' in schema:
        schema = {'anyOf': [schema, {'type': 'string', 'const': ''}]}
    return schema if default is None else {**schema, 'default': default}


def _responses(contract, operation, shapes):
    responses = {str(operation.status): _success(operation, shapes)}
    if operation.method == 'GET' and (operation.etag or operation.response is bytes):
        responses['304'] = {'description': "The version at hand is the current one"}
    for status, codes in sorted(refusals(contract, operation).items()):
        responses[str(status)] = _refusal(contract, operation, shapes, status, codes)
    return responses


def _success(operation, shapes):
    described = {'description': operation.summary}
    if operation.etag:
        described['headers'] = {'ETag': {'schema': {'type': 'string'}}}
    if operation.response is not None and operation.status != 204:
        described['content'] = {
            media_type: {'schema': shapes.of(operation.response)}
            for media_type in (operation.media_type, *operation.other_media_types)}
    return described


def refusals(contract, operation):
    """Return {status: {code: reason}} of all that an operation may refuse"""
    dialect, found = contract.dialect, {}
    for kind in kinds(contract, operation):
        entry = dialect.entry(kind)
        found.setdefault(entry.status, {}).setdefault(entry.code, dialect.meaning(kind))
    for status, codes in operation.problems.items():
        found[status] = {**found.get(status, {}), **codes}
    return found


def kinds(contract, operation):
    """Return the kinds of refusals that the core knows for an operation"""
    found = list(EVERYWHERE)
    for way in contract.ways_of(operation):
        found += way.kinds(operation)
    if operation.current:
        found.append(Kind.CHANGED_SINCE)
    repeats = contract.repeats_of(operation)
    if repeats != NEVER:
        found += [Kind.KEY_MALFORMED, Kind.KEY_REUSED]
    if repeats == REQUIRED:
        found.append(Kind.KEY_MISSING)
    if operation.writes:
        found.append(Kind.CONFLICT)
    return found


def _refusal(contract, operation, shapes, status, codes):
    schema = shapes.of(shapes.error)
    if status in operation.problem_models:
        schema = {'anyOf': [shapes.of(operation.problem_models[status]), schema]}
    return {
        'description': contract.dialect.titles.get(status, "Refused"),
        'content': {contract.dialect.media_type: {'schema': schema}},
        'x-error-codes': codes}
