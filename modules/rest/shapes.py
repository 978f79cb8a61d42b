"""From parsed values to instances of models, and from pydantic's errors to reasons"""
from pydantic import ValidationError

from .refusals import BODY, Kind, Reason, Refusal
from .sentences import ENGLISH


def fit(model, value, place=BODY):
    """Return a value as an instance of a model; raises Refusal with a Reason for every wrong value"""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Refusal(Kind.UNFIT, [
                reason(each, place)
                for each in error.errors(include_url=False, include_input=False)]) from None


def reason(error, place):
    """Return the Reason of one of pydantic's errors"""
    name, values = error['type'], error.get('ctx', {})
    if name == 'string_too_short' and values.get('min_length') == 1:
        name = 'empty'
    elif name not in ENGLISH:
        name, values = 'text', {'text': error['msg']}
    return Reason(tuple(error['loc']), name, values, place)
