"""Numbered bills without a database, as strategies: each tax kind of both countries, any lines and texts.

The drawn bills are valid in their profile: XRechnung has a buyer reference, both e-mail addresses, a phone
number, an account and an address with post code and city.
"""
import datetime as dt
from decimal import Decimal as D
from types import SimpleNamespace

from hypothesis import strategies as st
from trytond.modules.account_invoice_issue import printed
from trytond.modules.account_invoice_issue.credit import Credited
from trytond.modules.account_invoice_issue.bill import Bill, Item
from trytond.modules.account_invoice_issue.side import SELF_BILLED
from trytond.modules.document_issue import rounding
from trytond.modules.document_issue.limits import storable
from trytond.modules.document_issue.seller import Seller
from trytond.modules.document_issue.side import SALE
from trytond.modules.document_issue.taxation import Taxed
from trytond.modules.document_issue.units import BUILT_IN, ONE
from trytond.modules.party_customer.customer import Customer
from trytond.modules.product_catalog.unit import CODES

PROFILES = ('Basic', 'EN16931', 'XRechnung')
RATES = {'DE': (19, 7), 'AT': (20, 13, 10, '4.9')}
SELLERS = {
    'DE': Seller(
        identifier=1, name='Musterwerkstatt GmbH', street='Werkstraße 12', postal_code='10115',
        city='Berlin', country='DE', vat_id='DE123456788', tax_number='181/815/08155', phone='+49 30 5550100',
        email='rechnung@musterwerkstatt.example', website=None, iban='DE89370400440532013000',
        bic='COBADEFFXXX', bank=None),
    'AT': Seller(
        identifier=1, name='Musteragentur GmbH', street='Ringstraße 7\nTop 3', postal_code='1010',
        city='Wien', country='AT', vat_id='ATU12345675', tax_number='59-119/9013', phone='+43 1 5550100',
        email='rechnung@musteragentur.example', website=None, iban='AT611904300234573201',
        bic='GIBAATWWXXX', bank=None)}
ADDRESSES = {
    'DE': (
        'Hauptstraße 5, 20095 Hamburg', 'c/o Einkauf\nHauptstraße 5\n20095 Hamburg',
        'Postfach 12, 20095 Hamburg'),
    'AT': ('Musterstraße 1, 1010 Wien', 'Musterstraße 1/2/3\nA-1010 Wien'),
    'FR': ('5 Rue de la Paix, 75002 Paris',), 'US': ('1 Main Street, Springfield, IL 62701',),
    'GR': ('Ermou 1, 105 63 Athen',)}
VAT_IDS = {'DE': 'DE136695976', 'AT': 'ATU12345675', 'FR': 'FR40303265045', 'GR': 'EL094259216'}
ISSUED = st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))

texts = st.text(max_size=80)
words = st.text(min_size=1, max_size=30)
quantities = st.one_of(
    st.integers(-20, 1000).map(D), st.decimals('-100', '10000', places=4),
    st.sampled_from([D(0), D('0.0001')]))
prices = st.one_of(
    st.decimals('0', '1000', places=2), st.decimals('-500', '100000', places=4),
    st.sampled_from([D(0), D('0.0001'), D('99999999.9999')]))
units = st.sampled_from([*BUILT_IN, *CODES, ONE])


def tax(category, rate=0, notice='', reason=None):
    return Taxed(
        tax=1, rate=D(str(rate)), category=category, base_account=1, description=f'{category} {rate}',
        notice=notice, reason=reason)


def kinds(country, buyer, vat_id):
    """Return the taxes that an invoice from a country to a buyer may have"""
    found = [tax('S', rate) for rate in RATES[country]] + [tax('S'), tax('E', notice='Befreit')]
    if buyer == country and vat_id:
        found.append(tax('AE', notice='Steuerschuldnerschaft des Leistungsempfängers', reason='domestic'))
    elif buyer == 'US':
        found.append(tax('G', notice='Steuerfreie Ausfuhrlieferung'))
    elif buyer != country and vat_id:
        found += [tax('AE', notice='Reverse Charge'), tax('K', notice='Steuerfreie Lieferung')]
    return found


@st.composite
def bills(draw, most_lines=60):
    """Strategy: numbered bills with their Document"""
    country, profile = draw(st.sampled_from(['DE', 'AT'])), draw(st.sampled_from(PROFILES))
    buyer = draw(_buyers(profile))
    self_billed = draw(st.sampled_from([False, False, True])) and bool(buyer.vat_id)
    items = draw(_items(
        [tax('S', rate) for rate in RATES[country]] if self_billed
        else kinds(country, buyer.country, buyer.vat_id), most_lines))
    gross, is_credit = draw(st.booleans()), draw(st.booleans())
    issued = draw(ISSUED)
    draft = SimpleNamespace(introduction=draw(texts), comment=draw(texts))
    return bill(
        items, country, profile, buyer, gross, issued=issued, draft=draft, self_billed=self_billed,
        credited=draw(st.sampled_from(['posted', 'paid'])) if is_credit else None,
        supplied=issued - dt.timedelta(draw(st.integers(0, 60))), maturities=draw(st.integers(1, 3)),
        payment_instructions=draw(texts), business_process_id=draw(st.sampled_from(['', 'urn:process'])),
        language=draw(st.sampled_from(['de', 'en'])))


