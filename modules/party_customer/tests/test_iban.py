"""IBANs of customers: the format is required, invalid check digits are only marked"""
import pytest

from trytond.modules.party_customer.iban import parse


@pytest.mark.parametrize('text, code', [
        ('AT611904300234573201', 'AT611904300234573201'),
        ('at61 1904 3002 3457 3201', 'AT611904300234573201'),
        ('DE89 3704 0044 0532 0130 00', 'DE89370400440532013000'),
        ('GB82WEST12345698765432', 'GB82WEST12345698765432'),
        ])
def test_right_ones(text, code):
    iban = parse(text)
    assert (iban, iban.type) == ((code, False), 'iban')


@pytest.mark.parametrize('text', [
        'AT021100000123456789', 'AT021200000123456789', 'DE88370400440532013000'])
def test_wrong_digits(text):
    iban = parse(text)
    assert (iban, iban.type) == ((text, True), 'other')


@pytest.mark.parametrize('text', [
        '', 'A', 'AT', 'AT12', '12345678901234567890', 'XX611904300234573201',
        'ATXX1904300234573201', 'AT61190430023457320', 'AT6119043002345732011',
        'DE8937040044053201300X', 'NOTANIBAN', 'ＡＴ611904300234573201', "AT61'; DROP TABLE x",
        'AT' + '1' * 498])
def test_wrong_shapes(text):
    with pytest.raises(ValueError):
        parse(text)
