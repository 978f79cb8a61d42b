"""Merging and erasing parties: a merge keeps the customer's flag, an erasure clears all customer data"""
from trytond.pool import Pool, PoolMeta
from trytond.transaction import inactive_records


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    def transition_replace(self):
        customer = self.ask.source.customer
        state = super().transition_replace()
        if customer:
            Party = Pool().get('party.party')
            Party.write([self.ask.destination], {'customer': True})
        return state


class Erase(metaclass=PoolMeta):
    __name__ = 'party.erase'

    def to_erase(self, party_id):
        pool = Pool()
        own = [
            ('party.party', [('id', '=', party_id)], {
                    'name_key': '', 'name_sort': '', 'contact_person': None,
                    'buyer_reference': None, 'bank_name': None, 'bic': None,
                    'customer_vat': None}),
            ('party.address', [('party', '=', party_id)], {'address_line': None}),
            ('party.identifier', [('party', '=', party_id)], {
                    'code_compact': '****', 'vat_id': None}),
            ('party.contact_mechanism', [('party', '=', party_id)], {'value_compact': None}),
            ('bank.account.number', [('id', 'in', self._numbers(party_id))], {
                    'type': 'other', 'number': '****', 'number_compact': None}),
            ]
        return super().to_erase(party_id) + [
            (pool.get(name), domain, False, list(values), list(values.values()))
            for name, domain, values in own]

    @staticmethod
    @inactive_records
    def _numbers(party_id):
        """Return the ids of the numbers of accounts with no other owner"""
        Account = Pool().get('bank.account')
        accounts = Account.search([('owners', '=', party_id)])
        return [n.id for a in accounts if len(a.owners) == 1 for n in a.numbers]
