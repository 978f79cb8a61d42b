"The tenant as it is printed on its documents, read in one statement"
from dataclasses import dataclass

from sql import Column, Lateral, Literal
from sql.conditionals import Coalesce, NullIf
from sql.operators import Concat
from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.tools import cursor_dict
from trytond.transaction import Transaction

from .exceptions import IssueStateError

TAX_NUMBERS = {'DE': 'de_stnr', 'AT': 'at_tin'}
"Country → type of the identifier that is its tax number"
PHONES = ('phone', 'mobile')


@dataclass(frozen=True, slots=True)
class Seller:
    "What is known of the tenant, None where it is not; ``identifier`` is the id of its tax identifier"
    identifier: int | None
    name: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: str | None
    vat_id: str | None
    tax_number: str | None
    phone: str | None
    email: str | None
    website: str | None
    iban: str | None
    bic: str | None
    bank: str | None

    def missing(self):
        """Return the names of the legal data that are missing.

        § 14 (4) 1, 2 UStG, § 11 (1) 3 a, f UStG-AT: full name and address, tax number or VAT id.
        """
        gone = [name for name in ('name', 'street', 'postal_code', 'city') if not getattr(self, name)]
        if not (self.vat_id or self.tax_number):
            gone.append('vat_id')
        return gone


def read_seller(books):
    """Return the Seller of the tenant.

    Raises IssueStateError naming the legal data that are missing, as ``seller.street``.
    """
    seller = _read(books)
    for name in seller.missing():
        raise IssueStateError(
            gettext(f'account_invoice_issue.msg_seller_{name}'), f'seller.{name}')
    return seller


def _read(books):
    party = Pool().get('party.party').__table__()
    address, tax_identifier = _address(party), _tax_identifier(party)
    parts = {
        'vat_id': _identifier(party, ['eu_vat']),
        'tax_number': _identifier(party, [TAX_NUMBERS.get(books.country, '')]),
        'phone': _mechanism(party, PHONES), 'email': _mechanism(party, ['email']),
        'website': _mechanism(party, ['website'])}
    account = _account(party)
    joined = party.join(address, 'LEFT', condition=Literal(True)).join(
        tax_identifier, 'LEFT', condition=Literal(True))
    for part in parts.values():
        joined = joined.join(part, 'LEFT', condition=Literal(True))
    joined = joined.join(account, 'LEFT', condition=Literal(True))
    cursor = Transaction().connection.cursor()
    found = {
        'identifier': (tax_identifier, 'id'), 'street': (address, 'street'),
        'postal_code': (address, 'postal_code'), 'city': (address, 'city'),
        'country': (address, 'country'), 'iban': (account, 'iban'), 'bic': (account, 'bic'),
        'bank': (account, 'bank'), **{name: (part, 'value') for name, part in parts.items()}}
    cursor.execute(*joined.select(
            party.name, *(Column(*place).as_(name) for name, place in found.items()),
            where=party.id == books.party))
    return Seller(**next(cursor_dict(cursor)))


def _address(party):
    pool = Pool()
    address = pool.get('party.address').__table__()
    country = pool.get('country.country').__table__()
    return Lateral(address.join(country, 'LEFT', condition=address.country == country.id).select(
            _street(address).as_('street'), address.postal_code, address.city,
            country.code.as_('country'),
            where=(address.party == party.id) & address.active,
            order_by=[
                (address.invoice == Literal(True)).desc.nulls_last, address.sequence.nulls_first, address.id],
            limit=1))


def _street(address):
    "Tryton keeps a street as one text or as name and number"
    parts = Concat(Concat(address.street_name, ' '), Coalesce(address.building_number, ''))
    return Coalesce(NullIf(address.street_unstructured, ''), parts)


def _identifier(party, types):
    identifier = Pool().get('party.identifier').__table__()
    return Lateral(identifier.select(
            identifier.code.as_('value'),
            where=(identifier.party == party.id) & identifier.active & identifier.type.in_(types),
            order_by=[identifier.sequence.nulls_first, identifier.id], limit=1))


def _tax_identifier(party):
    "What Tryton shows as the company's identifier on the invoice"
    pool = Pool()
    identifier = pool.get('party.identifier').__table__()
    types = pool.get('party.party').tax_identifier_types()
    return Lateral(identifier.select(
            identifier.id,
            where=(identifier.party == party.id) & identifier.active & identifier.type.in_(types),
            order_by=[identifier.sequence.nulls_first, identifier.id], limit=1))


def _mechanism(party, types):
    mechanism = Pool().get('party.contact_mechanism').__table__()
    return Lateral(mechanism.select(
            mechanism.value,
            where=(mechanism.party == party.id) & mechanism.active & mechanism.type.in_(types),
            order_by=[mechanism.sequence.nulls_first, mechanism.id], limit=1))


def _account(party):
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
            Coalesce(number.number_compact, number.number).as_('iban'), bank.bic, holder.name.as_('bank'),
            where=(owner.owner == party.id) & account.active & number.active,
            order_by=[account.id, number.sequence.nulls_first, number.id], limit=1))
