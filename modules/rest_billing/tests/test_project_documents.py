"""Offer, delivery note and invoice of a flat-rate project: what they say, cost and number, and only once"""
import datetime as dt
import json

import pytest

from tests.support.billing import Api, refused
from tests.support.invoicing import inside, make_template
from tests.support.parallel import together
from tests.support.projecting import ITEMS, PATH, Planner
ISSUE = {'issueDate': '2026-05-18T00:00:00Z'}
KINDS = [('offer', 'offerNumber', 'ANG'), ('delivery-note', 'deliveryNoteNumber', 'LS')]


@pytest.fixture(scope='module')
def planner(billing, operator):
    """An Austrian tenant of this module alone"""
    return Planner(Api(billing, operator.tenant('AT')))


@pytest.fixture
def new_planner(new_api):
    return Planner(new_api)


def day(text):
    return f'{text}T00:00:00Z'


# The documented answers

def test_the_documented_offer(planner):
    project = planner.plan()
    made = planner.issue(
        project, 'offer', issueDate='2026-05-18T00:00:00Z', validUntil='2026-06-18T00:00:00Z',
        deliveryTimeInDays=30, introductionText='Thank you for your enquiry — our offer follows.',
        footerText='Prices exclude VAT unless stated.')
    assert made == {
        'id': made['id'], 'projectId': project['id'], 'offerNumber': made['offerNumber'],
        'issueDate': day('2026-05-18'), 'validUntil': day('2026-06-18'), 'deliveryTimeInDays': 30,
        'isFinalized': True, 'finalizedAt': made['finalizedAt'],
        'pdfUrl': f"{PATH}/{project['id']}/offer/pdf", 'archivedPdfHash': made['archivedPdfHash']}
    assert made['offerNumber'].startswith('ANG-2026-05-') and len(made['archivedPdfHash']) == 64
    text = planner.text(made)
    for needed in [
            f"Angebot {made['offerNumber']}", '18.05.2026', 'Gültig bis', '18.06.2026', 'Lieferzeit',
            '30 Tage', 'Test AT GmbH', 'Acme GmbH', 'Website Relaunch', 'Full redesign incl. CMS migration',
            'UX concept & wireframes', '2.400,00', 'Frontend implementation', '4.000,00', '6.400,00',
            '1.280,00', '7.680,00', 'our offer follows.', 'Prices exclude VAT unless stated.']:
        assert needed in text, (needed, text)
    assert planner.read(project) == {**project, 'status': 'Offered', 'offerFinalized': True}


def test_the_documented_delivery_note(planner):
    project = planner.plan()
    made = planner.issue(
        project, 'delivery-note', issueDate='2026-05-20T00:00:00Z',
        deliveryDate='2026-05-22T00:00:00Z', showPrices=False,
        introductionText='Delivery of the agreed services.', footerText=None)
    assert made == {
        'id': made['id'], 'projectId': project['id'],
        'deliveryNoteNumber': made['deliveryNoteNumber'], 'issueDate': day('2026-05-20'),
        'deliveryDate': day('2026-05-22'), 'showPrices': False, 'isFinalized': True,
        'finalizedAt': made['finalizedAt'], 'pdfUrl': f"{PATH}/{project['id']}/delivery-note/pdf",
        'archivedPdfHash': made['archivedPdfHash']}
    assert made['deliveryNoteNumber'].startswith('LS-2026-05-') and len(made['archivedPdfHash']) == 64
    text = planner.text(made)
    for needed in [
            f"Lieferschein {made['deliveryNoteNumber']}", '20.05.2026', 'Lieferdatum', '22.05.2026',
            'Website Relaunch', 'UX concept & wireframes', 'Frontend implementation', 'Stk.',
            'Delivery of the agreed services.', 'Unterschrift']:
        assert needed in text, (needed, text)
    assert '2.400' not in text and '€' not in text and 'Betrag' not in text
    assert planner.read(project) == {**project, 'deliveryNoteFinalized': True}


def test_the_documented_invoice(planner):
    project = planner.plan()
    made = planner.issue(
        project, 'invoices', issueDate='2026-05-25T00:00:00Z', dueDate='2026-06-08T00:00:00Z',
        notes=None, introductionText='Invoice for the completed project.')
    assert planner.api.get(f"/api/invoices/{made['id']}").json == made
    assert (made['totalAmount'], made['totalWithTax'], made['taxRate']) == (6400, 7680, 20)
    assert (made['issueDate'], made['dueDate']) == (day('2026-05-25'), day('2026-06-08'))
    assert made['invoiceNumber'].startswith('INV-2026-05-') and made['customerId'] == planner.customer
    assert 'Invoice for the completed project.' in planner.text(made)
    assert planner.read(project) == {**project, 'status': 'Billed'}


