"""Default accounts of bookings, in addition to those of stock Tryton"""
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

_OWN = {
    'default_account_bank', 'default_account_cash', 'default_account_clearing',
    'default_account_opening', 'default_account_suspense'}


def _account(string, company):
    return fields.Many2One(
        'account.account', string,
        domain=[
            ('closed', '!=', True),
            ('type.statement', '=', 'balance'),
            ('company', '=', company),
            ])


def _choice(string):
    return fields.MultiValue(_account(string, Eval('context', {}).get('company', -1)))


def _value(string):
    return _account(string, Eval('company', -1))


class Configuration(metaclass=PoolMeta):
    __name__ = 'account.configuration'
    default_account_bank = _choice("Default Bank Account")
    default_account_cash = _choice("Default Cash Account")
    default_account_clearing = _choice("Default Clearing Account")
    default_account_opening = _choice("Default Opening Balance Account")
    default_account_suspense = _choice("Default Suspense Account")

    @classmethod
    def multivalue_model(cls, field):
        if field in _OWN:
            return Pool().get('account.configuration.default_account')
        return super().multivalue_model(field)


class DefaultAccount(metaclass=PoolMeta):
    __name__ = 'account.configuration.default_account'
    default_account_bank = _value("Default Bank Account")
    default_account_cash = _value("Default Cash Account")
    default_account_clearing = _value("Default Clearing Account")
    default_account_opening = _value("Default Opening Balance Account")
    default_account_suspense = _value("Default Suspense Account")


def default_account(company, role):
    """Return the account (``account.account``) of a company for a role, or None.

    Roles: bank, cash, clearing (paid, but not yet on the bank statement), opening, suspense, and stock
    Tryton's receivable and payable.
    """
    Configuration = Pool().get('account.configuration')
    return Configuration(1).get_multivalue(f'default_account_{role}', company=company)
