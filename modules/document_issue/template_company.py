"""What every new tenant starts with: the series of its documents"""
from .issued import IssuedRecord, issued_models


def fill(company, chart, today):
    """Give the template company of a chart the series of each kind of document"""
    for Model in issued_models(IssuedRecord).values():
        Model.__series__.find_or_create()
