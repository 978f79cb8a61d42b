"""Idempotency decisions"""
import datetime as dt

import pytest

from trytond.modules.rest.refusals import Refusal
from trytond.modules.rest.replay import (
    EXPIRED,
    MISMATCH,
    REPLAY,
    RUN,
    Stored,
    decide,
    fingerprint,
    read_key,
)

from .fakes import said

NOW = dt.datetime(2026, 5, 16, 12)
BODY = b'{"name": "Acme"}'


def stored(hours=0, body=BODY):
    return Stored(fingerprint(body), NOW - dt.timedelta(hours=hours), 201, {}, b'{}')


@pytest.mark.parametrize('known, body, decision', [
        (None, BODY, RUN),
        (stored(), BODY, REPLAY),
        (stored(), BODY + b' ', MISMATCH),
        (stored(23.99), BODY, REPLAY),
        (stored(24), BODY, EXPIRED),
        (stored(25), b'other', EXPIRED)])
def test_decide(known, body, decision):
    assert decide(known, fingerprint(body), NOW, 24) == decision


@pytest.mark.parametrize('value', [
        'a', '0c8b3c7e-b3a7-4d2b-9e7b-9a4a3f5d2e1a', 'with space', '!' * 255])
def test_key(value):
    assert read_key(value, required=False) == value


@pytest.mark.parametrize('value', ['', '!' * 256, 'ä', 'a\tb', ' a', 'a\x7f', '\ud800'])
def test_bad_key(value):
    with pytest.raises(Refusal) as raised:
        read_key(value, required=False)
    assert said(raised.value) == "Idempotency-Key: must be 1 to 255 printable ASCII characters"


def test_missing_key():
    assert read_key(None, required=False) is None
    with pytest.raises(Refusal) as raised:
        read_key(None, required=True)
    assert said(raised.value) == "Idempotency-Key: is required"
