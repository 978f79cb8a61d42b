"""Records that drafts of invoices name, read set-based"""
import functools
from itertools import chain

from sql import Column, Literal
from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.backend.prepared import Prepared, Slot
from trytond.modules.document_issue import parties
from trytond.modules.document_issue.exceptions import UnknownRecordError
from trytond.modules.document_issue.goods import Goods
from trytond.modules.document_issue.ledger import open_or_create_period
from trytond.modules.document_issue.lookups import mark_customers
from trytond.modules.document_issue.seller import TAX_NUMBERS
from trytond.modules.document_issue.side import SALE
from trytond.modules.document_issue.templates import Templates
from trytond.modules.document_issue.units import PrintedUnits
from trytond.modules.party_customer.customer import columns, customers_of
from trytond.pool import Pool
from trytond.tools import cursor_dict

from .credit import read_credited
from .side import SELF_BILLED

POSITION = ('address', 'identifier', 'tax_number', 'account')


class Lookups:
    """What the drafts name, read set-based; a record that is not there is unknown or another tenant's.

    What follows from dates and templates is looked for once for all drafts.
    """

    def __init__(self, drafts, lines, books):
        self._books = books
        self._periods = {}
        self.positions, self.buyers = read_parties({draft.party.id for draft in drafts}, books)
        self.templates = Templates(drafts)
        lines = list(chain.from_iterable(lines))
        self.units = PrintedUnits(lines)
        self.goods = Goods(lines)
        self.credited = read_credited({draft.credit_of.id for draft in drafts if draft.credit_of})

    def period(self, date):
        """Return the open Period of a date"""
        if date not in self._periods:
            self._periods[date] = open_or_create_period(self._books, date, 'invoice_date')
        return self._periods[date]

    def buyer(self, draft):
        """Return the Customer; a party that the client did not mark as one becomes one"""
        party = draft.party.id
        if party not in self.buyers and draft.id is not None:
            self.buyers |= mark_customers([party])
        if party not in self.buyers:
            raise UnknownRecordError(gettext('document_issue.msg_unknown'), 'party')
        return self.buyers[party]

    def template(self, draft):
        """Return the template of a draft; a credit note looks as its invoice did, whose may be deleted"""
        return self.templates.of(draft, deleted=bool(draft.credit_of))


def read_parties(ids, books):
    """Return ({party: its first address, tax identifier, tax number and account}, {party: Customer}).

    Two statements; a party that is not marked as a customer has no Customer.
    """
    positions, customers = {}, []
    for row in cursor_dict(_PARTIES[books.side](ids=list(ids), company=books.company)):
        positions[row['id']] = {name: row.pop(f'_{name}') for name in POSITION}
        if row.pop('_customer'):
            customers.append(row)
    return positions, {customer.id: customer for customer in customers_of(customers)}


def _parties(side):
    pool = Pool()
    party = pool.get('party.party').__table__()
    own = pool.get('party.party.account').__table__()
    address, identifier = parties.address(party), parties.tax_identifier(party)
    number = parties.identifier(party, list(TAX_NUMBERS.values()))
    return (party
        .join(address, 'LEFT', condition=Literal(True))
        .join(identifier, 'LEFT', condition=Literal(True))
        .join(number, 'LEFT', condition=Literal(True))
        .join(own, 'LEFT', condition=(own.party == party.id) & (own.company == Slot('company')))
        .select(
            *columns(party), party.customer.as_('_customer'), Column(address, 'id').as_('_address'),
            Column(identifier, 'id').as_('_identifier'), Column(number, 'value').as_('_tax_number'),
            Column(own, side.account).as_('_account'),
            where=(party.company == Slot('company'))
            & fields.SQL_OPERATORS['in'](party.id, [Slot('ids')])))


_PARTIES = {side: Prepared(functools.partial(_parties, side)) for side in (SALE, SELF_BILLED)}
