"""Invoices that carry their data: issued through the door, taken apart, read by other programs"""
import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal as D

import facturx
import pypdf

from .invoicing import inside, make_template

ISSUED = dt.date(2026, 11, 2)
BUYERS = {
    'DE': {'address': 'c/o Einkauf, Hauptstraße 5, 20095 Hamburg', 'country': 'DE', 'vatId': 'DE136695976'},
    'AT': {'address': 'Musterstraße 1, 1010 Wien', 'country': 'AT', 'vatId': 'ATU12345675'},
    'FR': {'address': '5 Rue de la Paix, 75002 Paris', 'country': 'FR', 'vatId': 'FR40303265045'},
    'US': {'address': '1 Main Street, Springfield, IL 62701', 'country': 'US'}}
"""Country → a customer there, without what all have"""


@dataclass(frozen=True)
class Issued:
    """An issued invoice: files by format, what factur-x reads in its data, the text of its pages"""
    id: int
    number: str
    files: dict
    text: str
    net: D
    tax: D
    gross: D
    taxes: list
    lines: list

    @property
    def data(self):
        return facturx.parse_ubl_cii_xml(self.files['cii'])


_known = {}


def customer(api, country):
    """Return the id of the tenant's customer in a country"""
    key = api.key['X-Api-Key'], country
    if key not in _known:
        _known[key] = _made(api, country)
    return _known[key]


def _made(api, country):
    return api.made('/api/customers', {
            'name': f'Kunde {country}', 'email': f'einkauf@kunde-{country.lower()}.example',
            'phone': '+49 40 5550100', 'contactPerson': 'Einkauf', 'buyerReference': '04011000-12345-34',
            **BUYERS[country]})['id']


def row(quantity=1, price=100, tax=None, **others):
    """Return a line: tax is a domain of account.tax for one that is not the template's"""
    return {'quantity': quantity, 'unit_price': D(str(price)), 'description': 'Arbeit', **others}, tax


def issue(pool, tenant, party, rows, profile='EN16931', **options):
    """Issue an invoice and return it as Issued; options: values of template_… and of the draft"""
    template = make_template(pool, tenant, e_invoice_profile=profile, **{
            name.removeprefix('template_'): value for name, value in options.items()
            if name.startswith('template_')})
    values = {name: value for name, value in options.items() if not name.startswith('template_')}
    with inside(pool, tenant):
        Invoice = pool.get('account.invoice')
        draft = Invoice(**{
                'party': party, 'template': template, 'invoice_date': ISSUED, **values,
                'lines': [_line(pool, *each) for each in rows]})
        invoice, = Invoice.issue([draft])
        return issued(invoice)


def _line(pool, values, tax):
    line = pool.get('account.invoice.line')(**values)
    if tax:
        line.taxes = [pool.get('account.tax').search([('kind', '=', 'sale'), *tax])[0]]
    return line


def issued(invoice):
    from trytond.modules.account_invoice_einvoice.invoice import files_of
    files = files_of(invoice)
    pages = pypdf.PdfReader(io.BytesIO(files['pdf'])).pages
    return Issued(
        id=invoice.id, number=invoice.number, files=files,
        text=' '.join(' '.join(page.extract_text() for page in pages).split()),
        net=invoice.untaxed_amount, tax=invoice.tax_amount, gross=invoice.total_amount,
        taxes=sorted((tax.base, tax.amount, tax.legal_notice) for tax in invoice.taxes),
        lines=[(line.description, D(str(line.quantity)), line.amount) for line in invoice.lines
            if line.type == 'line'])


def printed(amount):
    """Return an amount as a German page shows it"""
    return f'{amount:,.2f}'.translate(str.maketrans(',.', '.,')).replace('-', '\u2212')
