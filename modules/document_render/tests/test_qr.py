from decimal import Decimal as D

import pytest
from trytond.modules.document_render import qr

IBAN = 'DE02 1203 0000 0000 2020 51'


def test_epc_payload():
    """EPC069-12, version 002"""
    assert qr.payload(
        name='Müller & Söhne', iban=IBAN, bic='BYLADEM1001', amount=D('1234.5'),
        text='INV-2026-05-0009\nDanke') == (
        'BCD\n002\n1\nSCT\nBYLADEM1001\nMüller & Söhne\nDE02120300000000202051\nEUR1234.50\n'
        '\n\nINV-2026-05-0009 Danke')


def test_the_bic_and_the_text_may_be_absent():
    assert qr.payload(name='A', iban=IBAN, amount=D(1)) == (
        'BCD\n002\n1\nSCT\n\nA\nDE02120300000000202051\nEUR1.00')


@pytest.mark.parametrize('field, changes', [
    ('iban', {'iban': 'DE03120300000000202051'}),
    ('iban', {'iban': ''}),
    ('bic', {'bic': 'NOBIC'}),
    ('name', {'name': ' \n'}),
    ('amount', {'amount': D('0')}),
    ('amount', {'amount': D('-1')}),
    ('amount', {'amount': D('1000000000')}),
    ('amount', {'amount': D('0.011')}),
    ('amount', {'amount': D('0.001')}),
    ])
def test_what_the_code_cannot_hold_is_named(field, changes):
    with pytest.raises(qr.NotPayable) as caught:
        qr.payload(**{'name': 'A', 'iban': IBAN, 'amount': D('1.00'), **changes})
    assert caught.value.field == field


def test_long_texts_are_cut_to_the_code():
    content = qr.payload(name='你' * 100, iban=IBAN, amount=D('1.00'), text='😀' * 200)
    assert len(content.encode()) <= 331
    name, text = content.split('\n')[5], content.split('\n')[10]
    assert name == '你' * 53 and text == '😀' * len(text)


def test_one_square_per_module():
    """Version 4 (33 modules) holds this content at error correction M"""
    content = qr.payload(name='A', iban=IBAN, amount=D('1.00'))
    assert 'viewBox="0 0 33 33"' in qr.svg(content)
