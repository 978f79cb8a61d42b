"""Which tax a line bears.

With tax: the standard or reduced rate of the tenant's country on the day of supply. Without
(``apply_tax`` off or rate 0), the first that fits: small business (E), buyer outside the EU (G),
buyer in another EU state with a VAT id (AE, services), any other domestic buyer (E).
"""
from dataclasses import dataclass
from decimal import Decimal

from trytond.i18n import gettext
from trytond.modules.account_dach.exceptions import TaxNotFoundError
from trytond.modules.account_dach.tax import resolve

from .exceptions import IssueError

EU = frozenset(
    'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split())
"Member states; country codes of ISO 3166-1, so Greece is GR"


@dataclass(frozen=True, slots=True)
class Taxed:
    "A tax as a document shows and books it: ids of records, ``rate`` in percent"
    tax: int
    rate: Decimal
    category: str
    account: int
    base_account: int
    description: str
    notice: str


def template_tax(books, template, buyer, date):
    """Return the Taxed of a template for a buyer on a day.

    Raises IssueError: the template's rate is not in force, or the buyer needs another way of
    taxing.
    """
    rate = template.tax_rate
    try:
        if template.apply_tax and rate and not books.small_business:
            tax = resolve(books.company, books.country, 'sale', 'S', rate, date)
        else:
            category, reason = untaxed(books, buyer)
            tax = resolve(books.company, books.country, 'sale', category, 0, date, reason)
    except TaxNotFoundError as error:
        field = 'invoice_date' if error.field == 'date' else 'template'
        raise IssueError(error.message, field) from error
    return taxed(tax, template.language)


def untaxed(books, buyer):
    "Return (category, reason) of a supply without tax"
    country = buyer.country or books.country
    if books.small_business:
        return 'E', 'small_business'
    if country not in EU:
        return 'G', None
    if country != books.country:
        if buyer.vat_id:
            return 'AE', None
        raise IssueError(
            gettext('account_invoice_issue.msg_untaxed_needs_vat_id', country=country), 'template')
    return 'E', None


def taxed(tax, language):
    "Return the Taxed of an ``account.tax`` in the language of the document"
    german = (language or '').lower().startswith('de')
    if tax.type != 'percentage':
        raise IssueError(
            gettext('account_invoice_issue.msg_tax_kind', tax=tax.rec_name), 'lines')
    return Taxed(
        tax=tax.id, rate=tax.dach_rate, category=tax.category or 'S',
        account=tax.invoice_account.id,
        base_account=tax.base_account.id if tax.base_account else None,
        description=(not german and tax.description_en) or tax.description,
        notice=(not german and tax.legal_notice_en) or tax.legal_notice or '')
