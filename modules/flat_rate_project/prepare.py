"""What every new tenant starts with: the series of offers and of delivery notes"""
from .series import KINDS, series


def prepare(company, chart, today):
    """Give the prepared company of a chart its series"""
    for kind in KINDS:
        series(kind)
