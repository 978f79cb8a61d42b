"""Electronic invoices with one damaged term, for each term"""
import dataclasses
import datetime as dt
from decimal import Decimal

KEPT = ('profile', 'specification')


def broken(einvoice):
    """Yield (name of the term, EInvoice) with each term missing, garbled or changed in turn"""
    for path in terms(einvoice):
        if path[-1] in KEPT:
            continue
        for value in others(value_of(einvoice, path)):
            name = '.'.join(map(str, path))
            yield f'{name}={value!r}', changed(einvoice, path, value)
    yield 'lines=()', dataclasses.replace(einvoice, lines=())
    yield 'taxes=()', dataclasses.replace(einvoice, taxes=())
    for name in ('transfer', 'due_date', 'preceding'):
        yield f'{name}=None', dataclasses.replace(einvoice, **{name: None})


def terms(value, path=()):
    """Yield the path of every term"""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from terms(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from terms(each, (*path, number))
    elif value is not None:
        yield path


def others(value):
    """Return other values for a term"""
    if isinstance(value, str):
        return ['', '?'] if value else ['?']
    if isinstance(value, Decimal):
        return [value + Decimal('0.01'), value + 2, value + Decimal('0.005'), -value - 1]
    if isinstance(value, dt.date):
        return [value - dt.timedelta(400), value + dt.timedelta(400)]
    return []


def value_of(value, path):
    for name in path:
        value = value[name] if isinstance(name, int) else getattr(value, name)
    return value


def changed(value, path, new):
    """Return a copy with a new term at a path"""
    if not path:
        return new
    name, *rest = path
    if isinstance(name, int):
        return (*value[:name], changed(value[name], rest, new), *value[name + 1:])
    return dataclasses.replace(value, **{name: changed(getattr(value, name), rest, new)})
