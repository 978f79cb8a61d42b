"""VAT ids: checked, unchecked and invalid ones"""
import pytest

from trytond.modules.party_customer.vat import bare, compact, full_code, parse


@pytest.mark.parametrize('text, code', [
        ('ATU12345675', 'ATU12345675'),
        ('at u 1234 5675', 'ATU12345675'),
        ('DE136695976', 'DE136695976'),
        ('DE 136.695-976', 'DE136695976'),
        ('DE１３６６９５９７６', 'DE136695976'),
        ('BE697449992', 'BE0697449992'),
        ('EL094259216', 'EL094259216'),
        ('XI110305878', 'XI110305878'),
        ('IE6433435F', 'IE6433435F'),
        ('FR40303265045', 'FR40303265045'),
        ])
def test_right_numbers_of_the_union(text, code):
    assert parse(text) == (code, 'eu_vat', False)


@pytest.mark.parametrize('text', ['ATU12345678', 'DE812345678', 'NL123456789B01'])
def test_right_shape_and_wrong_digits(text):
    assert parse(text) == (text, 'eu_vat', True)


@pytest.mark.parametrize('text, code', [
        ('GB980780684', 'GB980780684'),
        ('CHE-123.456.788 MWST', 'CHE123456788MWST'),
        ('NO 995 525 828 MVA', 'NO995525828MVA'),
        ])
def test_numbers_of_other_countries(text, code):
    assert parse(text) == (code, None, True)


@pytest.mark.parametrize('text', [
        '', 'AT', '12345678', 'U12345678', 'ATU1234567', 'ATU123456789', 'AT12345678',
        'DE12345678', 'DE1234567890', 'DE12345678X', 'XX123456789', 'US12', 'NOTAVATID',
        "DE136695976'; --", 'GB' + '1' * 16])
def test_what_is_none(text):
    with pytest.raises(ValueError):
        parse(text)


def test_how_they_are_compared():
    assert compact('at-u12345678') == 'ATU12345678'
    assert compact('nothing') == 'NOTHING'
    assert bare(' a.t/u-1 2') == 'ATU12'


@pytest.mark.parametrize('type_, code, unchecked, expected', [
        ('eu_vat', 'ATU12345675', False, 'ATU12345675'),
        ('de_vat', '136695976', False, 'DE136695976'),
        ('gr_vat', '094259216', False, 'EL094259216'),
        (None, 'GB980780684', True, 'GB980780684'),
        (None, 'HRB 1234', False, None),
        ('de_stnr', '181/815/08155', False, None),
        ('eu_vat', None, False, None),
        ])
def test_which_identifiers_are_vat_ids(type_, code, unchecked, expected):
    assert full_code(type_, code, unchecked) == expected
