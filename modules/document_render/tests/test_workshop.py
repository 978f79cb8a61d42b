import threading

import pytest

from trytond.modules.document_render import Workshop


def test_kinds_go_on_beside_each_other_and_the_work_of_one_in_order():
    other, done = threading.Event(), []
    with Workshop() as workshop:
        waits = workshop.begin('typeset', lambda: other.wait(10) and done.append('first'))
        after = workshop.begin('typeset', done.append, 'second')
        assert workshop.begin('check', lambda: other.set() or 'checked').result(10) == 'checked'
        waits.result(10)
        after.result(10)
    assert done == ['first', 'second']


def test_an_error_comes_to_who_waits():
    def broken():
        raise ValueError('broken')
    with Workshop() as workshop:
        begun = workshop.begin('typeset', broken)
        with pytest.raises(ValueError, match='broken'):
            begun.result(10)


def test_what_was_not_begun_is_not_done_any_more():
    begins, ends, done = threading.Event(), threading.Event(), []

    def first():
        begins.set()
        ends.wait(10)
        done.append('first')
    with pytest.raises(LookupError), Workshop() as workshop:
        one = workshop.begin('typeset', first)
        two = workshop.begin('typeset', done.append, 'second')
        assert begins.wait(10)
        raise LookupError
    ends.set()
    one.result(10)
    assert two.cancelled() and done == ['first']
