"""A refusal names the value it is about, for whoever renames the path or prints it"""
import pytest
from trytond.modules.kernel.exceptions import FieldError, spell


class Closed(FieldError):
    code = 'invalid_state'


@pytest.mark.parametrize('path, text', [
    ((), ''),
    (('due_date',), 'due_date'),
    (('seller', 'street'), 'seller.street'),
    (('lines', 0), 'lines[0]'),
    (('lines', 3, 'unit_price'), 'lines[3].unit_price'),
    (('matrix', 1, 2), 'matrix[1][2]'),
    ])
def test_a_path_in_one_text(path, text):
    assert spell(path) == text
    assert FieldError('is wrong', *path).field == (text or None)


def test_an_error_keeps_its_path_its_kind_and_further_facts():
    error = Closed('is closed', 'lines', 3, period=7)
    assert (error.message, error.path, error.extra) == ('is closed', ('lines', 3), {'period': 7})
    assert type(error).code == 'invalid_state' and FieldError.code == 'invalid_argument'
