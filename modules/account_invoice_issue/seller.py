"The tenant as it is printed on its documents, read in one statement"
from dataclasses import dataclass

from sql import Column, Literal
from trytond.i18n import gettext
from trytond.modules.backend.prepared import Prepared, Slot
from trytond.pool import Pool
from trytond.tools import cursor_dict

from . import parties
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
    cursor = _QUERY(party=books.party, tax_number=TAX_NUMBERS.get(books.country, ''))
    return Seller(**next(cursor_dict(cursor)))


def _query():
    party = Pool().get('party.party').__table__()
    address, account = parties.address(party), parties.account(party)
    values = {
        'vat_id': parties.identifier(party, ['eu_vat']),
        'tax_number': parties.identifier(party, [Slot('tax_number')]),
        'phone': parties.mechanism(party, PHONES), 'email': parties.mechanism(party, ['email']),
        'website': parties.mechanism(party, ['website'])}
    places = {
        'identifier': (parties.tax_identifier(party), 'id'),
        **{name: (address, name) for name in ('street', 'postal_code', 'city', 'country')},
        **{name: (account, name) for name in ('iban', 'bic', 'bank')},
        **{name: (part, 'value') for name, part in values.items()}}
    joined = party
    for part in dict.fromkeys(part for part, _ in places.values()):
        joined = joined.join(part, 'LEFT', condition=Literal(True))
    return joined.select(
        party.name, *(Column(*place).as_(name) for name, place in places.items()),
        where=party.id == Slot('party'))


_QUERY = Prepared(_query)
