"""How billing refuses: ``{error, message}`` and a few members more, fields named as in the contract"""
from trytond.modules.rest.dialect import Dialect, Entry
from trytond.modules.rest.fields import SHORT, camel
from trytond.modules.rest.house import WORDS
from trytond.modules.rest.refusals import Kind, shown

INVALID, FORBIDDEN = 'invalid_argument', 'plan_forbidden'
NAMES = {
    'template': 'invoice_template_id', 'party': 'customer_id', 'invoice_date': 'issue_date',
    'introduction': 'introduction_text', 'comment': 'notes', 'custom_unit': 'custom_unit_id',
    'delivery_days': 'delivery_time_in_days', 'logo': 'logo_base64'}
"""Name in the domain → name in this contract, where they differ"""
LINE_NAMES = {'unit_price': 'price_per_unit'}
"""The same for the lines of an invoice"""


def _violations(facts, rename):
    return {'violations': [
            {'rule': each['rule'], 'field': rename(each['path']), 'message': each['message']}
            for each in facts['violations']]}


def _matches(facts, rename):
    return {'matches': [
            {'id': each.id, 'name': each.name, 'vatId': each.vat_id} for each in facts['matches']]}


TABLE = {
    **WORDS,
    Kind.NO_CREDENTIAL: Entry(401, 'missing_api_key'),
    Kind.BAD_CREDENTIAL: Entry(401, 'invalid_api_key'),
    Kind.SUSPENDED: Entry(403, FORBIDDEN),
    Kind.PLAN: Entry(403, FORBIDDEN),
    Kind.NOT_ALLOWED: Entry(403, FORBIDDEN),
    Kind.WRONG_MEDIA_TYPE: Entry(415, 'unsupported_media_type', meaning="the body is no plain JSON"),
    Kind.UNKNOWN_RECORD: Entry(404, 'not_found'),
    Kind.KEY_MISSING: Entry(400, INVALID),
    Kind.KEY_MALFORMED: Entry(400, INVALID),
    Kind.KEY_REUSED: Entry(409, 'idempotency_key_request_mismatch'),
    Kind.CHANGED_SINCE: Entry(412, 'precondition_failed'),
    Kind.CONFLICT: Entry(409, 'conflict'),
    Kind.STATE: Entry(400, 'invalid_state'),
    'no_logo': Entry(404, 'no_logo'),
    'unit_in_use': Entry(409, 'unit_in_use'),
    'stripe_key_invalid': Entry(422, 'stripe_key_invalid'),
    'stripe_unavailable': Entry(422, 'stripe_unavailable'),
    'archive_corrupt': Entry(500, 'archive_corrupt'),
    'e_invoice_invalid': Entry(400, 'e_invoice_invalid', members=_violations),
    'vatid_exists': Entry(
        409, 'vatid_exists', says='vatid_exists',
        members=lambda facts, rename: {'existingId': facts['customer'], 'name': facts['name']}),
    'itemkey_exists': Entry(
        409, 'itemkey_exists', says='itemkey_exists',
        members=lambda facts, rename: {'existingId': facts['item'], 'itemKey': facts['item_key']}),
    'ambiguous_name': Entry(409, 'ambiguous_name', says='ambiguous_name', members=_matches),
    }
ENGLISH = {
    'no_logo': "The template has no logo",
    'no_document': "The project has no such document",
    'no_customer': "No customer found with {field} '{value}'",
    'unknown_customer': "Unknown id, or not yours.",
    'vatid_exists': "Customer with vatId '{vat_id}' already exists",
    'itemkey_exists': "Item with itemKey '{item_key}' already exists",
    'ambiguous_name': lambda facts: (
        f"{facts['count']} customers found with name '{shown(facts['searched'], SHORT)}'"
        " — use the id to fetch a specific one"),
    }
GERMAN = {
    'no_logo': "Die Vorlage hat kein Logo",
    'no_document': "Das Projekt hat kein solches Dokument",
    'no_customer': "Kein Kunde mit {field} '{value}' gefunden",
    'unknown_customer': "Unbekannte Id, oder die eines anderen Kontos.",
    'vatid_exists': "Es gibt schon einen Kunden mit der vatId '{vat_id}'",
    'itemkey_exists': "Es gibt schon einen Artikel mit dem itemKey '{item_key}'",
    'ambiguous_name': lambda facts: (
        f"{facts['count']} Kunden mit dem Namen '{shown(facts['searched'], SHORT)}' gefunden"
        " — der richtige ist mit seiner Id abzufragen"),
    }
DIALECT = Dialect(
    table=TABLE, case=camel, names=NAMES, sentences={'en': ENGLISH, 'de': GERMAN})
