"""A module of Kontor that overrides a method behind the engine's back is found by scripts/lint."""
import pytest

from scripts.lib.quality import row_methods

BOOKING = '''
class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @classmethod
    def posted_rows(cls, bills):
        """Return moves [(number, date)]. [Invoice.get_move, Move.create, post]"""


class Invoice(metaclass=PoolMeta):
    __name__ = INVOICE


def update_taxes(bills):
    """Delete the taxes that there were.

    [Invoice.update_taxes]
    """
'''
OVERRIDE = '''
class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    def {name}(self):
        return super().{name}()
'''
EXTENSION = '''

class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @classmethod
    def posted_rows(cls, bills):
        return super().posted_rows(bills)
'''


@pytest.fixture
def modules(tmp_path):
    """A function(**files of the module ``sale``) that returns the folder of all modules"""
    def make(**files):
        engine = {'booking': "INVOICE, LINE = 'account.invoice', 'account.invoice.line'\n" + BOOKING,
            'settle': '', 'workflow': OVERRIDE.format(name='get_move')}
        for name, contents in {'account_invoice_issue': engine, 'sale': files}.items():
            folder = tmp_path / name
            folder.mkdir()
            (folder / 'tryton.cfg').write_text('[tryton]\nversion=8.0.0\n')
            for file, text in contents.items():
                (folder / f'{file}.py').write_text(text)
        return tmp_path
    return make


def findings(root, excused=()):
    return [
        line.removeprefix(f'{root}/') for line in row_methods.findings(root, dict.fromkeys(excused, 'why'))]


def test_no_module_of_kontor_is_passed_by():
    assert row_methods.findings() == []


def test_an_override_without_a_row_method_is_named_with_its_line(modules):
    assert findings(modules(invoice=OVERRIDE.format(name='get_move'))) == [
        'sale/invoice.py:5: the engine passes account.invoice.get_move by; extend account.move.posted_rows']


def test_a_row_method_beside_it_is_enough(modules):
    assert findings(modules(invoice=OVERRIDE.format(name='get_move'), move=EXTENSION)) == []


def test_a_step_without_a_row_method_has_no_remedy(modules):
    assert findings(modules(invoice=OVERRIDE.format(name='update_taxes'), move=EXTENSION)) == [
        'sale/invoice.py:5: the engine passes account.invoice.update_taxes by; no row method names it']


@pytest.mark.parametrize('body', [
    "__name__ = NAME\n    create = other\n",
    "__name__ = NAME\n\n    @classmethod\n    def post(cls, moves): pass\n",
    "__name__ = NAME\n    a, create = 1, 2\n    post: object = None\n"])
def test_an_override_is_found_in_every_form(modules, body):
    assert findings(modules(move=f"NAME = 'account.move'\n\nclass Move:\n    {body}")) != []


def test_methods_that_no_step_names_are_free(modules):
    assert findings(modules(invoice=OVERRIDE.format(name='get_rec_name'))) == []


def test_tests_are_free(modules):
    root = modules()
    (root / 'sale' / 'tests').mkdir()
    (root / 'sale' / 'tests' / 'double.py').write_text(OVERRIDE.format(name='get_move'))
    assert findings(root) == []


def test_an_excuse_counts_as_long_as_it_is_needed(modules):
    excuse = ('sale', 'account.invoice', 'get_move')
    root = modules(invoice=OVERRIDE.format(name='get_move'))
    assert findings(root, [excuse]) == []
    (root / 'sale' / 'invoice.py').unlink()
    assert findings(root, [excuse]) == [
        'scripts/lib/quality/row_methods.py: sale does not override account.invoice.get_move']


def test_a_bracket_that_names_no_class_is_a_finding(modules):
    root = modules()
    (root / 'account_invoice_issue' / 'settle.py').write_text('def pay():\n    """[Wizard.pay]"""\n')
    assert findings(root) == [
        'account_invoice_issue/settle.py:1: Wizard is no class of booking.py, settle.py']


def test_what_is_a_bracket():
    assert row_methods.bracketed("""Return [(number, date)] of [Move].

    [Invoice.get_move,
    _post, Move.post] and [InvoiceTax.create]
    """) == [
        ('Invoice', 'get_move'), ('Invoice', '_post'), ('Move', 'post'), ('InvoiceTax', 'create')]
