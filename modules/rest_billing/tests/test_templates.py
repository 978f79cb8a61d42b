"""Invoice templates of the billing contract: every documented answer, the one default, logos, plans"""
import base64
import io
from decimal import Decimal

import pytest
from PIL import Image

from tests.support.billing import Api, refused
from tests.support.invoicing import Biller, make_template
from tests.support.parallel import together

PATH = '/api/invoice-templates'
EXAMPLE = {
    'name': 'Standard AT', 'language': 'de', 'taxRate': 20.0, 'taxLabel': 'USt',
    'paymentQrMode': 'EpcQrCode', 'eInvoiceProfile': 'EN16931', 'isDefault': True}
FULL = {
    'name': 'Voll', 'language': 'pt-BR', 'primaryColor': '#1e88e5cc', 'secondaryColor': '#757',
    'fontName': 'Georgia', 'isTaxIncluded': True, 'applyTax': False, 'taxRate': 7.77,
    'taxLabel': 'MwSt', 'paymentQrMode': 'StripePaymentLink',
    'paymentInstructions': 'Bitte in 14 Tagen\nzahlen.', 'eInvoiceProfile': 'XRechnung',
    'businessProcessId': 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
    'mailTitle': 'Invoice %InvoiceNumber% from %BusinessName%',
    'mailContent': 'Dear %CustomerName%,\n\n…', 'isDefault': False}
CLEARED = ('taxLabel', 'paymentInstructions', 'businessProcessId', 'mailTitle', 'mailContent')


def picture(kind='PNG', size=(60, 20), mode='RGB', **options):
    buffer = io.BytesIO()
    Image.new(mode, size, 'red' if mode == 'RGB' else 0).save(buffer, kind, **options)
    return buffer.getvalue()


def text(content):
    return base64.b64encode(content).decode()


def defaults(api):
    return [row['id'] for row in api.get(PATH).json if row['isDefault']]


# The documented answers

def test_a_new_tenant_has_one_template_and_it_is_the_default(new_api):
    answer = new_api.get(PATH)
    assert answer.status_code == 200
    row, = answer.json
    assert row == {
        'id': row['id'], 'name': 'Standard AT', 'language': 'de', 'taxRate': 20, 'isTaxIncluded': False,
        'applyTax': True, 'taxLabel': 'USt', 'isDefault': True}


def test_the_documented_example(new_api):
    made = new_api.made(PATH, EXAMPLE)
    assert made == {
        'id': made['id'], 'name': 'Standard AT', 'language': 'de', 'primaryColor': '#1E88E5',
        'secondaryColor': '#757575', 'fontName': 'Arial', 'isTaxIncluded': False, 'applyTax': True,
        'taxRate': 20, 'taxLabel': 'USt', 'paymentQrMode': 'EpcQrCode', 'paymentInstructions': None,
        'eInvoiceProfile': 'EN16931', 'businessProcessId': None, 'mailTitle': None,
        'mailContent': None, 'isDefault': True, 'hasLogo': False}
    assert new_api.get(f'{PATH}/{made["id"]}').json == made
    changed = new_api.patch(f'{PATH}/{made["id"]}', {
            'taxRate': 19.0, 'taxLabel': 'MwSt', 'logoBase64': ''})
    assert changed.status_code == 200
    assert changed.json == made | {'taxRate': 19, 'taxLabel': 'MwSt'}


@pytest.mark.parametrize('country, rate', [('AT', 20), ('DE', 19)])
def test_a_name_is_enough(billing, operator, country, rate):
    api = Api(billing, operator.tenant(country))
    made = api.made(PATH, {'name': 'Nur ein Name'})
    assert made == {
        'id': made['id'], 'name': 'Nur ein Name', 'language': 'en', 'primaryColor': '#1E88E5',
        'secondaryColor': '#757575', 'fontName': 'Arial', 'isTaxIncluded': False, 'applyTax': True,
        'taxRate': rate, 'taxLabel': None, 'paymentQrMode': 'None', 'paymentInstructions': None,
        'eInvoiceProfile': 'None', 'businessProcessId': None, 'mailTitle': None,
        'mailContent': None, 'isDefault': False, 'hasLogo': False}
    nulls = api.made(PATH, {**dict.fromkeys([*FULL, 'logoBase64']), 'name': 'Nur ein Name'})
    assert nulls == made | {'id': nulls['id']}


