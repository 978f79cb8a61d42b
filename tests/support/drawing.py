"""How much of a run is done: all of it, or what a seed draws.

Some tests try the same thing on every operation, role, view or random case. A run draws a share of them by
its seed, which is printed and can be given again; ``--whole`` tries all.
"""
import os
import random
from collections import defaultdict

SEED = 'KONTOR_TEST_SEED'
WHOLE = 'KONTOR_TEST_WHOLE'


def seed():
    """Return the seed of this run"""
    return int(os.environ.get(SEED, 1))


def whole():
    """Tell if nothing is left out in this run"""
    return bool(os.environ.get(WHOLE))


def number(all_of_them, drawn):
    """Return how many random cases a test plays: all of them in a whole run"""
    return all_of_them if whole() else drawn


def draw(things, share, key=''):
    """Return a share of some things, one at least, in their order; ``key`` draws others for another test"""
    things = list(things)
    if whole() or not things:
        return things
    chance = random.Random(f'{seed()} {key}')
    places = chance.sample(range(len(things)), max(1, round(len(things) * share)))
    return [things[place] for place in sorted(places)]


def draw_items(items):
    """Return the items that are run, by the marks ``drawn(share)`` of tests with parameters"""
    groups = defaultdict(list)
    for item in items:
        if mark := item.get_closest_marker('drawn'):
            groups[item.nodeid.partition('[')[0], mark.args[0]].append(item)
    kept = {
        id(item) for (key, share), group in groups.items() for item in draw(group, share, key)}
    return [item for item in items if id(item) in kept or not item.get_closest_marker('drawn')]
