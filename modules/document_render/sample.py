"""The first document that a new process typesets: it uses each part of the template once."""
import datetime as dt
from decimal import Decimal

from .document import Document, Line, Party, QrCode, TaxRow, Totals

_ONE = Decimal('1.00')
_PARTY = Party(name='Kontor', address=('Straße 1', '10115 Berlin'), iban='DE02120300000000202051')

DOCUMENT = Document(
    kind='invoice', number='0', issue_date=dt.date(2000, 1, 1), due_date=dt.date(2000, 1, 15),
    supply_date=dt.date(2000, 1, 1), finalised_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
    seller=_PARTY, buyer=_PARTY, intro='Text', notes='Text', payment_instructions='Text',
    lines=(
        Line(position='1', key='A', description='Text', quantity=_ONE, unit='Stück',
            unit_price=_ONE, amount=_ONE, tax_rate=Decimal(19)),
        Line(position='2', description='你好 مرحبا 😀', quantity=Decimal('0.5'), unit='Stück',
            unit_price=_ONE, amount=_ONE, tax_rate=Decimal(0))),
    taxes=(TaxRow(rate=Decimal(19), base=_ONE, tax=_ONE, reason='Text'),),
    totals=Totals(net=_ONE, tax=_ONE, gross=_ONE),
    qr=QrCode(kind='link', content='https://example.org/'))
