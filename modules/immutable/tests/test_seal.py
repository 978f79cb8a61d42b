"""Declarations: their SQL, and the additions of another module"""
import json

import pytest

from trytond.modules.immutable import FREELY, SET, Emptied, Seal
from trytond.modules.immutable.triggers import _living, condition


@pytest.mark.parametrize('when, sql', [
    ([{}], '(((true)) IS TRUE)'),
    ([{'state': ['posted']}], """(((true AND OLD."state" IN ('posted'))) IS TRUE)"""),
    ([{'state': ['posted', 'paid']}, {'state': ['cancelled'], 'move': SET}],
        """(((true AND OLD."state" IN ('posted', 'paid'))"""
        """ OR (true AND OLD."state" IN ('cancelled') AND OLD."move" IS NOT NULL)) IS TRUE)"""),
    ])
def test_a_condition_is_true_or_false_and_never_unknown(when, sql):
    assert condition(Seal(when=when), 'OLD').as_string(None) == sql


def test_living_columns_are_the_stamps_and_what_modules_add():
    seal = Seal(living={'state': [('draft', 'valid')]})
    added = seal.allow(paid_date=FREELY).allow(content=Emptied(after='until'))
    assert json.loads(_living(seal)) == {
        'write_uid': True, 'write_date': True, 'state': [['draft', 'valid']]}
    assert json.loads(_living(added)) == json.loads(_living(seal)) | {
        'paid_date': True, 'content': {'after': 'until'}}
