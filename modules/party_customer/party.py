"""Parties as customers, their address in one line, their VAT id"""
from psycopg.sql import SQL
from psycopg.sql import Identifier as Name
from sql.conditionals import Coalesce
from trytond.model import Index, Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from trytond.modules.text_key import Key, match_key, sort_key

from . import vat
from .address import parse_address, street_lines

_PARTS = frozenset([
        'street', 'street_unstructured', 'street_name', 'building_name', 'building_number', 'unit_number',
        'floor_number', 'room_number', 'post_box', 'private_bag', 'post_office', 'postal_code', 'city'])
"""Fields of an address that make up its one-line form"""


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    customer = fields.Boolean("Customer", help="Invoices are made out to the party.")
    contact_person = fields.Char("Contact Person", strip=False)
    buyer_reference = fields.Char("Buyer Reference", strip=False, help=(
            "Printed on every invoice, e.g. an order number or a Leitweg-ID."))
    bank_name = fields.Char("Bank", strip=False, help="The name of the customer's bank.")
    bic = fields.Char("BIC", strip=False, help="The code of the customer's bank, as told.")
    domestic_reverse_charge = fields.Boolean("Domestic Reverse Charge", help=(
            "The customer owes the VAT of untaxed supplies at home: § 13b (2) UStG, § 19 (1a) to (1e) UStG"
            " 1994, e.g. construction."))
    small_business = fields.Boolean("Small Business", help=(
            "The supplier charges no VAT: § 19 UStG, § 6 (1) 27 UStG 1994."))
    name_key = Key("Name Key", readonly=True)
    name_sort = Key("Name Sort", readonly=True)
    customer_vat = Key("Customer VAT ID", readonly=True, help=(
            "The VAT id of an active customer: no other one may have it."))

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append(
            ('customer_vat_unique', Unique(table, table.customer_vat),
                'party_customer.msg_vat_id_unique'))
        cls._sql_indexes.add(Index(
                table, (table.company, Index.Equality()), (table.name_sort, Index.Range()),
                (table.id, Index.Range())))

    @classmethod
    def default_customer(cls):
        return Transaction().context.get('party_customer', False)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if 'name' in values:
            values['name_key'] = match_key(values['name'])
            values['name_sort'] = sort_key(values['name'])
        return values

    def compute_fields(self, field_names=None):
        # Stock also returns unchanged values, which costs each new party a second write
        return {
            name: value for name, value in super().compute_fields(field_names).items()
            if getattr(self, name, None) != value}

    @classmethod
    def on_modification(cls, mode, parties, field_names=None):
        super().on_modification(mode, parties, field_names=field_names)
        if mode == 'write' and field_names & {'customer', 'active'}:
            cls.sync_customer_vat(parties)

    @classmethod
    def sync_customer_vat(cls, parties):
        """Update ``customer_vat`` from the identifiers of the parties"""
        to_write = []
        for party in parties:
            code = party.vat_identifier.vat_id if party.vat_identifier else None
            wanted = code if party.customer and party.active else None
            if party.customer_vat != wanted:
                to_write += [[party], {'customer_vat': wanted}]
        if to_write:
            cls.write(*to_write)

    @property
    def vat_identifier(self):
        """The first identifier that is a VAT id, None without one"""
        return next((i for i in self.identifiers if i.vat_id), None)

    @classmethod
    def copy(cls, parties, default=None):
        default = default.copy() if default else {}
        default.setdefault('customer_vat')
        default.setdefault('identifiers')
        return super().copy(parties, default=default)