def test_the_template_is_all_that_is_needed(planner):
    from trytond.modules.kernel import clock
    today = day(clock.today('Europe/Vienna'))
    for what, number, _ in KINDS:
        made = planner.issue(planner.plan(), what)
        assert (made['issueDate'], made['finalizedAt'][:10]) == (today, today[:10])
        assert planner.issue(planner.plan(), what, **dict.fromkeys([
                    'issueDate', 'introductionText', 'footerText']))[number] > made[number]


# Pricing: offer and invoice agree to the cent

PRICED = [
    # strategy, lump sum, hidden, net, on the offer, not on the offer
    ('ProjectPrice', 8400, False, 8400, ['pauschal', '8.400,00', '1.1', '1.2', 'UX concept'],
        ['2.400,00', '4.000,00']),
    ('ProjectPrice', None, False, 6400, ['pauschal', '6.400,00', 'UX concept'], ['2.400,00']),
    ('ItemPrice', 8400, False, 6400, ['2.400,00', '4.000,00', '6.400,00'], ['8.400,00', 'pauschal']),
    ('ItemPrice', None, True, 6400, ['UX concept', 'Frontend', '6.400,00'], ['2.400,00', '4.000,00']),
    ('Combined', 8400, False, 14800, ['pauschal', '8.400,00', '2.400,00', '4.000,00', '14.800,00'], []),
    ('Combined', 8400, True, 14800, ['8.400,00', 'UX concept', '14.800,00'], ['2.400,00', '4.000,00']),
    ('Combined', None, False, 6400, ['2.400,00', '4.000,00', '6.400,00'], ['pauschal']),
    ]


@pytest.mark.parametrize('strategy, total, hidden, net, printed, absent', PRICED)
def test_each_strategy(planner, strategy, total, hidden, net, printed, absent):
    project = planner.plan(pricingStrategy=strategy, totalPrice=total, hideItemPrices=hidden)
    text = planner.text(planner.issue(project, 'offer'))
    priced_note = planner.text(planner.issue(project, 'delivery-note', showPrices=True))
    for needed in [*printed, 'Website Relaunch', 'Full redesign']:
        assert needed in text and needed in priced_note, (needed, text)
    for unwanted in absent:
        assert unwanted not in text and unwanted not in priced_note, (unwanted, text)
    invoice = planner.issue(project, 'invoices')
    assert (invoice['totalAmount'], invoice['totalWithTax']) == (net, net * 6 / 5)
    assert planner.read(project)['status'] == 'Billed'


@pytest.mark.parametrize('strategy, total, lines', [
    ('ProjectPrice', 8400, [('Website Relaunch\nFull redesign incl. CMS migration', 8400)]),
    ('ItemPrice', 8400, [('UX concept & wireframes', 2400), ('Frontend implementation', 4000)]),
    ('Combined', 8400, [
        ('Website Relaunch\nFull redesign incl. CMS migration', 8400),
        ('UX concept & wireframes', 2400), ('Frontend implementation', 4000)]),
    ])
def test_the_lines_of_the_invoice(planner, pool, strategy, total, lines):
    project = planner.plan(
        pricingStrategy=strategy, totalPrice=total, items=[*ITEMS, {'description': 'Included'}])
    made = planner.issue(project, 'invoices')
    with inside(pool, planner.api.tenant, check_access=False):
        found = pool.get('account.invoice')(made['id']).lines
        charged = [(line.description, line.unit_price) for line in found if line.type == 'line']
        listed = [line.description for line in found if line.type == 'comment']
    assert charged == lines
    assert listed == ([] if strategy == 'ProjectPrice' else ['Included'])