def test_every_field_comes_back_as_it_was_sent(new_api):
    made = new_api.made(PATH, FULL)
    assert made == FULL | {'id': made['id'], 'hasLogo': False}
    other = new_api.made(PATH, {'name': 'Other'})
    path = f'{PATH}/{other["id"]}'
    assert new_api.patch(path, FULL).json == FULL | {'id': other['id'], 'hasLogo': False}
    assert new_api.get(path).json == FULL | {'id': other['id'], 'hasLogo': False}


def test_change_only_what_is_sent(new_api):
    made = new_api.made(PATH, FULL)
    path = f'{PATH}/{made["id"]}'
    for nothing in ({}, dict.fromkeys([*FULL, 'logoBase64'])):
        assert new_api.patch(path, nothing).json == made
    for field, value in {**FULL, 'name': 'Anders', 'taxRate': 0}.items():
        made[field] = value
        assert new_api.patch(path, {field: value}).json == made


def test_an_empty_text_clears(new_api):
    made = new_api.made(PATH, FULL)
    for value in ('', '  '):
        cleared = new_api.patch(f'{PATH}/{made["id"]}', dict.fromkeys(CLEARED, value)).json
        assert cleared == made | dict.fromkeys(CLEARED)
    created = new_api.made(PATH, {'name': 'x', **dict.fromkeys(CLEARED, ''), 'logoBase64': ''})
    assert [created[field] for field in CLEARED] == [None] * 5 and not created['hasLogo']


@pytest.mark.parametrize('rate', [0, 0.01, 4.9, 19, 55.55, 100])
def test_any_rate_from_0_to_100_is_stored(api, rate):
    assert api.made(PATH, {'name': 'x', 'taxRate': rate})['taxRate'] == rate


# Logos

@pytest.mark.parametrize('content, media_type', [
    (picture(), 'image/png'), (picture('JPEG'), 'image/jpeg'),
    (picture('PNG', (4000, 4000), '1'), 'image/png'),
    (picture('PNG', pnginfo=None) + b'\0' * (2 * 1024 ** 2 - len(picture())), 'image/png')])
def test_a_logo_comes_back_byte_by_byte(new_api, content, media_type):
    made = new_api.made(PATH, {'name': 'x', 'logoBase64': text(content)})
    assert made['hasLogo']
    path = f'{PATH}/{made["id"]}/logo'
    answer = new_api.get(path)
    assert (answer.status_code, answer.headers['Content-Type'], answer.data) == (
        200, media_type, content)
    again = new_api.get(path, If_None_Match=answer.headers['ETag'])
    assert (again.status_code, again.data) == (304, b'')


def test_a_logo_is_kept_replaced_and_cleared(new_api):
    made = new_api.made(PATH, {'name': 'x', 'logoBase64': text(picture())})
    path = f'{PATH}/{made["id"]}'
    assert new_api.patch(path, {'name': 'y', 'logoBase64': None}).json['hasLogo']
    lines = base64.encodebytes(picture('JPEG')).decode()
    assert '\n' in lines and new_api.patch(path, {'logoBase64': lines}).json['hasLogo']
    assert new_api.get(f'{path}/logo').headers['Content-Type'] == 'image/jpeg'
    assert not new_api.patch(path, {'logoBase64': ''}).json['hasLogo']
    gone = new_api.get(f'{path}/logo')
    assert (gone.status_code, gone.json['error']) == (404, 'no_logo')


def test_a_logo_is_printed(new_api):
    made = new_api.made(PATH, {
            'name': 'x', 'language': 'de', 'isDefault': True,
            'logoBase64': text(picture('PNG', (400, 100)))})
    biller = Biller(new_api)
    assert biller.template == made['id']
    import pypdf
    page = pypdf.PdfReader(io.BytesIO(biller.pdf(biller.bill()))).pages[0]
    assert len(page.images) == 1


# Exactly one default

def test_the_default_comes_first_whatever_its_age(new_api):
    first, = defaults(new_api)
    second = new_api.made(PATH, {'name': 'EU Reverse-Charge', 'taxRate': 0, 'applyTax': False})['id']
    assert [row['id'] for row in new_api.get(PATH).json] == [first, second]
    assert new_api.patch(f'{PATH}/{second}', {'isDefault': True}).json['isDefault']
    rows = new_api.get(PATH).json
    assert [(row['id'], row['isDefault']) for row in rows] == [(second, True), (first, False)]


def test_a_new_default_demotes_the_one_before(new_api):
    first, = defaults(new_api)
    second = new_api.made(PATH, EXAMPLE)['id']
    assert defaults(new_api) == [second]
    assert not new_api.get(f'{PATH}/{first}').json['isDefault']


