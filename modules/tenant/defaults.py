"""Defaults that stock looks up by the id of a record its XML made: that one is the house's.

A tenant has its copy, found by what it is.
"""
from trytond.pool import Pool, PoolMeta

from .ownership import HOUSE


class PartyConfiguration(metaclass=PoolMeta):
    __name__ = 'party.configuration'

    @classmethod
    def default_party_sequence(cls, **pattern):
        """No sequence: a running code would make every new customer wait for the other"""


class AccountConfigurationSequence(metaclass=PoolMeta):
    __name__ = 'account.configuration.sequence'

    @classmethod
    def default_reconciliation_sequence(cls):
        pool = Pool()
        kind = pool.get('ir.model.data').get_id(
            'account', 'sequence_type_account_move_reconciliation')
        sequences = pool.get('ir.sequence').search([('sequence_type', '=', kind)], limit=1)
        return sequences[0].id if sequences else None


class AccountConfigurationJournal(metaclass=PoolMeta):
    __name__ = 'account.configuration.journal'

    @classmethod
    def default_currency_exchange_journal(cls):
        journals = Pool().get('account.journal').search([('type', '=', 'write-off')], limit=1)
        return journals[0].id if journals else None


class ModelLog(metaclass=PoolMeta):
    __name__ = 'ir.model.log'

    @classmethod
    def preprocess_values(cls, mode, values):
        """Actions of the server itself have no author: its user is no member"""
        values = super().preprocess_values(mode, values)
        if values.get('user') == 0 and values.get('company') != HOUSE:
            values['user'] = None
        return values