@pytest.mark.parametrize('included', [False, True])
@pytest.mark.parametrize('seed', range(4))
def test_offer_and_invoice_agree_to_the_cent(planner, pool, included, seed):
    import random
    chance = random.Random(seed)
    template = make_template(
        pool, planner.api.tenant, is_tax_included=included, tax_rate=20, name=f'T{included}{seed}')
    project = planner.plan(
        pricingStrategy='Combined', totalPrice=chance.randrange(10 ** 7) / 10000,
        items=[{
                'description': 'x', 'quantity': chance.randrange(1, 10 ** 6) / 10000,
                'price': chance.randrange(10 ** 7) / 10000} for _ in range(20)])
    offer = planner.issue(project, 'offer', invoiceTemplateId=template)
    invoice = planner.issue(project, 'invoices', invoiceTemplateId=template)
    with inside(pool, planner.api.tenant, check_access=False):
        made = pool.get('flat_rate.offer')(offer['id'])
        amounts = float(made.untaxed_amount), float(made.total_amount)
    assert amounts == (invoice['totalAmount'], invoice['totalWithTax'])


@pytest.mark.parametrize('project', [
    {'items': []}, {'items': [{'description': 'x'}]},
    {'pricingStrategy': 'ItemPrice', 'totalPrice': 5, 'items': [{'description': 'x'}]},
    {'pricingStrategy': 'ProjectPrice', 'items': [{'description': 'x'}]}])
def test_without_a_price_there_is_nothing_to_offer_or_bill(planner, project):
    project = planner.plan(**project)
    for what in ('offer', 'invoices'):
        refused(planner.post(project, what), '', 'neither a lump sum nor a priced item',
            code='invalid_state')
    assert planner.read(project) == project
    planner.issue(project, 'delivery-note', showPrices=True)


def test_a_delivery_note_without_items_names_the_project(planner):
    text = planner.text(planner.issue(planner.plan(items=[]), 'delivery-note'))
    assert text.count('Website Relaunch') == 1 and 'pauschal' in text and 'Full redesign' in text


def test_a_total_below_nothing_is_refused(planner):
    project = planner.plan(items=[{'description': 'x', 'price': 5}, {'description': 'y', 'price': -6}])
    for what in ('offer', 'invoices'):
        refused(planner.post(project, what), 'items', 'negative')


def test_an_english_template_speaks_english(planner, pool):
    english = make_template(
        pool, planner.api.tenant, language='en', tax_rate=20, tax_label='VAT', name='English')
    project = planner.plan(pricingStrategy='ProjectPrice', totalPrice=8400)
    text = planner.text(planner.issue(
            project, 'offer', invoiceTemplateId=english, validUntil='2027-06-18', deliveryTimeInDays=1))
    for needed in ['Offer ANG-', 'Valid until', '18 June 2027', '1 day', 'lump sum', '8,400.00', '10,080.00']:
        assert needed in text, (needed, text)
    text = planner.text(planner.issue(project, 'delivery-note', invoiceTemplateId=english))
    for needed in ['Delivery note LS-', 'Offer ANG-', 'pcs', 'Signature']:
        assert needed in text, (needed, text)


# Dates

def test_days_that_do_not_fit(planner):
    project = planner.plan()
    refused(planner.post(project, 'offer', **ISSUE, validUntil='2026-05-17'), 'validUntil', '2026-05-18')
    refused(planner.post(project, 'offer', deliveryTimeInDays=-1), 'deliveryTimeInDays', 'integer')
    refused(planner.post(project, 'offer', issueDate='2001-01-01'), 'issueDate', '10 years')
    refused(planner.post(project, 'offer', issueDate='soon'), 'issueDate', 'must be a date')
    refused(planner.post(project, 'delivery-note', deliveryDate='2199-01-01'), 'deliveryDate', '1 year')
    refused(planner.post(project, 'delivery-note', showPrices='no'), 'showPrices', 'true or false')
    refused(planner.post(project, 'invoices', **ISSUE, dueDate='2026-05-17'), 'dueDate', '2026-05-18')
    assert planner.read(project) == project
    made = planner.issue(project, 'offer', **ISSUE, validUntil='2026-05-18', deliveryTimeInDays=0)
    assert 'sofort' in planner.text(made)


def test_the_invoice_bears_the_day_of_the_delivery(planner):
    project = planner.plan()
    planner.issue(project, 'delivery-note', **ISSUE, deliveryDate='2026-05-22')
    assert 'Leistungsdatum 22.05.2026' in planner.text(
        planner.issue(project, 'invoices', issueDate='2026-05-25'))


@pytest.mark.parametrize('what', ['offer', 'delivery-note', 'invoices'])
def test_a_template_is_required(planner, what):
    project = planner.plan()
    answer = planner.api.post(f"{PATH}/{project['id']}/{what}", {})
    refused(answer, 'invoiceTemplateId', 'required')