def test_the_default_cannot_be_taken_away(new_api):
    first, = defaults(new_api)
    refused(
        new_api.patch(f'{PATH}/{first}', {'isDefault': False}), 'isDefault', 'exactly one',
        code='invalid_state')
    other = new_api.made(PATH, {'name': 'x', 'isDefault': False})['id']
    assert new_api.patch(f'{PATH}/{other}', {'isDefault': False}).status_code == 200
    assert defaults(new_api) == [first]


def test_deleting_the_default_promotes_the_oldest_other(new_api):
    first, = defaults(new_api)
    second, third = (new_api.made(PATH, {'name': name})['id'] for name in 'ab')
    answer = new_api('DELETE', f'{PATH}/{first}')
    assert (answer.status_code, answer.data) == (204, b'')
    assert [row['id'] for row in new_api.get(PATH).json] == [second, third]
    assert defaults(new_api) == [second]
    assert new_api('DELETE', f'{PATH}/{third}').status_code == 204
    last = new_api('DELETE', f'{PATH}/{second}')
    assert (last.status_code, last.json['error']) == (400, 'invalid_state')
    assert defaults(new_api) == [second]


def test_one_default_under_parallel_callers(new_api):
    new_api.made(PATH, {'name': 'x'})

    def work(number):
        made = new_api.post(PATH, {'name': f'T{number}', 'isDefault': number % 2 == 0})
        assert made.status_code == 201, made.text
        path = f'{PATH}/{made.json["id"]}'
        changed = new_api.patch(path, {'isDefault': True})
        assert changed.status_code == 200, changed.text
        return new_api('DELETE', path).status_code
    assert together(6, work) == [204] * 6
    assert len(defaults(new_api)) == 1 and len(new_api.get(PATH).json) == 2


def test_two_deletions_leave_the_last_one(new_api):
    first, = defaults(new_api)
    second = new_api.made(PATH, {'name': 'x'})['id']
    statuses = together(2, lambda n: new_api('DELETE', f'{PATH}/{[first, second][n]}').status_code)
    assert sorted(statuses) == [204, 400]
    assert len(defaults(new_api)) == 1


def test_the_client_meets_the_same_rules(new_api, pool):
    from trytond.modules.invoice_template.exceptions import TemplateError, TemplateStateError
    from tests.support.invoicing import inside
    make_template(pool, new_api.tenant, is_default=True, name='Neu')
    first, = [row for row in new_api.get(PATH).json if row['isDefault']]
    assert first['name'] == 'Neu'
    for values, Error in [
            ({'is_default': False}, TemplateStateError), ({'primary_color': 'red'}, TemplateError),
            ({'logo': b'<svg/>'}, TemplateError)]:
        with pytest.raises(Error), inside(pool, new_api.tenant, locks=['invoice_template']):
            Template = pool.get('invoice.template')
            Template.write([Template(first['id'])], values)
    with inside(pool, new_api.tenant, locks=['invoice_template']):
        Template.write([Template(first['id'])], {'active': False})
    assert len(defaults(new_api)) == 1 and defaults(new_api) != [first['id']]


# Deleting what documents were made with

def test_a_used_template_is_hidden_and_its_documents_stay(new_api):
    biller = Biller(new_api)
    used = new_api.made(PATH, {'name': 'Used', 'language': 'de'})['id']
    made = biller.bill(invoiceTemplateId=used)
    assert new_api('DELETE', f'{PATH}/{used}').status_code == 204
    assert [row['id'] for row in new_api.get(PATH).json] == [biller.template]
    for method, path, body in [
            ('GET', '', None), ('GET', '/logo', None), ('PATCH', '', {'name': 'x'}),
            ('DELETE', '', None)]:
        assert new_api(method, f'{PATH}/{used}{path}', body).status_code == 404
    refused(biller.post(invoiceTemplateId=used), 'invoiceTemplateId', 'not yours', 404, 'not_found')
    assert biller.pdf(made).startswith(b'%PDF')


def test_deleted_and_used_at_the_same_time(new_api):
    biller = Biller(new_api)
    for number in range(4):
        template = new_api.made(PATH, {'name': f'T{number}'})['id']
        calls = [
            lambda id=template: biller.post(invoiceTemplateId=id).status_code,
            lambda id=template: new_api('DELETE', f'{PATH}/{id}').status_code]
        billed, deleted = together(2, lambda n, calls=calls: calls[n]())
        assert deleted == 204 and billed in {201, 404}
        assert new_api.get(f'{PATH}/{template}').status_code == 404


