"""Periods and fiscal years: only their buttons, which check the preconditions, close, open or lock them"""
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.pool import PoolMeta


class _ByButtons:
    __slots__ = ()

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(mode, records, values=values, external=external)
        if external and mode == 'write' and 'state' in values:
            raise AccessError(gettext('account_immutable.msg_only_by_buttons'))


class Period(_ByButtons, metaclass=PoolMeta):
    __name__ = 'account.period'


class FiscalYear(_ByButtons, metaclass=PoolMeta):
    __name__ = 'account.fiscalyear'
