"""The first address, identifier, mechanism and account of a party, as parts of one statement"""
from sql import Lateral, Literal
from sql.conditionals import Coalesce, NullIf
from sql.operators import Concat
from trytond.pool import Pool


def address(party):
    """id, street, postal_code, city, country (alpha-2) of the first address, one for invoices before others
    """
    pool = Pool()
    address = pool.get('party.address').__table__()
    country = pool.get('country.country').__table__()
    return Lateral(address.join(country, 'LEFT', condition=address.country == country.id).select(
            address.id, _street(address).as_('street'), address.postal_code, address.city,
            country.code.as_('country'),
            where=(address.party == party.id) & address.active,
            order_by=[(address.invoice == Literal(True)).desc.nulls_last, *_sequence(address)],
            limit=1))


def _street(address):
    """Tryton keeps a street as one text or as name and number"""
    parts = Concat(Concat(address.street_name, ' '), Coalesce(address.building_number, ''))
    return Coalesce(NullIf(address.street_unstructured, ''), parts)


def identifier(party, types):
    """Id and value of the first identifier of some types"""
    identifier = Pool().get('party.identifier').__table__()
    return Lateral(identifier.select(
            identifier.id, identifier.code.as_('value'),
            where=(identifier.party == party.id) & identifier.active & identifier.type.in_(types),
            order_by=_sequence(identifier), limit=1))


def tax_identifier(party):
    """Id and value of what Tryton shows as the tax identifier of an invoice"""
    return identifier(party, Pool().get('party.party').tax_identifier_types())


def mechanism(party, types):
    """Value of the first contact mechanism of some types"""
    mechanism = Pool().get('party.contact_mechanism').__table__()
    return Lateral(mechanism.select(
            mechanism.value,
            where=(mechanism.party == party.id) & mechanism.active & mechanism.type.in_(types),
            order_by=_sequence(mechanism), limit=1))


def account(party):
    """iban, bic and bank (its name) of the first bank account with an IBAN"""
    pool = Pool()
    owner = pool.get('bank.account-party.party').__table__()
    account = pool.get('bank.account').__table__()
    number = pool.get('bank.account.number').__table__()
    bank = pool.get('bank').__table__()
    holder = pool.get('party.party').__table__()
    joined = (owner
        .join(account, condition=owner.account == account.id)
        .join(number, condition=(number.account == account.id) & (number.type == 'iban'))
        .join(bank, 'LEFT', condition=account.bank == bank.id)
        .join(holder, 'LEFT', condition=bank.party == holder.id))
    return Lateral(joined.select(
            Coalesce(number.number_compact, number.number).as_('iban'), bank.bic,
            holder.name.as_('bank'),
            where=(owner.owner == party.id) & account.active & number.active,
            order_by=[account.id, *_sequence(number)], limit=1))


def _sequence(table):
    return [table.sequence.nulls_first, table.id]