# Plans

def test_the_plan_limits_templates_and_features(new_api, operator):
    company = new_api.tenant['company']
    epc = new_api.made(PATH, {'name': 'EPC', 'paymentQrMode': 'EpcQrCode', 'eInvoiceProfile': 'Basic'})
    operator.call('tenant_provision.provision.set_features', company, {
            'template_limit': 3, 'epc_qr': False, 'e_invoice': False})
    path = f'{PATH}/{epc["id"]}'
    for body, feature in [
            ({'paymentQrMode': 'EpcQrCode'}, 'epc_qr'),
            ({'eInvoiceProfile': 'XRechnung'}, 'e_invoice'),
            ({'eInvoiceProfile': 'EN16931'}, 'e_invoice')]:
        refused(new_api.post(PATH, {'name': 'x', **body}), '', feature, 403, 'plan_forbidden')
        if body['eInvoiceProfile' if 'eInvoiceProfile' in body else 'paymentQrMode'] != 'EpcQrCode':
            refused(new_api.patch(path, body), '', feature, 403, 'plan_forbidden')
    # What was there stays and may be sent again; leaving it is always possible
    same = {'paymentQrMode': 'EpcQrCode', 'eInvoiceProfile': 'Basic'}
    assert new_api.patch(path, same).json == epc
    assert new_api.patch(path, {'paymentQrMode': 'None'}).status_code == 200
    refused(new_api.patch(path, {'paymentQrMode': 'EpcQrCode'}), '', 'epc_qr', 403, 'plan_forbidden')
    stripe = new_api.made(PATH, {'name': 'Stripe', 'paymentQrMode': 'StripePaymentLink'})
    refused(new_api.post(PATH, {'name': 'One more'}), '', '3', 403, 'plan_forbidden')
    assert new_api('DELETE', f'{PATH}/{stripe["id"]}').status_code == 204
    assert new_api.post(PATH, {'name': 'Room again'}).status_code == 201


def test_the_limit_holds_under_parallel_callers(new_api, operator):
    operator.call('tenant_provision.provision.set_features', new_api.tenant['company'], {'template_limit': 3})
    statuses = together(5, lambda n: new_api.post(PATH, {'name': f'T{n}'}).status_code)
    assert sorted(statuses) == [201, 201, 403, 403, 403]


# Walls, versions, repetition

def test_another_tenants_templates_are_unknown(api, other):
    mine = {row['id'] for row in api.get(PATH).json}
    theirs = {row['id'] for row in other.get(PATH).json}
    assert mine and theirs and not mine & theirs
    for method, path, body in [
            ('GET', '', None), ('GET', '/logo', None), ('PATCH', '', {'name': 'x'}),
            ('DELETE', '', None)]:
        foreign = api(method, f'{PATH}/{min(theirs)}{path}', body)
        unknown = api(method, f'{PATH}/2147483647{path}', body)
        assert (foreign.status_code, foreign.json) == (404, unknown.json)


def test_versions(new_api):
    made = new_api.post(PATH, {'name': 'x'})
    path = f'{PATH}/{made.json["id"]}'
    tag = made.headers['ETag']
    assert new_api.get(path, If_None_Match=tag).status_code == 304
    assert new_api.patch(path, {'name': 'y'}, If_Match=tag).status_code == 200
    late = new_api.patch(path, {'name': 'z'}, If_Match=tag)
    assert (late.status_code, late.json['error']) == (412, 'precondition_failed')


def test_a_repeated_post_makes_one_template(new_api):
    body = {'name': 'x', 'isDefault': True}
    first, again = (new_api.post(PATH, body, Idempotency_Key='template-1') for _ in range(2))
    assert (first.status_code, first.data) == (201, again.data)
    mismatch = new_api.post(PATH, {'name': 'y'}, Idempotency_Key='template-1')
    assert (mismatch.status_code, mismatch.json['error']) == (409, 'idempotency_key_request_mismatch')
    assert len(new_api.get(PATH).json) == 2


def test_an_unknown_language_and_a_rate_without_decimals_are_kept(new_api, pool):
    id = make_template(pool, new_api.tenant, language='pt-BR', tax_rate=Decimal('7.70'))
    row = next(r for r in new_api.get(PATH).json if r['id'] == id)
    assert (row['language'], row['taxRate'], row['taxLabel']) == ('pt-BR', 7.7, None)
