"""Validates an electronic invoice against the official rules, in a document process of its own.

The process starts with the worker and compiles its sheets in advance.
"""
import json

from trytond.modules.document_render.pool import Kind, announce, pool

from .findings import Findings, Violation
from .reading import Unreadable
from .rules import RulesAltered, RulesMissing

__all__ = [
    'Findings', 'RulesAltered', 'RulesMissing', 'Unreadable', 'Violation', 'check', 'inspect']

CHECK = announce(Kind('check', f'{__package__}.checker:warm', most_jobs=20_000))


def check(xml, syntax, profile):
    """Return the violated rules of XML as a list of Violations, without the warnings of the sheets.

    ``syntax`` is cii or ubl, ``profile`` one of `rules.OURS`. Raises Unreadable, RulesAltered, RulesMissing
    and the errors of `document_render.pool.DocumentPool`.
    """
    return inspect(xml, syntax, profile).errors


def inspect(content, syntax=None, profile=None):
    """Return the Findings on a file, XML or a PDF with embedded XML, warnings included.

    Without a syntax and profile a document is validated against those it declares.
    """
    asked = json.dumps({'syntax': syntax, 'profile': profile}).encode()
    found = json.loads(pool(CHECK).job(asked + b'\n' + content))
    return Findings(**found | {'violations': [Violation(*each) for each in found['violations']]})

