"""Contracts are those that declare themselves in the tryton.cfg of their module"""
import pytest
from trytond.modules.tenant import contracts
from trytond.modules.tenant.contracts import Declared, check, declared, face_modules, key_kinds, of_module
from trytond.modules.tenant.credential import new_key


def test_a_contract_is_found_by_its_module():
    assert 'rest_billing' in face_modules() and 'rest_hooks' in face_modules()
    assert declared()['billing'] == of_module('trytond.modules.rest_billing') == Declared(
        module='rest_billing', name='billing', key='kbl', role='owner')
    assert 'rest_hooks' not in {contract.module for contract in declared().values()}


def test_a_new_module_brings_its_own_kind_of_key(monkeypatch):
    things = Declared('rest_things', 'things', 'kth', 'clerk')
    monkeypatch.setattr(contracts, 'declared', lambda: {'things': things})
    assert key_kinds() == {
        'billing': 'kbl', 'teams': 'ktm', 'ledger': 'kld', 'trades': 'ktr', 'things': 'kth'}


@pytest.mark.parametrize('name, key', [
    ('things', 'kbl'),      # that of another contract
    ('things', 'ktm'),      # reserved for another contract
    ('teams', 'kte'),       # keys of its own stand in the data
    ])
def test_a_kind_of_key_belongs_to_one_contract(name, key):
    others = {'billing': Declared('rest_billing', 'billing', 'kbl', 'owner')}
    check(others)
    with pytest.raises(ValueError, match=f'rest_things: keys that begin with {key}'):
        check(others | {name: Declared('rest_things', name, key, 'owner')})


def test_keys_of_a_contract_that_is_not_there_stay_what_they_were():
    key, prefix, _ = new_key('ledger', 'main')
    assert key.startswith('kld_main_') and key.startswith(prefix)
