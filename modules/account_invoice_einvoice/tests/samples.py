"""Sample electronic invoices to write and to validate"""
import datetime as dt
from decimal import Decimal as D

from trytond.modules.account_invoice_einvoice import codes
from trytond.modules.account_invoice_einvoice.model import (
    Address, CreditTransfer, Delivery, EInvoice, Line, Note, Party, Preceding, Tax)

PROFILES = ('Basic', 'EN16931', 'XRechnung')
ISSUED = dt.date(2026, 11, 2)
SELLER = Party(
    name='Musterwerkstatt GmbH', vat_id='DE123456788', tax_number='181/815/08155',
    address=Address(street='Werkstraße 12', city='Berlin', postal_code='10115', country='DE'),
    email='rechnung@musterwerkstatt.example', contact='Musterwerkstatt GmbH', phone='+49 30 5550100')
BUYER = Party(
    name='Käufer & Söhne <KG>', identifier='47', vat_id='ATU12345675', email='einkauf@kaeufer.example',
    contact='Einkauf', phone='+43 1 5550100', address=Address(
        street='Straße 2', additional='c/o Lager', further='Hof 3', city='Wien', postal_code='1010',
        country='AT'))
LINES = (
    Line(number='1', name='Arbeit', description='zwei\nZeilen', item='A-1', note='Titel', quantity=D('1.5'),
        unit='HUR', price=D('33.33'), price_quantity=D(1), net=D('50.00'), category='S', rate=D(19)),
    Line(number='2', name='Rückgabe', quantity=D('-3'), unit='H87', price=D('8.39'), price_quantity=D(3),
        net=D('-8.39'), category='S', rate=D('7.00')),
    Line(number='3', name='Lieferung', quantity=D('1.0000'), unit='LS', price=D('10.1250'),
        price_quantity=D(1), net=D('10.13'), category='K', rate=D(0)))
TAXES = (
    Tax(category='S', rate=D(19), base=D('50.00'), tax=D('9.50')),
    Tax(category='S', rate=D('7.00'), base=D('-8.39'), tax=D('-0.59')),
    Tax(category='K', rate=D(0), base=D('10.13'), tax=D(0), reason='Steuerfreie Lieferung',
        reason_code='VATEX-EU-IC'))


def einvoice(profile='EN16931', **others):
    """Return an EInvoice with every term that Kontor writes"""
    return EInvoice(**{
            'profile': profile, 'specification': codes.specification(profile, ISSUED).identifier,
            'process': codes.PEPPOL_BILLING, 'type_code': '380', 'number': 'INV-2026-11-0001',
            'issue_date': ISSUED, 'due_date': dt.date(2026, 11, 16), 'currency': 'EUR',
            'buyer_reference': '04011000-12345-34', 'terms': '2026-11-16: 60.65 EUR',
            'notes': (Note(code='AAI', text='Guten Tag #abc# & <danke>'), Note(code='PMT', text='# sofort')),
            'seller': SELLER, 'buyer': BUYER,
            'delivery': Delivery(
                date=dt.date(2026, 10, 31), start=dt.date(2026, 10, 1), end=dt.date(2026, 10, 31),
                name=BUYER.name, address=BUYER.address),
            'transfer': CreditTransfer(
                iban='DE89370400440532013000', account_name='Musterwerkstatt GmbH', bic='COBADEFFXXX',
                reference='INV-2026-11-0001'),
            'lines': LINES, 'taxes': TAXES, 'net': D('51.74'), 'tax': D('8.91'), 'gross': D('60.65'),
            **others})


def credit_note(profile='EN16931', **others):
    return einvoice(profile, **{
            'type_code': '381', 'number': 'INV-2026-11-0002',
            'preceding': Preceding(number='INV-2026-11-0001', date=ISSUED), **others})
