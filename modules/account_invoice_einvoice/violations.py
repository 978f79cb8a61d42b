"""From violated rules to an answer with a field and a sentence.

The language is that of the template, since the author of the invoice writes in it. A rule without a plain
text keeps the official one, with the field at its location.
"""
import re

from trytond.modules.document_render.formats import language_of

from .plain import PLAIN

TENANT = {'contact': 'name'}
CUSTOMER = {
    'street': 'address', 'city': 'address', 'postal_code': 'address', 'contact': 'contact_person'}
"""Term of a party → field of its record: a customer's address is one text, the tenant's contact is the tenant
itself.
"""
WORDS = {
    'de': {'tenant': 'Ihres Unternehmens', 'customer': 'des Kunden', 'position': 'Position {}: '},
    'en': {'tenant': 'your company', 'customer': 'the customer', 'position': 'Line {}: '},
    }
LINE = re.compile(r'(?:IncludedSupplyChainTradeLineItem|InvoiceLine|CreditNoteLine)(?:\[(\d+)\])?(?:/|$)')
PLACES = tuple((re.compile(place), field) for place, field in (
    ('BuyerReference', 'customer.buyer_reference'), ('DueDate', 'due_date'), ('IssueDate', 'invoice_date'),
    ('BusinessProcess|ProfileID', 'invoice_template.business_process_id'),
    ('PayeePartyCreditor|PayeeSpecified|PaymentMeans', 'seller.iban'),
    ('Seller|Supplier', 'seller'), ('Buyer|Customer|ShipTo|Delivery$', 'buyer'),
    ))
PARTS = tuple((re.compile(place), part) for place, part in (
    ('Country', 'country'), ('City', 'city'), ('Postcode|PostalZone', 'postal_code'),
    ('Contact', 'contact'), ('URI|Endpoint', 'email'), ('TaxRegistration|PartyTaxScheme', 'vat_id'),
    ('Line(?:One|Two|Three)|Street|Address', 'street'), ('Name', 'name'),
    ))
LINE_PARTS = tuple((re.compile(place), part) for place, part in (
    ('@unitCode', 'unit'), ('Quantity', 'quantity'), ('Price', 'unit_price'),
    ('Product|Item', 'description'),
    ))
"""Location of a violated rule without a plain text → field: the first row that matches the last part of the
path with a match
"""


def to_violations(found, language, einvoice=None, self_billed=False):
    """Return [{'rule', 'path', 'message'}] for Violations, each rule once per field.

    A rule with only an official text is left out if a plain text was given for the same record.

    Paths are those of a draft and its records (``('customer', 'buyer_reference')``, ``('lines', 0,
    'unit')``), empty where no field can correct the violation.

    language: of the template; einvoice: the validated `model.EInvoice`, to find the empty one among several
    fields; self_billed: the customer is the seller.
    """
    language = language_of(language)
    answer = {}
    for violation in found:
        fields, message = _words(violation, language, self_billed)
        path = _path(_first_empty(fields, einvoice), violation.location, self_billed)
        place = _line(violation.location)
        if place is not None and path[:1] == ('lines',):
            message = WORDS[language]['position'].format(place + 1) + message
        answer.setdefault((violation.rule, path), {
                'rule': violation.rule, 'path': path, 'message': message})
    explained = {_record(path) for rule, path in answer if rule in PLAIN}
    return [each for (rule, path), each in answer.items() if rule in PLAIN or _record(path) not in explained]


def _record(path):
    """Return the first part of a path, with the index of a line"""
    return path[:2] if path[1:] and isinstance(path[1], int) else path[:1]


def _words(violation, language, self_billed):
    """Return (fields, message)"""
    plain = PLAIN.get(violation.rule)
    if plain is None:
        return (_of_place(violation.location),), violation.text
    seller, buyer = ('customer', 'tenant') if self_billed else ('tenant', 'customer')
    words = WORDS[language]
    return plain.fields, getattr(plain, language).format(seller=words[seller], buyer=words[buyer])


def _first_empty(fields, einvoice):
    """Return the first empty field, else the first one"""
    if einvoice is None or len(fields) == 1:
        return fields[0]
    return next((field for field in fields if not _value(einvoice, field)), fields[0])


def _value(einvoice, field):
    role, _, part = field.partition('.')
    party = getattr(einvoice, role)
    return getattr(party.address if part == 'country' else party, part)


def _path(field, location, self_billed):
    """Return the path of a field: its record, and the index of its line"""
    role, *parts = field.split('.') if field else ['']
    if role == 'lines':
        place = _line(location)
        return ('lines', *([] if place is None else [place]), *parts)
    if role not in {'seller', 'buyer'}:
        return (role, *parts) if role else ()
    if (role == 'seller') == self_billed:
        return ('customer', *(CUSTOMER.get(part, part) for part in parts))
    return ('seller', *(TENANT.get(part, part) for part in parts))


def _line(location):
    """Return the 0-based index of a line among all lines, None outside of lines"""
    found = LINE.search(location)
    return found and int(found[1] or 1) - 1


def _of_place(location):
    """Return the field for a location"""
    if LINE.search(location):
        part = _last(LINE_PARTS, location[LINE.search(location).end():])
        return f'lines.{part}' if part else 'lines'
    field = _last(PLACES, location)
    if field in {'seller', 'buyer'}:
        part = _last(PARTS, location)
        return f'{field}.{part}' if part else f'{field}.name'
    return field


def _last(table, location):
    for part in reversed(location.split('/')):
        for pattern, value in table:
            if pattern.search(part):
                return value
    return ''
