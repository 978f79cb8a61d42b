"""The tenant as it is printed on its documents"""
from dataclasses import dataclass, fields

from sql import Column
from sql.conditionals import Case
from trytond.i18n import gettext

from . import parties
from .exceptions import IssueStateError

TAX_NUMBERS = {'DE': 'de_stnr', 'AT': 'at_tin'}
"""Country → type of the identifier that is its tax number"""
PHONES = ('phone', 'mobile')


@dataclass(frozen=True, slots=True)
class Seller:
    """What is known of the tenant, None where it is not; ``identifier`` is the id of its tax identifier"""
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


def check_seller(seller):
    """Raise IssueStateError naming the legal data that a Seller lacks, as ``('seller', 'street')``"""
    for name in seller.missing():
        raise IssueStateError(
            gettext(f'document_issue.msg_seller_{name}'), 'seller', name)


def parts(party, country):
    """Return (laterals to join, columns in the order of Seller) of the party that is the tenant.

    country: column with its alpha-2 code, which decides what its tax number is.
    """
    address, account = parties.address(party), parties.account(party)
    kind = Case(*((country == code, kind) for code, kind in TAX_NUMBERS.items()), else_='')
    values = {
        'vat_id': parties.identifier(party, ['eu_vat']),
        'tax_number': parties.identifier(party, [kind]),
        'phone': parties.mechanism(party, PHONES), 'email': parties.mechanism(party, ['email']),
        'website': parties.mechanism(party, ['website'])}
    places = {
        'identifier': (parties.tax_identifier(party), 'id'),
        **{name: (address, name) for name in ('street', 'postal_code', 'city', 'country')},
        **{name: (account, name) for name in ('iban', 'bic', 'bank')},
        **{name: (part, 'value') for name, part in values.items()}}
    columns = {'name': party.name} | {name: Column(*place) for name, place in places.items()}
    return (
        list(dict.fromkeys(part for part, _ in places.values())),
        [columns[each.name] for each in fields(Seller)])
