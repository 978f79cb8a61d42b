"""Which tax a line of a sale bears; ``taxation_purchase`` is its twin for what the tenant self-bills.

With tax: the standard or reduced rate of the tenant's country on the day of supply. Without
(``apply_tax`` off or rate 0), the first that fits: small business (E), buyer outside the EU (G), buyer
in another EU state with a VAT id (AE, or K for goods), domestic reverse charge (AE), any other domestic
buyer (E, with a warning: nobody said why no tax is charged). Elsewhere in the EU without a VAT id tax
is due, so leaving it out is refused.
"""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from trytond.cache import Cache
from trytond.i18n import gettext
from trytond.modules.account_dach.exceptions import TaxNotFoundError
from trytond.modules.account_dach.tax import resolve
from trytond.pool import Pool, PoolMeta

from .exceptions import IssueError
from .rounding import HUNDRED, cents

EU = frozenset(
    'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split())
"""Member states; country codes of ISO 3166-1, so Greece is GR"""
LEFT_EU = {'GB': dt.date(2020, 12, 31)}
"""Last day of the EU's VAT law in a state that left: Art. 126, 127 of the withdrawal agreement"""
UNEXPLAINED = 'untaxed_unexplained'
"""Warning: no VAT, and no reason that the records know"""


@dataclass(frozen=True, slots=True)
class Part:
    """What a tax books: ids of records, percent of the base.

    counts: whether it stands in the VAT return; tax that cannot be deducted is an expense like any other.
    """
    tax: int
    percent: Decimal
    account: int
    credit_account: int
    description: str
    counts: bool = True

    def account_for(self, base):
        """Return the id of the account that the tax of a base goes to"""
        return self.account if base >= 0 else self.credit_account


@dataclass(frozen=True, slots=True)
class Taxed:
    """A tax as a document shows and books it: ids of records, ``rate`` in percent.

    assessed: the Parts of a tax that the buyer works out and the document does not show (§ 13b UStG, § 19
    UStG 1994); own: the Part of any other tax.
    """
    tax: int
    rate: Decimal
    category: str
    base_account: int
    description: str
    notice: str
    reason: str | None = None
    own: Part | None = None
    assessed: tuple = ()

    def parts(self, share):
        """Yield (Part, amount) of what is booked for a TaxShare"""
        if not self.assessed:
            yield self.own, share.tax
        for part in self.assessed:
            yield part, cents(share.base * part.percent / HUNDRED)

    @property
    def base_taxes(self):
        """The ids of the taxes whose base stands in the VAT return"""
        return [part.tax for part in self.assessed or [self.own] if part.counts]

    @property
    def unexplained(self):
        return self.category == 'E' and self.reason is None


class Taxation:
    """The taxes of the lines of one draft, each looked for once"""

    def __init__(self, books, template, buyer, date, is_goods):
        """is_goods: function(line) → whether the line's product is marked as goods, asked only where it
        matters.
        """
        self._books = books
        self._template = template
        self._buyer = buyer
        self._date = date
        self._is_goods = is_goods
        self._found = {}
        self.warnings = []

    def of(self, line, path):
        """Return the Taxed of a line: its own, if it bears one by hand, or the template's.

        Raises IssueError: several of its own, a rate that is not in force, or a buyer who needs another
        way of taxing.
        """
        if line.taxes:
            if len(line.taxes) > 1:
                raise IssueError(gettext('document_issue.msg_one_tax'), *path)
            return self._by_hand(line.taxes[0])
        goods = self._asks_for_goods() and self._is_goods(line)
        if goods not in self._found:
            self._found[goods] = self._by_template(goods)
        if self._found[goods].unexplained and UNEXPLAINED not in self.warnings:
            self.warnings.append(UNEXPLAINED)
        return self._found[goods]

    def _by_hand(self, tax):
        return taxed(tax, self._template.language)

    def _by_template(self, goods):
        return template_tax(self._books, self._template, self._buyer, self._date, goods)

    def _asks_for_goods(self):
        books, country = self._books, self._buyer.country or self._books.country
        return (
            not (books.small_business or charges(books, self._template)) and self._buyer.vat_id
            and country != books.country and in_eu(country, self._date))


def in_eu(country, date):
    """Tell whether the EU's VAT law holds in a country (alpha-2) on a day"""
    return country in EU or country in LEFT_EU and date <= LEFT_EU[country]


def charges(books, template):
    """Tell whether a template charges tax"""
    return template.apply_tax and template.tax_rate and not books.small_business


def template_tax(books, template, buyer, date, goods=False):
    """Return the Taxed of a template for a buyer on a day.

    Raises IssueError: the template's rate is not in force, or the buyer needs another way of
    taxing.
    """
    try:
        if charges(books, template):
            return _resolved(books, template.language, 'S', template.tax_rate, date)
        category, reason = untaxed(books, buyer, date, goods)
        return _resolved(books, template.language, category, 0, date, reason)
    except TaxNotFoundError as error:
        field = 'invoice_date' if error.path == ('date',) else 'template'
        raise IssueError(error.message, field) from error


def _resolved(books, language, *question):
    """Return the Taxed of the tax on sales that answers a question; kept until a tax changes"""
    cache = Pool().get('account.tax')._taxed_cache
    key = books.country, language, question
    found = cache.get(key)
    if found is None:
        found = taxed(resolve(books.company, books.country, 'sale', *question), language)
        cache.set(key, found)
    return found


class Tax(metaclass=PoolMeta):
    __name__ = 'account.tax'
    _taxed_cache = Cache('account.tax.taxed', context=False)

    @classmethod
    def on_modification(cls, mode, taxes, field_names=None):
        super().on_modification(mode, taxes, field_names=field_names)
        cls._taxed_cache.clear()


def untaxed(books, buyer, date, goods=False):
    """Return (category, reason) of a supply without tax"""
    country = buyer.country or books.country
    if books.small_business:
        return 'E', 'small_business'
    if not in_eu(country, date):
        return 'G', None
    if country != books.country and buyer.vat_id:
        return ('K' if goods else 'AE'), None
    if country == books.country and buyer.domestic_reverse_charge:
        return 'AE', 'domestic'
    if country != books.country:
        raise IssueError(
            gettext('document_issue.msg_untaxed_needs_vat_id', country=country), 'template')
    return 'E', None


def taxed(tax, language):
    """Return the Taxed of an ``account.tax`` in the language of the document"""
    german = (language or '').lower().startswith('de')
    if tax.type != 'percentage':
        raise IssueError(
            gettext('document_issue.msg_tax_kind', tax=tax.rec_name), 'lines')
    return Taxed(
        tax=tax.id, rate=tax.dach_rate, category=tax.category or 'S',
        base_account=tax.base_account.id if tax.base_account else None,
        description=(not german and tax.description_en) or tax.description,
        notice=(not german and tax.legal_notice_en) or tax.legal_notice or '', reason=tax.reason,
        own=Part(
            tax.id, tax.dach_rate, tax.invoice_account.id, tax.credit_note_account.id,
            (not german and tax.description_en) or tax.description))
