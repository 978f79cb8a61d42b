"""Bank accounts of customers"""
from trytond.model import Index
from trytond.pool import PoolMeta


class Account(metaclass=PoolMeta):
    __name__ = 'bank.account'

    def guess_bank(self):
        """Return None: stock would add a bank and its party to the tenant's books.

        It also takes a lock that whoever makes a customer would have to wait for.
        """


class AccountParty(metaclass=PoolMeta):
    __name__ = 'bank.account-party.party'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.update([
                Index(table, (table.owner, Index.Range())),
                Index(table, (table.account, Index.Range()))])