class Address(metaclass=PoolMeta):
    __name__ = 'party.address'

    address_line = fields.Text("Address in One Line", readonly=True)

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        cls._parse_lines()

    @classmethod
    def _parse_lines(cls):
        """Parse stored lines of before the parser existed, and fill in their parts"""
        pool = Pool()
        table, country = cls.__table__(), pool.get('country.country').__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.join(country, 'LEFT', condition=table.country == country.id).select(
                table.id, table.address_line, country.code,
                where=(table.address_line == table.street_unstructured)
                & (Coalesce(table.postal_code, '') == '') & (Coalesce(table.city, '') == '')))
        names = ['street_unstructured', 'postal_code', 'city']
        rows = [(line_parts(line, code), id) for id, line, code in cursor]
        query = SQL("UPDATE party_address SET {} WHERE id = %s").format(
            SQL(', ').join(SQL("{} = %s").format(Name(name)) for name in names))
        cursor.executemany(query, [
                (*(parts[name] for name in names), id) for parts, id in rows if parts['city']])

    def compute_fields(self, field_names=None):
        values = super().compute_fields(field_names=field_names)
        if field_names is None or field_names & _PARTS:
            line = self._address_line()
            if getattr(self, 'address_line', None) != line:
                values['address_line'] = line
        return values

    def _address_line(self):
        """Return street, post code and city as one text; None without any of them.

        A line given as one text stays unchanged while it parses to these parts; an address with nothing but
        a street is returned unchanged.
        """
        street = getattr(self, 'street', None) or ''
        code, city = (getattr(self, name, None) or '' for name in ('postal_code', 'city'))
        told = getattr(self, 'address_line', None)
        if told and (city or code):
            country = getattr(self, 'country', None)
            if line_parts(told, country and country.code) == _parts(street, code, city):
                return told
        place = ' '.join(filter(None, [code, city]))
        if place:
            street = ', '.join([*street.split('\n'), place] if street else [place])
        return street or None


def line_parts(line, country):
    """Return the fields of party.address parsed from one line, None for a missing one.

    country: alpha-2 code. Without a recognisable city the whole line is the street.
    """
    address = parse_address(line, country)
    if not address.city:
        return _parts(line, '', '')
    return _parts(street_lines(line, country), address.postal_code, address.city)


def _parts(street, code, city):
    return {'street_unstructured': street or None, 'postal_code': code or None, 'city': city or None}


class Identifier(metaclass=PoolMeta):
    __name__ = 'party.identifier'

    unchecked = fields.Boolean("Unchecked", readonly=True, help=(
            "The check digits of the number are wrong or can not be checked."))
    vat_id = fields.Char("VAT ID", readonly=True, help="The complete number, if it is a VAT id.")

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if mode == 'create':
            values['vat_id'] = vat.full_code(
                values.get('type'), values.get('code_compact'), values.get('unchecked'))
        return values

    def check_code(self):
        if not self.unchecked:
            super().check_code()

    def compute_fields(self, field_names=None):
        values = super().compute_fields(field_names=field_names)
        code = values.get('code_compact', getattr(self, 'code_compact', None))
        type_, unchecked = getattr(self, 'type', None), getattr(self, 'unchecked', None)
        if unchecked and getattr(self, 'code', None):
            # For a number that it cannot check, stock keeps the compact form of the previous number
            code = vat.compact(self.code)
            if getattr(self, 'code_compact', None) != code:
                values['code_compact'] = code
        vat_id = vat.full_code(type_, code, unchecked)
        if getattr(self, 'vat_id', None) != vat_id:
            values['vat_id'] = vat_id
        if unchecked and type_ == vat.EU_VAT and vat.is_right(code):
            values['unchecked'] = False
        return values

    @classmethod
    def on_modification(cls, mode, identifiers, field_names=None):
        super().on_modification(mode, identifiers, field_names=field_names)
        if mode != 'delete':
            cls._sync({i.party.id for i in identifiers})

    @classmethod
    def on_delete(cls, identifiers):
        parties = {i.party.id for i in identifiers}
        return [*super().on_delete(identifiers), lambda: cls._sync(parties)]

    @classmethod
    def _sync(cls, parties):
        Party = Pool().get('party.party')
        Party.sync_customer_vat(Party.browse(sorted(parties)))
