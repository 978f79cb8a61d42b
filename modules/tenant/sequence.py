"""Numbers of a tenant are rows: the web role may not create the database sequences stock uses otherwise"""
from trytond.pool import PoolMeta


class Sequence(metaclass=PoolMeta):
    __name__ = 'ir.sequence'
    _strict = True


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # A running code would make every new customer wait for the other; who wants one types it
        cls.code.required = False
