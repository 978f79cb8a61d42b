"One tenant's share of the threads"
from trytond.modules.rest.gate import Gate


def test_two_at_a_time_and_the_rest_in_order():
    gate = Gate(2)
    assert [gate.enter(1, name) for name in 'abcd'] == [True, True, False, False]
    assert gate.enter(2, 'other tenant')
    assert [gate.leave(1) for _ in range(4)] == ['c', 'd', None, None]
    assert gate.leave(2) is None
    assert gate.enter(1, 'e')


def test_nobody_in_particular_always_goes_on():
    gate = Gate(1)
    assert all(gate.enter(None, name) for name in 'abc')
    assert gate.leave(None) is None


def test_nothing_is_left_behind():
    gate = Gate(1)
    for tenant in range(100):
        gate.enter(tenant, 'a')
        gate.enter(tenant, 'b')
        gate.leave(tenant)
        gate.leave(tenant)
    assert not gate._inside and not gate._waiting
