"""Parsing of one-line addresses: common formats and malformed ones"""
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trytond.modules.party_customer.address import Address, parse_address, street_lines

TABLE = [
    # Common formats of Germany, Austria and Switzerland
    ('Musterstraße 1, 10115 Berlin', 'DE', ('Musterstraße 1', '', '10115', 'Berlin')),
    ('Musterstraße 1, 1010 Wien', 'AT', ('Musterstraße 1', '', '1010', 'Wien')),
    ('Bahnhofstrasse 12a, 8001 Zürich', 'CH', ('Bahnhofstrasse 12a', '', '8001', 'Zürich')),
    ('Äulestrasse 30, 9490 Vaduz', 'LI', ('Äulestrasse 30', '', '9490', 'Vaduz')),
    ('Straße des 17. Juni 135, 10623 Berlin', 'DE', ('Straße des 17. Juni 135', '', '10623', 'Berlin')),
    ('An der Alster 3-5, 20099 Hamburg', 'DE', ('An der Alster 3-5', '', '20099', 'Hamburg')),
    ('C 4, 9, 68159 Mannheim', 'DE', ('C 4', '9', '68159', 'Mannheim')),
    ('Hauptstraße 12/2/5, 6020 Innsbruck', 'AT', ('Hauptstraße 12/2/5', '', '6020', 'Innsbruck')),
    ('Hauptstraße 12, Stiege 2, Top 5, 1100 Wien', 'AT',
        ('Hauptstraße 12', 'Stiege 2, Top 5', '1100', 'Wien')),
    ('Am Graben, 1010 Wien', 'AT', ('Am Graben', '', '1010', 'Wien')),
    ('Rue du Rhône 14, 1204 Genève', 'CH', ('Rue du Rhône 14', '', '1204', 'Genève')),
    ('Dorf 7, 4240 Freistadt-Umgebung', 'AT', ('Dorf 7', '', '4240', 'Freistadt-Umgebung')),
    ('Hauptplatz 1, 3000 Bern 7', 'CH', ('Hauptplatz 1', '', '3000', 'Bern 7')),
    ('Marktplatz 2, 60311 Frankfurt am Main', 'DE', ('Marktplatz 2', '', '60311', 'Frankfurt am Main')),
    # Line breaks and blanks
    ('Musterstraße 1\n10115 Berlin', 'DE', ('Musterstraße 1', '', '10115', 'Berlin')),
    ('Musterstraße 1\r\n\r\n  10115   Berlin  \r\n', 'DE', ('Musterstraße 1', '', '10115', 'Berlin')),
    ('Musterstraße 1,10115 Berlin', 'DE', ('Musterstraße 1', '', '10115', 'Berlin')),
    # No comma
    ('Musterstraße 1 10115 Berlin', 'DE', ('Musterstraße 1', '', '10115', 'Berlin')),
    ('Hauptstraße 1234 1010 Wien', 'AT', ('Hauptstraße 1234', '', '1010', 'Wien')),
    ('Bahnhofstrasse 12 CH-8001 Zürich', 'CH', ('Bahnhofstrasse 12', '', '8001', 'Zürich')),
    # City before the street
    ('1010 Wien, Musterstraße 1', 'AT', ('Musterstraße 1', '', '1010', 'Wien')),
    ('1010 Wien Musterstraße 1', 'AT', ('Musterstraße 1', '', '1010', 'Wien')),
    # c/o, attention, floor
    ('c/o Meier, Musterstraße 1, 10115 Berlin', 'DE', ('Musterstraße 1', 'c/o Meier', '10115', 'Berlin')),
    ('Musterstraße 1\nc/o Meier\n10115 Berlin', 'DE', ('Musterstraße 1', 'c/o Meier', '10115', 'Berlin')),
    ('Beta GmbH\nz. Hd. Frau Anna Berger\nRingstraße 7\n1010 Wien', 'AT',
        ('Ringstraße 7', 'Beta GmbH, z. Hd. Frau Anna Berger', '1010', 'Wien')),
    ('Musterstraße 1, 3. Stock, 10115 Berlin', 'DE', ('Musterstraße 1', '3. Stock', '10115', 'Berlin')),
    ('Musterstraße 1, Hinterhaus, 10115 Berlin', 'DE', ('Musterstraße 1', 'Hinterhaus', '10115', 'Berlin')),
    # Post boxes
    ('Postfach 10 12 34, 50667 Köln', 'DE', ('Postfach 10 12 34', '', '50667', 'Köln')),
    ('Postfach 1234 8001 Zürich', 'CH', ('Postfach 1234', '', '8001', 'Zürich')),
    ('Postfach, 8001 Zürich', 'CH', ('Postfach', '', '8001', 'Zürich')),
    ('Hauptstraße 5, Postfach 12, 1010 Wien', 'AT', ('Hauptstraße 5', 'Postfach 12', '1010', 'Wien')),
    # The country in the code or at the end
    ('Musterstraße 1, A-1010 Wien', 'AT', ('Musterstraße 1', '', '1010', 'Wien')),
    ('Musterstraße 1, D-10115 Berlin', 'DE', ('Musterstraße 1', '', '10115', 'Berlin')),
    ('Musterstraße 1, A – 1010 Wien', 'AT', ('Musterstraße 1', '', '1010', 'Wien')),
    ('Musterstraße 1, 1010 Wien, Österreich', 'AT', ('Musterstraße 1', '', '1010', 'Wien')),
    ('Musterstraße 1, 1010 Wien, Austria', 'AT', ('Musterstraße 1', '', '1010', 'Wien')),
    ('Musterstraße 1\n1010 Wien\nAT', 'AT', ('Musterstraße 1', '', '1010', 'Wien')),
    ('Musterstraße 1, 10115 Berlin Deutschland', 'DE', ('Musterstraße 1', '', '10115', 'Berlin')),
    ('Musterstraße 1, Wien, Österreich', 'AT', ('Musterstraße 1', '', '', 'Wien')),
    ('10115 Berlin, Deutschland', 'DE', ('', '', '10115', 'Berlin')),
    # An address in another country than the given one
    ('Musterstraße 1, 1010 Wien', 'DE', ('Musterstraße 1', '', '1010', 'Wien')),
    ('Musterstraße 1, 10115 Berlin', None, ('Musterstraße 1', '', '10115', 'Berlin')),
    # Other countries
    ('12 rue de la Gare, L-1234 Luxembourg', 'LU', ('12 rue de la Gare', '', '1234', 'Luxembourg')),
    ('Keizersgracht 1, 1015 CJ Amsterdam', 'NL', ('Keizersgracht 1', '', '1015 CJ', 'Amsterdam')),
    ('ul. Prosta 1, 00-850 Warszawa', 'PL', ('ul. Prosta 1', '', '00-850', 'Warszawa')),
    ('10 Downing Street, London SW1A 2AA', 'GB', ('10 Downing Street', '', 'SW1A 2AA', 'London')),
    ('1 Main Street, Springfield, IL 62701', 'US', ('1 Main Street', '', '62701', 'Springfield, IL')),
    # Nearly empty lines
    ('Wien', 'AT', ('', '', '', 'Wien')),
    ('1010 Wien', 'AT', ('', '', '1010', 'Wien')),
    ('Musterstraße 1', 'DE', ('Musterstraße 1', '', '', '')),
    ('Hauptstraße', 'DE', ('Hauptstraße', '', '', '')),
    ('Musterstraße 1, Berlin', 'DE', ('Musterstraße 1', '', '', 'Berlin')),
    ('Österreich', 'AT', ('', '', '', 'Österreich')),
    ('', 'DE', ('', '', '', '')),
    (None, None, ('', '', '', '')),
    ('???', 'DE', ('???', '', '', '')),
    (', ,\n;', 'DE', ('', '', '', '')),
    ('12345', 'DE', ('12345', '', '', '')),
    ('🏠 1, 10115 Berlin', 'DE', ('🏠 1', '', '10115', 'Berlin')),
    ]


