"""From parsed values to instances of models, and from pydantic's errors to sentences"""
from pydantic import ValidationError

from .contract import Invalid
from .reading import path_text

MAX_REASONS = 5

REASONS = {
    'missing': "is required",
    'extra_forbidden': "is not a known field",
    'string_type': "must be a string",
    'string_too_short': "must have at least {min_length} characters",
    'string_too_long': "must have at most {max_length} characters",
    'string_pattern_mismatch': "must match {pattern}",
    'bool_type': "must be true or false",
    'int_type': "must be an integer",
    'list_type': "must be a list",
    'dict_type': "must be an object",
    'model_type': "must be an object",
    'model_attributes_type': "must be an object",
    'literal_error': "must be one of {expected}",
    'enum': "must be one of {expected}",
    'too_short': "must have at least {min_length} entries",
    'too_long': "must have at most {max_length} entries",
    'greater_than': "must be greater than {gt}",
    'greater_than_equal': "must be at least {ge}",
    'less_than': "must be less than {lt}",
    'less_than_equal': "must be at most {le}",
    'uuid_type': "must be a UUID",
    'uuid_parsing': "must be a UUID",
    }
"""Pydantic's error type → what stands behind the field's name"""


def fit(model, value, root):
    """Return a value as an instance of a model.

    Raises Invalid with the JSON name and reason of up to MAX_REASONS fields; ``root`` names the
    whole.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _invalid(error, root) from None


def _invalid(error, root):
    errors = error.errors(include_url=False, include_input=False)
    found = [(path_text(e['loc']) or root, reason(e)) for e in errors[:MAX_REASONS]]
    field, first = found[0]
    further = ''.join(f'; {name}: {text}' for name, text in found[1:])
    more = len(errors) - len(found)
    return Invalid(field, first + further + (f'; and {more} more' if more else ''))


def reason(error):
    """Return the reason of one of pydantic's errors as the end of a sentence"""
    context = error.get('ctx', {})
    if error['type'] == 'string_too_short' and context.get('min_length') == 1:
        return "must not be empty"
    template = REASONS.get(error['type'])
    return template.format_map(context) if template else error['msg']
