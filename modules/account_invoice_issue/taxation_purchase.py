"""Which tax a line of a Gutschrift bears: the partner supplies, the tenant deducts.

With tax: the template's rate. Without (``apply_tax`` off, rate 0), or for a partner who is a small business,
the first that fits: small business (E, with the note that the partner's law asks for), partner in another
EU state with a VAT id (AE, or K for goods), partner outside the EU (AE: § 13b (2) 1 UStG, § 19 (1) UStG
1994), domestic reverse charge (AE), any other (E, with a warning). What the tenant owes as the recipient
is booked beside, at the standard rate of its country, and not shown on the document.
"""
from dataclasses import replace
from decimal import Decimal

from trytond.modules.account_dach import tables
from trytond.modules.account_dach.exceptions import TaxNotFoundError
from trytond.modules.account_dach.tax import resolve
from trytond.modules.document_issue.exceptions import IssueError
from trytond.modules.document_issue.taxation import Part, Taxation, Taxed, charges, in_eu, taxed

FOREIGN = {'DE': 'domestic', 'AT': None}
"""Country → reason of the tax on supplies of a business outside the EU: § 13b (2) 1 UStG, § 19 (1) UStG
1994
"""


class PurchaseTaxation(Taxation):
    """The taxes of the lines of one Gutschrift"""

    def _by_hand(self, tax):
        books, partner, language = self._books, self._buyer, self._template.language
        if tax.category == 'E':
            reason = 'small_business' if partner.small_business else None
            notice = notice_of(partner.country or books.country, 'E', reason, self._date, language)
            return replace(_deductible(books, taxed(tax, language)), notice=notice, reason=reason)
        if tax.type == 'none':
            notice = notice_of(books.country, tax.category, tax.reason, self._date, language)
            return _assessed(books, tax, language, notice)
        return _deductible(books, taxed(tax, language))

    def _by_template(self, goods):
        return template_tax(self._books, self._template, self._buyer, self._date, goods)


def template_tax(books, template, partner, date, goods=False):
    """Return the Taxed of a template for a partner on a day.

    Raises IssueError where a rate is not in force.
    """
    own = replace(books, small_business=False)
    try:
        if charges(own, template) and not partner.small_business:
            tax = resolve(books.company, books.country, 'purchase', 'S', template.tax_rate, date)
            return _deductible(books, taxed(tax, template.language))
        return _untaxed(books, template, partner, date, *untaxed(books, partner, date, goods))
    except TaxNotFoundError as error:
        field = 'invoice_date' if error.path == ('date',) else 'template'
        raise IssueError(error.message, field) from error


def untaxed(books, partner, date, goods=False):
    """Return (category, reason) of what a partner supplies without tax"""
    country = partner.country or books.country
    if partner.small_business:
        return 'E', 'small_business'
    if not in_eu(country, date):
        return 'AE', FOREIGN[books.country]
    if country != books.country and partner.vat_id:
        return ('K' if goods else 'AE'), None
    if country == books.country and partner.domestic_reverse_charge:
        return 'AE', 'domestic'
    return 'E', None


def _untaxed(books, template, partner, date, category, reason):
    language = template.language
    notice = notice_of(partner.country or books.country, category, reason, date, language)
    if category == 'E':
        tax = resolve(books.company, books.country, 'purchase', 'E', 0, date)
        return replace(_deductible(books, taxed(tax, language)), notice=notice, reason=reason)
    notice = notice_of(books.country, category, reason, date, language)
    rate = tables.standard_rate(books.country, date)
    tax = resolve(books.company, books.country, 'purchase', category, rate, date, reason)
    return _assessed(books, tax, language, notice)


def notice_of(country, category, reason, date, language):
    """Return the sentence that a country's law asks for on such a supply, '' where it asks for none"""
    german = (language or '').lower().startswith('de')
    for row in tables.taxes(country):
        if (row['kind'], row['category'], row['reason']) == ('sale', category, reason or '') \
                and tables.covers(row, date):
            return row['notice_de' if german else 'notice_en']
    return ''


def _assessed(books, tax, language, notice):
    """Return the Taxed of a tax that the recipient works out: deducted and owed at once"""
    german = (language or '').lower().startswith('de')
    base = tax.base_account.id if tax.base_account else None
    parts = tuple(
        _part(books, Part(
                child.id, child.rate * 100, child.invoice_account.id, child.credit_note_account.id,
                child.description), base, deducted=child.rate > 0)
        for child in tax.childs)
    return Taxed(
        tax=tax.id, rate=Decimal(0), category=tax.category, base_account=base,
        description=(not german and tax.description_en) or tax.description, notice=notice,
        reason=tax.reason, assessed=parts)


def _deductible(books, found):
    return replace(found, own=_part(books, found.own, found.base_account, deducted=True))


def _part(books, part, base_account, deducted):
    """A small business deducts nothing: § 19 (1) UStG, § 12 (3) UStG 1994; the tax is part of the price"""
    if deducted and books.small_business:
        return replace(part, account=base_account, credit_account=base_account, counts=False)
    return part
