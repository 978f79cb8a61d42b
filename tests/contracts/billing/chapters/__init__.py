"""The chapters of the recording: modules with ``play(stage)``"""
from . import (
    again, callers, customers, gutschriften, heads, invoices, items, paths, projects, queries, reports,
    server,
    shapes, templates, units)

CHAPTERS = [
    paths, callers, heads, queries, shapes, again, customers, templates, items, units, invoices, projects,
    gutschriften, reports, server]
