"""Secrets at rest: what was sealed opens with the same key in the same place, and nowhere else."""
import base64
import os

import pytest
from trytond import config

TEXT = 'rk_live_ä' + 'x' * 40


@pytest.fixture
def vault(pool):
    from trytond.modules.kernel import vault
    return vault


@pytest.fixture
def with_key(monkeypatch):
    def with_key(text):
        config.set('kontor', 'secret_key', text)
    yield with_key
    config.set('kontor', 'secret_key', '')


def test_what_was_sealed_opens(vault):
    sealed = vault.seal(7, 'stripe_key', TEXT)
    assert vault.unseal(7, 'stripe_key', memoryview(sealed)) == TEXT
    assert TEXT.encode() not in sealed
    assert vault.seal(7, 'stripe_key', TEXT) != sealed


@pytest.mark.parametrize('company, name', [(8, 'stripe_key'), (7, 'stripe_webhook')])
def test_a_value_opens_in_no_other_place(vault, company, name):
    sealed = vault.seal(7, 'stripe_key', TEXT)
    with pytest.raises(vault.Unreadable):
        vault.unseal(company, name, sealed)


@pytest.mark.parametrize('change', [
    lambda data: b'', lambda data: data[:-1], lambda data: data[:5], lambda data: b'\x02' + data[1:],
    lambda data: data[:-1] + bytes([data[-1] ^ 1]), lambda data: b'rk_live_plain'])
def test_what_was_changed_does_not_open(vault, change):
    with pytest.raises(vault.Unreadable):
        vault.unseal(7, 'stripe_key', change(vault.seal(7, 'stripe_key', TEXT)))


def test_another_key_does_not_open(vault, with_key):
    sealed = vault.seal(7, 'stripe_key', TEXT)
    with_key(base64.b64encode(os.urandom(32)).decode())
    with pytest.raises(vault.Unreadable):
        vault.unseal(7, 'stripe_key', sealed)
    again = vault.seal(7, 'stripe_key', TEXT)
    assert vault.unseal(7, 'stripe_key', again) == TEXT


@pytest.mark.parametrize('text', ['no base64!', base64.b64encode(b'short').decode()])
def test_a_wrong_key_is_told(vault, with_key, text):
    with_key(text)
    with pytest.raises(vault.Unreadable):
        vault.seal(7, 'stripe_key', TEXT)


def test_each_purpose_has_a_key_of_its_own(vault, with_key):
    keys = {vault.derive('list cursor'), vault.derive('list cursor'), vault.derive('another')}
    assert {len(key) for key in keys} == {32} and len(keys) == 2
    with_key(base64.b64encode(os.urandom(32)).decode())
    assert vault.derive('another') not in keys
