"""scripts/key restricts a key to abilities that the operations of its contract ask for"""
import pytest
from trytond.modules.kernel.exceptions import FieldError
from trytond.modules.rest.installed import contracts
from trytond.modules.tenant.contracts import declared

from scripts.lib.admin.key import abilities_of


def test_every_ability_that_an_operation_asks_for_may_be_given():
    for contract in contracts():
        if contract.name not in declared():
            assert contract.abilities == frozenset()
            continue
        known = sorted(contract.abilities)
        assert known and abilities_of(contract.name, ', '.join(known)) == known


def test_without_any_a_key_may_do_everything():
    assert abilities_of('billing', ' , ') == []


@pytest.mark.parametrize('contract, text, path, message', [
    ('billing', 'invoices:read,invoices:writ', 'abilities',
        'no operation of billing asks for invoices:writ, only for customers:read, customers:write, '),
    ('nothing', '', 'contract', "there is no contract 'nothing', only billing"),
    ])
def test_a_slip_is_refused_with_what_there_is(contract, text, path, message):
    with pytest.raises(FieldError) as refused:
        abilities_of(contract, text)
    assert refused.value.path == (path,) and refused.value.message.startswith(message)