@st.composite
def _buyers(draw, profile):
    country = draw(st.sampled_from(list(ADDRESSES)))
    strict = profile == 'XRechnung'
    maybe = (lambda value: st.just(value)) if strict else (lambda value: st.sampled_from([value, None]))
    contact = words.filter(str.strip).map(lambda text: f'Frau {text}')
    return customer(
        country, name=draw(words), address=draw(
            st.sampled_from(ADDRESSES[country]) if strict else st.one_of(
                st.sampled_from([*ADDRESSES[country], None]), texts)),
        vat_id=VAT_IDS.get(country) if draw(st.booleans()) else None,
        email=draw(maybe('einkauf@kunde.example')), phone=draw(maybe('+43 1 5550100')),
        iban=draw(maybe('AT611904300234573201')),
        contact_person=draw(contact if strict else st.one_of(st.none(), words)),
        buyer_reference=draw(st.just('04011000-12345-34') if strict else st.one_of(st.none(), words)))


def customer(country='DE', **others):
    return Customer(**{
            'id': 47, 'name': 'Kunde', 'email': None, 'phone': None, 'address': ADDRESSES[country][0],
            'vat_id': None, 'vat_id_unchecked': False, 'contact_person': None, 'buyer_reference': None,
            'country': country, 'bank_name': None, 'iban': None, 'iban_unchecked': False, 'bic': None,
            **others})


@st.composite
def _items(draw, taxes, most_lines):
    used = draw(st.lists(st.sampled_from(taxes), min_size=1, max_size=3))
    count = draw(st.integers(1, most_lines))
    found = [
        item(draw(quantities), draw(prices), draw(st.sampled_from(used)), draw(words), unit=draw(units))
        for _ in range(count)]
    for place in draw(st.lists(st.integers(0, count), max_size=3)):
        found.insert(place, Item(None, draw(texts)))
    return found


def item(quantity=1, price='10', taxed=None, description='Arbeit', unit='HUR', **others):
    return Item(
        None, description, quantity=storable(D(quantity), 'lines'), unit_code=unit, unit_label=unit,
        unit_price=D(price), tax=taxed or tax('S', 19), **others)


def bill(
        items, country='DE', profile='EN16931', buyer=None, gross=False, issued=dt.date(2026, 11, 2),
        credited=None, supplied=None, maturities=1, draft=None, seller=None, self_billed=False, **template):
    """Return a numbered bill; the signs are reversed if the total has the wrong one"""
    charged = [each for each in items if each.tax]
    figures = _figures(charged, gross)
    if figures.total and (figures.total < 0) != bool(credited):
        for each in charged:
            each.quantity = -each.quantity
        figures = _figures(charged, gross)
    for each, net, shown in zip(charged, figures.net, figures.shown, strict=True):
        each.net, each.shown = net, shown
    made = Bill(
        draft=draft or SimpleNamespace(introduction='', comment=''),
        books=SimpleNamespace(
            country=country, currency_code='EUR', side=SELF_BILLED if self_billed else SALE,
            seller=seller or SELLERS[country], features={'epc_qr': True, 'e_invoice': True}),
        template=_template(profile, template), buyer=buyer or customer(), address=1, identifier=None,
        account=1, tax_number='', issue_date=issued,
        supply_date=supplied or issued, due_date=issued + dt.timedelta(14 * maturities),
        credited=credited and _credited(issued, credited), gross=gross, warnings=[], items=items,
        figures=figures, shares=list(figures.taxes.items()), period=None, maturities=[
            (issued + dt.timedelta(14 * n), figures.total / maturities) for n in range(1, maturities + 1)],
        id=1, number='INV-1', issued_at=dt.datetime.combine(issued, dt.time(12)))
    made.document = printed.document(made)
    return made


def _figures(charged, gross):
    return rounding.totals(
        [(each.quantity, each.unit_price, each.tax, each.tax.rate) for each in charged], gross)


def _template(profile, values):
    return SimpleNamespace(**{
            'e_invoice_profile': profile, 'language': 'de', 'is_tax_included': False, 'tax_label': None,
            'payment_qr_mode': 'None', 'payment_instructions': None, 'business_process_id': None,
            'primary_color': '#000', 'secondary_color': '#000', 'font_name': 'Arial', 'logo_type': None,
            **values})


def _credited(issued, state):
    return Credited(
        id=2, number='INV-0', issue_date=issued, party=47, side=SALE, state=state, credit_of=None,
        gross=False, remaining=D(0))
