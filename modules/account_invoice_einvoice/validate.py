"""Judge an electronic invoice by the official rules, in a document process of its own.

The process starts with the worker and has its sheets compiled before they are needed.
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
    """Return the rules that XML breaks as a list of Violations; warnings of the sheets are left out.

    ``syntax`` is cii or ubl, ``profile`` one of `rules.OURS`. Raises Unreadable, RulesAltered, RulesMissing
    and the errors of `document_render.pool.DocumentPool`.
    """
    return inspect(xml, syntax, profile).errors


def inspect(content, syntax=None, profile=None):
    """Return the Findings on a file, XML or a PDF that carries one, warnings included.

    Without a syntax and profile a document is held against what it says it is.
    """
    asked = json.dumps({'syntax': syntax, 'profile': profile}).encode()
    found = json.loads(pool(CHECK).job(asked + b'\n' + content))
    return Findings(**found | {'violations': [Violation(*each) for each in found['violations']]})

