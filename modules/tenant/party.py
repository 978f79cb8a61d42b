"""Merging parties: the tenant's own party is what its company is, and stays it"""
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta

from .scope import current_company


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    def check_similarity(self):
        company = current_company()
        if company and self.ask.source == Pool().get('company.company')(company).party:
            raise AccessError(gettext('tenant.msg_own_party'))
        super().check_similarity()

    @classmethod
    def fields_to_replace(cls):
        return [field for field in super().fields_to_replace() if field != ('company.company', 'party')]
