"""Dialects: sentences in two languages, paths renamed, one refusal said in two manners"""
import re

import pytest

from trytond.modules.kernel.exceptions import FieldError
from trytond.modules.rest.dialect import (
    Dialect, Entry, Renaming, bracketed, dotted, from_error, problem_document)
from trytond.modules.rest.fields import camel
from trytond.modules.rest.refusals import DOMAIN, HEADER, Kind, Reason, Refusal, invalid, quoted
from trytond.modules.rest.sentences import ENGLISH, GERMAN, MEANINGS

_VALUES = re.compile(r'{(\w+)')
PLAIN = Dialect(table={
        Kind.UNFIT: Entry(400, 'wrong', most=2), Kind.WRONG_METHOD: Entry(405, 'method'),
        'taken': Entry(409, 'taken', says='taken', members=lambda facts, rename: {
                'existingId': facts['existing'], 'at': rename(('lines', 1, 'unit_price'))})},
    case=camel, names={'lines': 'items'}, sentences={
        'en': {'taken': "{name} is taken"}, 'de': {'taken': "{name} ist vergeben"}})
DOCUMENT = Dialect(
    table={Kind.UNFIT: Entry(422, 'validation-failed')}, render=problem_document, spell=dotted, other=422)


class Taken(FieldError):
    code = 'taken'


def test_both_languages_have_every_sentence_with_the_same_values():
    assert ENGLISH.keys() == GERMAN.keys()
    for name, english in ENGLISH.items():
        if isinstance(english, str) and isinstance(GERMAN[name], str):
            assert set(_VALUES.findall(english)) == set(_VALUES.findall(GERMAN[name])), name


def test_every_kind_that_has_a_sentence_says_one():
    spoken = {kind for kind in Kind if kind in ENGLISH}
    assert {'unreadable', 'flawed', 'unfit', 'wrong_media_type', 'key_missing', 'key_malformed',
        'changed_since', 'state'} == set(Kind) - spoken, "these come with reasons or the domain's words"
    assert set(MEANINGS) <= set(Kind)


@pytest.mark.parametrize('language, message', [
        ('en', "a: is required; b[0].c: must not be empty; and 1 more"),
        ('de', "a: ist erforderlich; b[0].c: darf nicht leer sein; und 1 weitere")])
def test_reasons_in_one_sentence(language, message):
    refusal = Refusal(Kind.UNFIT, [
            Reason(('a',), 'missing'), Reason(('b', 0, 'c'), 'empty'), Reason(('d',), 'twice')])
    problem = PLAIN.problem(refusal, language)
    assert (problem.status, problem.code, problem.message) == (400, 'wrong', message)


def test_the_same_reasons_in_a_map():
    refusal = Refusal(Kind.UNFIT, [
            Reason(('b', 0, 'c'), 'empty'), Reason(('b', 0, 'c'), 'one_line'), Reason((), 'dict_type')])
    answer = DOCUMENT.answer(refusal, 'de', lambda: 'https://host')
    assert answer.status == 422
    assert answer.body.decode() == (
        '{"type":"https://host/problems/validation-failed","title":"Cannot be processed","status":422,'
        '"detail":"b.0.c: darf nicht leer sein; b.0.c: muss einzeilig sein; body: muss ein Objekt sein",'
        '"errors":{"b.0.c":["darf nicht leer sein","muss einzeilig sein"],"body":["muss ein Objekt sein"]}}')


def test_values_become_headers():
    problem = PLAIN.problem(Refusal(
            Kind.WRONG_METHOD, method='PUT', path='/', allow='GET', retry_after=3))
    assert problem.headers == {'Allow': 'GET', 'Retry-After': '3'}


@pytest.mark.parametrize('path, text', [
        (('unit_price',), 'unitPrice'), (('lines', 2, 'price'), 'items[0].pricePerUnit'),
        (('lines',), 'items'), (('party', 'street'), 'customer.street'), (('items', 1), 'items[1]'),
        (('whole',), 'everything')])
def test_domain_paths_are_renamed(path, text):
    names = {
        'lines': 'items', 'party': 'customer', ('whole',): 'everything', 'price': 'price_per_unit'}
    rename = Renaming(names, {'lines': [1, 2, 0]}, camel)
    assert bracketed(rename(path)) == text


def test_a_domain_error_in_the_contracts_words():
    refusal = from_error(Taken("something in the domain's words", 'name', existing=7))
    assert refusal.reasons == (
        Reason(('name',), 'text', {'text': "something in the domain's words"}, DOMAIN),)
    refusal.facts['name'] = 'Acme'
    problem = PLAIN.problem(refusal, 'de')
    assert (problem.status, problem.message) == (409, "Acme ist vergeben")
    assert problem.members == {'existingId': 7, 'at': 'items[1].unitPrice'}


@pytest.mark.parametrize('error, status, code, message', [
        (invalid('empty', 'a'), 400, 'wrong', "a: must not be empty"),
        (FieldError("is odd", 'lines', 3), 400, 'wrong', "items[3]: is odd"),
        (quoted('odd', "{braces} stay"), 400, 'odd', "{braces} stay"),
        (Refusal('no_word', [Reason(('X-Key',), 'missing', {}, HEADER)]), 400, 'no_word',
            "X-Key: is required")])
def test_what_the_table_lacks_keeps_its_word(error, status, code, message):
    assert PLAIN.problem(from_error(error))[:3] == (status, code, message)


def test_what_nobody_can_help_is_no_refusal():
    assert from_error(ZeroDivisionError()) is None
