"""Bank accounts of customers"""
from trytond.model import Index
from trytond.pool import PoolMeta


class Account(metaclass=PoolMeta):
    __name__ = 'bank.account'

    def guess_bank(self):
        """Return None: stock would create a bank and its party in the tenant's books.

        It would also take a lock on which concurrent creations of customers would wait.
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
