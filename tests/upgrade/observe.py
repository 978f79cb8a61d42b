"""What a database answers: over HTTP, over Tryton's protocol, and in its books.

``answers`` asks again what was asked before; the queries speak of tables and columns that a later state of
the code has to keep or to bring along.
"""
import hashlib
import json

HEADERS = ('Content-Type', 'ETag', 'Content-Disposition')
LISTS = (
    '/api/customers', '/api/customers?search=beispiel', '/api/customers?page=2&limit=2', '/api/items',
    '/api/units', '/api/units/codes', '/api/invoice-templates', '/api/invoices?limit=200',
    '/api/invoices?isPaid=true', '/api/invoices?isPaid=false', '/api/invoices?issuedFrom=2026-05-01&limit=3',
    '/api/paushal-projects?limit=200')
RECORDS = {
    '/api/customers/{}': "SELECT p.id FROM party_party p WHERE p.company = %s ORDER BY id",
    '/api/items/{}': "SELECT id FROM product_product WHERE company = %s ORDER BY id",
    '/api/units/{}': "SELECT id FROM product_unit WHERE company = %s ORDER BY id",
    '/api/invoice-templates/{}': "SELECT id FROM invoice_template WHERE company = %s ORDER BY id",
    '/api/invoice-templates/{}/logo': "SELECT id FROM invoice_template WHERE company = %s ORDER BY id",
    '/api/invoices/{}': "SELECT id FROM account_invoice WHERE company = %s ORDER BY id",
    '/api/invoices/{}/pdf': "SELECT id FROM account_invoice WHERE company = %s ORDER BY id",
    '/api/gutschriften/{}/pdf': "SELECT id FROM account_invoice WHERE company = %s ORDER BY id",
    '/api/paushal-projects/{}': "SELECT id FROM flat_rate_project WHERE company = %s ORDER BY id",
    '/api/paushal-projects/{}/items': "SELECT id FROM flat_rate_project WHERE company = %s ORDER BY id",
    '/api/paushal-projects/{}/offer/pdf': "SELECT id FROM flat_rate_project WHERE company = %s ORDER BY id",
    '/api/paushal-projects/{}/delivery-note/pdf': (
        "SELECT id FROM flat_rate_project WHERE company = %s ORDER BY id"),
    }
"""Path of a record → query of the ids of a tenant"""
MODELS = {
    'account.invoice': [
        'number', 'type', 'state', 'invoice_date', 'untaxed_amount', 'tax_amount', 'total_amount',
        'amount_to_pay', 'party', 'credits', 'self_billed'],
    'account.invoice.line': ['description', 'quantity', 'unit_price', 'amount', 'invoice', 'account',
        'taxes'],
    'account.move': ['number', 'date', 'state', 'journal', 'origin', 'lines'],
    'account.invoice.objection': ['date', 'reason', 'correction'],
    'account.invoice.payment_link.payment': ['amount', 'currency', 'state', 'problem'],
    'party.party': ['name', 'active'], 'party.identifier': ['type', 'code', 'party'],
    'product.product': ['code', 'name'], 'flat_rate.project': ['name', 'status', 'price'],
    'flat_rate.offer': ['number', 'issue_date'], 'flat_rate.delivery_note': ['number', 'issue_date'],
    'archive.document': ['name', 'sha512', 'sha256'], 'outbox': ['event', 'subject', 'payload'],
    'account.fiscalyear': ['name', 'state', 'start_date', 'end_date'], 'account.account': ['code', 'name'],
    }
"""Model → fields that a member reads"""
BOOKS = {
    'balance of accounts': """
        SELECT a.code, sum(l.debit)::text, sum(l.credit)::text, count(*)
        FROM account_move_line l JOIN account_account a ON a.id = l.account
        WHERE l.company = %s GROUP BY 1 ORDER BY 1""",
    'balance of parties': """
        SELECT a.code, l.party, sum(l.debit - l.credit)::text
        FROM account_move_line l JOIN account_account a ON a.id = l.account
        WHERE l.company = %s AND l.party IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2""",
    'moves': "SELECT state, count(*) FROM account_move WHERE company = %s GROUP BY 1 ORDER BY 1",
    'reconciliations': "SELECT count(*) FROM account_move_reconciliation WHERE company = %s",
    'tax lines': """
        SELECT t.name, sum(l.amount)::text, count(*)
        FROM account_tax_line l JOIN account_tax t ON t.id = l.tax
        WHERE l.company = %s GROUP BY 1 ORDER BY 1""",
    'documents': """
        SELECT d.position, d.sha512, d.sha256, octet_length(c.data), encode(sha256(c.data), 'hex')
        FROM archive_document d JOIN archive_content c ON c.id = d.content
        WHERE d.company = %s ORDER BY d.id""",
    'events': "SELECT event, subject, payload FROM outbox WHERE company = %s ORDER BY id",
    'idempotency keys': """
        SELECT method, path, key, fingerprint, status FROM rest_idempotency WHERE company = %s ORDER BY id""",
    'keys': "SELECT id, scheme, prefix, abilities, revoked IS NULL FROM tenant_credential"
        " WHERE company = %s ORDER BY id",
    'reports': "SELECT count(*) FROM account_invoice_payment_link_event WHERE company = %s",
    'plan': """
        SELECT plan, features::json::text, tenant_state, timezone, chart
        FROM company_company WHERE id = %s""",
    }
"""What → query of a tenant"""


def paths(connection, company):
    """Return what can be asked for of a tenant"""
    found = list(LISTS)
    for path, query in RECORDS.items():
        found += [path.format(id) for id, in connection.execute(query, (company,))]
    return found


def answers(billing, asked):
    """Return {path: what is answered}: JSON as it was sent, of other bytes their hash"""
    return {path: _shown(billing.get(path)) for path in asked}


def _shown(answer):
    found = {'status': answer.status_code}
    found |= {name: answer.headers[name] for name in HEADERS if name in answer.headers}
    if answer.mimetype == 'application/json':
        return found | {'body': answer.data.decode()}
    return found | {'bytes': len(answer.data), 'sha512': hashlib.sha512(answer.data).hexdigest()}


def records(client):
    """Return {model: rows} as a member reads them"""
    return {model: _rows(client, model, names) for model, names in MODELS.items()}


def _rows(client, model, names):
    ids = client.call(f'{model}.search', [], 0, None, [('id', 'ASC')])
    rows = sorted(client.call(f'{model}.read', ids, names), key=lambda row: row['id'])
    return json.loads(json.dumps([{n: row[n] for n in ('id', *names)} for row in rows], default=str))


def books(connection, company):
    """Return {what: rows} of a tenant"""
    return {
        name: json.loads(json.dumps(connection.execute(query, (company,)).fetchall()))
        for name, query in BOOKS.items()}
