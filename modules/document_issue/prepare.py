"""What every new tenant starts with: the series of its documents"""
from .issued import IssuedRecord, issued_models


def prepare(company, chart, today):
    """Give the prepared company of a chart the series of each kind of document"""
    for Model in issued_models(IssuedRecord).values():
        Model.__series__.find_or_create()