@pytest.mark.parametrize('what', ['offer', 'delivery-note', 'invoices'])
def test_without_the_sellers_legal_data_nothing_is_issued(billing, operator, what):
    planner = Planner(Api(billing, operator.tenant('DE', street='')))
    refused(planner.post(planner.plan(), what), 'seller.street', 'missing', code='invalid_state')


# Numbers, once, for ever

def test_numbers_have_their_own_series_and_no_gaps(new_planner):
    numbers = {'offer': [], 'delivery-note': []}
    for date in ('2026-05-18', '2026-05-16', '2026-06-01'):
        project, nothing = new_planner.plan(), new_planner.plan(items=[])
        for what, number, _ in KINDS:
            numbers[what].append(new_planner.issue(project, what, issueDate=date)[number])
        assert new_planner.post(nothing, 'offer').status_code == 400
    assert numbers == {
        'offer': ['ANG-2026-05-0001', 'ANG-2026-05-0002', 'ANG-2026-06-0003'],
        'delivery-note': ['LS-2026-05-0001', 'LS-2026-05-0002', 'LS-2026-06-0003']}
    invoice = new_planner.issue(project, 'invoices', issueDate='2026-06-01')
    assert invoice['invoiceNumber'] == 'INV-2026-06-0001'


def test_a_tenant_of_old_gets_its_series_with_the_first_number(new_planner, superuser_of):
    company = new_planner.api.tenant['company']
    gone = superuser_of.execute(
        "DELETE FROM ir_sequence_strict WHERE company = %s AND prefix ~ '^(ANG|LS)-'", (company,))
    assert gone.rowcount == 2
    project = new_planner.plan()
    for what, number, prefix in KINDS:
        assert new_planner.issue(project, what, **ISSUE)[number] == f'{prefix}-2026-05-0001'
    second = new_planner.plan()
    assert new_planner.issue(second, 'offer', **ISSUE)['offerNumber'] == 'ANG-2026-05-0002'


