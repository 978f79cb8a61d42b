"""What a run leaves out: a share drawn by its seed, the same for the same seed, nothing in a whole run"""
import pytest

from tests.support import drawing


@pytest.fixture
def run(monkeypatch):
    def run(seed, whole=False):
        monkeypatch.setenv(drawing.SEED, str(seed))
        monkeypatch.setenv(drawing.WHOLE, '1' if whole else '')
    return run


def test_a_seed_draws_the_same_again_and_another_one_others(run):
    run(7)
    first = drawing.draw(range(100), 0.25)
    assert len(first) == 25 and first == sorted(first) == drawing.draw(range(100), 0.25)
    assert drawing.draw(range(100), 0.25, 'another test') != first
    run(8)
    assert drawing.draw(range(100), 0.25) != first


def test_seeds_come_by_everything(run):
    found = set()
    for seed in range(60):
        run(seed)
        found |= set(drawing.draw(range(42), 1 / 4, 'matrix'))
    assert found == set(range(42))


def test_one_at_least_is_drawn(run):
    run(1)
    assert len(drawing.draw('ab', 0.1)) == 1
    assert drawing.draw([], 0.5) == []


def test_a_whole_run_leaves_nothing_out(run):
    run(7, whole=True)
    assert drawing.draw(range(9), 0.25) == [*range(9)]
    assert (drawing.number(60, 15), drawing.whole()) == (60, True)
