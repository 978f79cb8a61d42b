"""Windows of a second, counted in this process"""
from trytond.modules.rest import limiter
from trytond.modules.rest.limiter import Windows


def test_a_window_begins_with_the_first_hit_and_lasts_a_second(monkeypatch):
    now = 100.0
    monkeypatch.setattr(limiter.time, 'monotonic', lambda: now)
    windows = Windows()
    assert [windows.hit('a', 2) for _ in range(4)] == [None, None, 1.0, 1.0]
    now = 100.75
    assert windows.hit('a', 2) == 0.25
    assert windows.hit('b', 2) is None
    now = 101.0
    assert windows.hit('a', 2) is None


def test_windows_that_are_over_are_forgotten(monkeypatch):
    now = 100.0
    monkeypatch.setattr(limiter.time, 'monotonic', lambda: now)
    windows = Windows()
    for key in range(1000):
        windows.hit(key, 1)
    now += limiter.FORGET_EVERY
    assert windows.hit('a', 1) is None
    assert list(windows._windows) == ['a']