@pytest.fixture
def superuser_of(postgres, database):
    import psycopg
    with psycopg.connect(postgres.superuser(database), autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize('what', ['offer', 'delivery-note', 'invoices'])
def test_at_most_one_of_each(planner, what):
    project = planner.plan()
    made = planner.issue(project, what)
    refused(planner.post(project, what), '', 'already', code='invalid_state')
    assert planner.pdf(made)


@pytest.mark.parametrize('what', ['offer', 'delivery-note', 'invoices'])
def test_at_most_one_of_each_at_the_same_time(new_planner, what):
    project = new_planner.plan()
    answers = together(4, lambda n: new_planner.post(project, what))
    assert sorted(a.status_code for a in answers) == [201, 400, 400, 400], [a.text for a in answers]
    assert {a.json['error'] for a in answers if a.status_code == 400} == {'invalid_state'}
    made, = (a.json for a in answers if a.status_code == 201)
    assert {'ANG-', 'LS-', 'INV-'} & {
        str(value)[:-12] for value in made.values()} or str(made).count('-0001') == 1


def test_parallel_projects_get_numbers_one_after_the_other(new_planner):
    projects = [new_planner.plan() for _ in range(4)]
    for what, number, prefix in KINDS:
        answers = together(4, lambda n, what=what: new_planner.post(projects[n], what, **ISSUE))
        assert sorted(a.json[number] for a in answers) == [
            f'{prefix}-2026-05-000{n}' for n in range(1, 5)]


@pytest.mark.parametrize('what', ['offer', 'delivery-note', 'invoices'])
def test_a_repeated_post_issues_one(planner, what):
    project = planner.plan()
    key = {'Idempotency_Key': f'{what}-1'}
    first, again = (planner.post(project, what, headers=key) for _ in range(2))
    assert (first.status_code, first.data) == (201, again.data)
    other = planner.post(project, what, headers=key, introductionText='x')
    assert (other.status_code, other.json['error']) == (409, 'idempotency_key_request_mismatch')


def test_neither_needs_the_other(planner):
    for first, second in [('delivery-note', 'offer'), ('invoices', 'offer'), ('invoices', 'delivery-note')]:
        project = planner.plan()
        planner.issue(project, first)
        planner.issue(project, second)


# The PDFs

@pytest.mark.parametrize('what, number, prefix', KINDS)
def test_the_pdf(planner, what, number, prefix):
    project = planner.plan()
    here = f"{PATH}/{project['id']}/{what}/pdf"
    none = planner.api.get(here)
    assert (none.status_code, none.json['error']) == (404, 'not_found')
    made = planner.issue(project, what)
    answer = planner.api.get(here)
    assert answer.headers['Content-Type'] == 'application/pdf' and answer.data.startswith(b'%PDF-1.7')
    assert answer.headers['ETag'] == f'"{made["archivedPdfHash"]}"'
    assert answer.headers['Content-Disposition'] == f'attachment; filename="{made[number]}.pdf"'
    assert planner.api.get(here, If_None_Match=answer.headers['ETag']).status_code == 304


def test_a_document_that_was_tampered_with_is_not_handed_out(planner, superuser_of):
    made = planner.issue(planner.plan(), 'offer')
    superuser_of.execute("SET session_replication_role = replica")
    changed = superuser_of.execute(
        "UPDATE archive_content SET data = data || '\\x00' WHERE id = (SELECT content FROM archive_document"
        " WHERE owner = %s)", (f"flat_rate.offer,{made['id']}",))
    assert changed.rowcount == 1
    answer = planner.api.get(made['pdfUrl'])
    assert (answer.status_code, answer.json['error']) == (500, 'archive_corrupt')


def test_what_was_printed_stays(planner, pool):
    project = planner.plan()
    made = planner.issue(project, 'offer')
    before = planner.pdf(made)
    planner.api.patch(f"{PATH}/{project['id']}", {'name': 'Other', 'pricingStrategy': 'Combined'})
    planner.api.made(f"{PATH}/{project['id']}/items", {'description': 'CMS migration', 'price': 2000.0})
    assert planner.pdf(made) == before
    with inside(pool, planner.api.tenant, check_access=False):
        printed = json.loads(pool.get('flat_rate.offer')(made['id']).printed)
    assert printed['subject'] == 'Website Relaunch'
    assert [line['amount'] for line in printed['lines']] == ['2400.00', '4000.00']
    assert printed['totals'] == {'net': '6400.00', 'tax': '1280.00', 'gross': '7680.00'}
    assert (printed['seller']['name'], printed['buyer']['name']) == ('Test AT GmbH', 'Acme GmbH')
    # The invoice follows the project as it was agreed in the end
    assert planner.issue(project, 'invoices')['totalAmount'] == 8400


# What was billed stays

def test_a_billed_project_keeps_its_prices(planner):
    project = planner.plan()
    planner.issue(project, 'invoices')
    here = f"{PATH}/{project['id']}"
    item = f"{here}/items/{project['items'][0]['id']}"
    for method, address, body in [
            ('PATCH', here, {'totalPrice': 5}), ('PATCH', here, {'pricingStrategy': 'Combined'}),
            ('PATCH', here, {'hideItemPrices': True}), ('POST', f'{here}/items', {'description': 'x'}),
            ('PATCH', item, {'price': 5}), ('DELETE', item, None),
            ('POST', f'{here}/items/reorder', {'itemIds': [project['items'][1]['id']]})]:
        refused(planner.api(method, address, body), '', 'billed', code='invalid_state')
    renamed = planner.api.patch(here, {'name': 'Relaunch 2026', 'description': ''})
    assert (renamed.status_code, renamed.json) == (200, {
            **project, 'status': 'Billed', 'name': 'Relaunch 2026', 'description': None})


def test_after_a_cancelled_invoice_the_project_is_billed_again(new_planner, pool):
    project = new_planner.plan()
    first = new_planner.issue(project, 'invoices')
    with inside(pool, new_planner.api.tenant, check_access=False):
        Invoice = pool.get('account.invoice')
        Invoice.credit(Invoice.browse([first['id']]), refund=True)
        assert Invoice(first['id']).state == 'cancelled'
    assert new_planner.read(project)['status'] == 'Created'
    assert new_planner.api.patch(f"{PATH}/{project['id']}/items/{project['items'][0]['id']}", {
            'price': 2000}).status_code == 200
    second = new_planner.issue(project, 'invoices')
    assert (second['totalAmount'], second['id'] != first['id']) == (6000, True)
    assert new_planner.read(project)['status'] == 'Billed'


@pytest.mark.parametrize('profile', ['Basic', 'EN16931', 'XRechnung'])
@pytest.mark.parametrize('strategy', ['ProjectPrice', 'ItemPrice', 'Combined'])
def test_the_invoice_may_be_electronic(billing, operator, pool, profile, strategy):
    """Lump sums and lines without a price stand the official rules, or nothing would be issued"""
    planner = Planner(Api(billing, operator.tenant(
                'DE', email='rechnung@example.com', phone='+49 30 1234567')), {
            'name': 'Stadt Köln', 'address': 'Platz 1, 50667 Köln', 'country': 'DE',
            'email': 'rechnung@example.com', 'buyerReference': '04011000-12345-34'})
    template = make_template(
        pool, planner.api.tenant, language='de', tax_rate=19, e_invoice_profile=profile)
    project = planner.plan(
        pricingStrategy=strategy, totalPrice=8400, items=[*ITEMS, {'description': 'Included'}])
    made = planner.issue(project, 'invoices', invoiceTemplateId=template)
    assert made['totalAmount'] == {'ProjectPrice': 8400, 'ItemPrice': 6400, 'Combined': 14800}[strategy]


def test_a_stripe_template_answers_as_it_does_for_invoices(planner, pool):
    project = planner.plan()
    stripe = make_template(
        pool, planner.api.tenant, payment_qr_mode='StripePaymentLink', tax_rate=20, name='Stripe')
    refused(planner.post(project, 'invoices', invoiceTemplateId=stripe), '', 'payment', 422,
        'stripe_key_invalid')
    assert planner.read(project) == project
    planner.issue(project, 'offer', invoiceTemplateId=stripe)


def test_check_finds_nothing_wrong_and_everything_that_is(new_planner, operator, superuser_of):
    company = new_planner.api.tenant['company']
    made = {}
    for _ in range(3):
        project = new_planner.plan()
        made = {what: new_planner.issue(project, what)['id'] for what, _, _ in KINDS}
    assert operator.call('kernel.check.run', company) == []
    superuser_of.execute("SET session_replication_role = replica")
    offer, note = made['offer'], made['delivery-note']
    superuser_of.execute("UPDATE flat_rate_offer SET number = number || '7' WHERE id = %s", (offer,))
    superuser_of.execute(
        "DELETE FROM archive_document WHERE owner = %s", (f'flat_rate.delivery_note,{note}',))
    superuser_of.execute("DELETE FROM flat_rate_delivery_note WHERE id = %s", (note - 1,))
    found = operator.call('kernel.check.run', company)
    assert all(len(f['message']) > 20 and '%' not in f['message'] for f in found)
    told = {(f['check'], f['model'], f['id']) for f in found}
    assert told >= {
        ('issued_numbers', 'flat_rate.offer', offer),
        ('issued_numbers', 'flat_rate.delivery_note', note - 2),
        ('issued_documents', 'flat_rate.delivery_note', note)}
    assert ('issued_documents', 'archive.document') in {f[:2] for f in told}


def test_status_goes_as_far_as_the_project_went(new_planner, pool):
    """Accepted and Finished are reached in the client"""
    project = new_planner.plan()
    seen = [new_planner.read(project)['status']]

    def press(button):
        with inside(pool, new_planner.api.tenant):
            Project = pool.get('flat_rate.project')
            getattr(Project, button)(Project.browse([project['id']]))
    for step in (
            lambda: new_planner.issue(project, 'offer'), lambda: press('accept'),
            lambda: new_planner.issue(project, 'delivery-note'),
            lambda: new_planner.issue(project, 'invoices'), lambda: press('finish')):
        step()
        seen.append(new_planner.read(project)['status'])
    assert seen == ['Created', 'Offered', 'Accepted', 'Accepted', 'Billed', 'Finished']
    from trytond.modules.kernel import clock
    assert new_planner.read(project)['completedAt'] == day(clock.today('Europe/Vienna'))
    press('reopen')
    assert new_planner.read(project)['status'] == 'Billed'
    assert new_planner.read(project)['completedAt'] is None


def test_only_an_offer_can_be_accepted(new_planner, pool):
    from trytond.modules.flat_rate_project.exceptions import ProjectStateError
    project = new_planner.plan()

    def accept(date):
        with inside(pool, new_planner.api.tenant):
            Project = pool.get('flat_rate.project')
            Project.write(Project.browse([project['id']]), {'accepted_date': date})
    with pytest.raises(ProjectStateError):
        accept(dt.date(2026, 5, 20))
    new_planner.issue(project, 'offer', **ISSUE)
    with pytest.raises(ProjectStateError):
        accept(dt.date(2026, 5, 17))
    accept(dt.date(2026, 5, 18))
    assert new_planner.read(project)['status'] == 'Accepted'