@pytest.mark.parametrize('text, country, parts', TABLE)
def test_what_people_write(text, country, parts):
    assert parse_address(text, country) == Address(*parts)


@pytest.mark.parametrize('text, lines', [
    ('c/o Meier, Musterstraße 1, 10115 Berlin', 'c/o Meier\nMusterstraße 1'),
    ('Hauptstraße 12, Stiege 2, Top 5, 1100 Wien', 'Hauptstraße 12\nStiege 2\nTop 5'),
    ('Wien', '')])
def test_the_lines_of_the_street_keep_their_order(text, lines):
    assert street_lines(text, 'AT') == lines


words = st.sampled_from([
        'Musterstraße', '1', '10115', 'Berlin', '1010', 'Wien', 'c/o', 'Postfach', ',', '\n', ';', 'Top',
        'Beim', '12/3', 'x'])
countries = st.sampled_from(['DE', 'AT', 'CH', 'GB', 'US', 'XX', None])


def signs(text):
    return sorted(re.sub(r'[,;|\s]', '', text))


def told(address):
    return signs(''.join([address.street, address.additional, address.postal_code, address.city]))


@given(st.lists(words).map(' '.join), countries)
def test_nothing_is_lost_and_nothing_invented(text, country):
    assert told(parse_address(text, country)) == signs(text)


@given(st.text(), countries)
def test_any_text_is_read(text, country):
    assert len(told(parse_address(text, country))) <= len(signs(text))
