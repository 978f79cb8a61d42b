"""Sample documents: a German and an Austrian business, any number of lines, any texts."""
import datetime as dt
import io
from decimal import Decimal as D

from PIL import Image, ImageDraw
from trytond.modules.document_render.document import (
    Document, Line, Party, QrCode, Style, TaxRow, Totals)
from trytond.modules.document_render.qr import payload

FINALISED = dt.datetime(2026, 5, 18, 16, 42, 17, tzinfo=dt.UTC)

SELLER = Party(
    name='Beispiel Werkstatt GmbH',
    address=('Musterstraße 12', '10115 Berlin'),
    country='DE',
    vat_id='DE123456788',
    tax_number='30/123/45678',
    contact='Buchhaltung',
    phone='+49 30 1234567',
    email='rechnung@beispiel.example',
    website='www.beispiel.example',
    iban='DE02120300000000202051',
    bic='BYLADEM1001',
    bank='Beispielbank Berlin',
    register=('Amtsgericht Charlottenburg, HRB 12345 B', 'Geschäftsführung: Eva Beispiel'))

AUSTRIAN = Party(
    name='Muster Consulting e.U.',
    address=('Beispielgasse 3/12', '1070 Wien'),
    country='AT',
    vat_id='ATU12345675',
    email='office@muster.example',
    iban='AT611904300234573201',
    bic='BKAUATWW',
    bank='Musterbank',
    register=('Firmenbuch FN 123456 a, Handelsgericht Wien',))

BUYER = Party(
    name='Kundin & Söhne KG',
    address=('z. Hd. Einkauf', 'Lange Straße 45', '80331 München'),
    country='DE',
    vat_id='DE987654323')

WORK = (
    ('DEV-01', 'Backend-Entwicklung: Härtung der Schnittstelle', D('8'), 'Stunden', D('95.00')),
    ('OPS-02', 'Inbetriebnahme und Überwachung\neinschließlich Dokumentation für den Betrieb',
        D('2.5'), 'Stunden', D('110.00')),
    ('MAT-17', 'Kabel Cat 7', D('120'), 'Meter', D('0.8745')),
    ('', 'Fahrtkosten Berlin – Potsdam und zurück, pauschal', D('1'), 'Pauschale', D('49.90')),
    )


def line(number, tax_rate=D('19'), **changes):
    key, description, quantity, unit, price = WORK[number % len(WORK)]
    return Line(**{
        'position': str(number + 1), 'key': key, 'description': description,
        'quantity': quantity, 'unit': unit, 'unit_price': price,
        'amount': round(quantity * price, 2), 'tax_rate': tax_rate, **changes})


def document(count=4, *, rates=(D('19'),), **changes):
    """Return an invoice with ``count`` lines; the rates alternate"""
    lines = tuple(line(i, rates[i % len(rates)]) for i in range(count))
    taxes = tuple(tax_row(rate, lines) for rate in dict.fromkeys(rates))
    net = sum((line.amount for line in lines), D('0.00'))
    tax = sum((row.tax for row in taxes), D('0.00'))
    return Document(**{
        'kind': 'invoice', 'number': 'INV-2026-05-0009', 'issue_date': dt.date(2026, 5, 16),
        'due_date': dt.date(2026, 5, 30), 'supply_date': dt.date(2026, 5, 16),
        'finalised_at': FINALISED, 'seller': SELLER, 'buyer': BUYER,
        'customer_number': '10042', 'lines': lines, 'taxes': taxes,
        'totals': Totals(net=net, tax=tax, gross=net + tax),
        'intro': 'vielen Dank für Ihren Auftrag. Wir berechnen Ihnen wie vereinbart:',
        'notes': 'Vielen Dank für die gute Zusammenarbeit.',
        'payment_instructions': 'Bitte überweisen Sie den Betrag innerhalb von 14 Tagen.',
        **changes})


def tax_row(rate, lines):
    base = sum((line.amount for line in lines if line.tax_rate == rate), D('0.00'))
    return TaxRow(rate=rate, base=base, tax=round(base * rate / 100, 2))


def epc(amount, party=SELLER):
    return QrCode(kind='epc', content=payload(
        name=party.name, iban=party.iban, bic=party.bic, amount=amount, text='INV-2026-05-0009'))


def logo(kind='PNG', mode='RGBA', size=(600, 200)):
    """Return the bytes of a picture of this format"""
    image = Image.new('RGBA', size, (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    width, height = size
    round_ = min(size)
    pen.ellipse((5, 5, round_ - 5, round_ - 5), fill=(30, 136, 229, 255))
    pen.rectangle((width // 2, height // 2, width - 5, height - 5), fill=(60, 60, 60, 255))
    flat = image
    if mode != 'RGBA':
        flat = Image.new('RGB', size, 'white')
        flat.paste(image, mask=image.getchannel('A'))
        flat = flat.convert(mode)
    buffer = io.BytesIO()
    flat.save(buffer, kind)
    return buffer.getvalue()


def styled(**changes):
    return Style(**changes)
