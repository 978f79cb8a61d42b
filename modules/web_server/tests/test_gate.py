"""Limit on a tenant's threads, and exclusive requests one at a time"""
from trytond.modules.web_server.gate import Gate


def test_two_at_a_time_and_the_rest_in_order():
    gate = Gate(2)
    assert [gate.enter(1, False, name) for name in 'abcd'] == [True, True, False, False]
    assert gate.enter(2, False, 'other tenant')
    assert [gate.leave(1, False) for _ in range(4)] == ['c', 'd', None, None]
    assert gate.leave(2, False) is None
    assert gate.enter(1, False, 'e')


def test_what_takes_the_lock_goes_on_alone_and_in_order():
    gate = Gate(3)
    assert [gate.enter(1, True, name) for name in 'abc'] == [True, False, False]
    assert gate.enter(2, True, 'other tenant')
    assert [gate.enter(1, False, name) for name in 'xyz'] == [True, True, False]
    # Each frees one thread, which the first request that can go on takes
    assert gate.leave(1, False) == 'z'
    assert gate.leave(1, True) == 'b'
    assert gate.leave(1, False) is None
    assert gate.leave(1, True) == 'c'
    assert [gate.leave(1, True), gate.leave(1, False), gate.leave(2, True)] == [None] * 3


def test_the_first_of_both_kinds_goes_on():
    gate = Gate(1)
    assert [gate.enter(1, exclusive, name) for exclusive, name in [
            (False, 'a'), (True, 'b'), (False, 'c'), (True, 'd')]] == [True, False, False, False]
    assert [gate.leave(1, False), gate.leave(1, True), gate.leave(1, False)] == ['b', 'c', 'd']
    assert gate.leave(1, True) is None


def test_who_gives_up_is_passed_over():
    gate = Gate(1)
    for name in 'abcd':
        gate.enter(1, True, name)
    assert gate.is_queued(1, 'c') and not gate.is_queued(1, 'a') and not gate.is_queued(2, 'c')
    assert [gate.withdraw(1, name) for name in 'aac'] == [False, False, True]
    assert not gate.is_queued(1, 'c') and not gate.withdraw(1, 'c')
    assert [gate.leave(1, True) for _ in range(3)] == ['b', 'd', None]


def test_nobody_in_particular_always_goes_on():
    gate = Gate(1)
    assert all(gate.enter(None, exclusive, name) for name in 'abc' for exclusive in (True, False))
    assert gate.leave(None, True) is None


def test_nothing_is_left_behind():
    gate = Gate(1)
    for tenant in range(100):
        gate.enter(tenant, True, 'a')
        gate.enter(tenant, False, 'b')
        gate.leave(tenant, True)
        gate.leave(tenant, False)
    assert not gate._tenants
