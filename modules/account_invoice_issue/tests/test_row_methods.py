"""The brackets of the engine's steps, which scripts/lint reads, held against the pool"""
import inspect

from trytond.modules.kernel.release import kontor_modules

from scripts.lib.install.bootstrap import ROOT
from scripts.lib.quality.row_methods import ENGINE, ROW_METHOD, Steps, members

from ..posting import module_of


def steps():
    return Steps(ROOT / 'modules' / ENGINE)


def test_brackets_name_what_there_is(pool):
    assert [
        f'{model}.{name}' for model, name in steps().named if not hasattr(pool.get(model), name)] == []


def test_every_override_in_the_pool_was_seen_by_the_lint(pool):
    """Also one that came by a mixin, which no line of its module shows"""
    kontor = set(kontor_modules()) - {ENGINE}
    there = {
        (module, model, name) for model, name in steps().named for Class in pool.get(model).__mro__
        if name in vars(Class) and (module := module_of(Class)) in kontor}
    assert there - {
        (module, model, name) for module in kontor
        for _, model, name in members(ROOT / 'modules' / module)} == set()
    assert there


def test_each_model_that_the_engine_writes_has_row_methods(pool):
    from ..booking import INVOICE, LINE, LINE_TAX, MOVE, MOVE_LINE, TAX, TAX_LINE
    from ..settle import PAYMENT, RECONCILIATION
    for model in (INVOICE, LINE, LINE_TAX, MOVE, MOVE_LINE, TAX, TAX_LINE, PAYMENT, RECONCILIATION):
        rows = [name for name in dir(pool.get(model)) if name.endswith(ROW_METHOD)]
        assert any(inspect.ismethod(getattr(pool.get(model), name)) for name in rows), model
