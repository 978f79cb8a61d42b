"""Numbers and documents of one tenant or of all: none is missing, none is there twice."""
from trytond.i18n import gettext
from trytond.modules.document_issue.validate import gaps
from trytond.modules.kernel.check import Finding, select

_NUMBERS = """
SELECT 'account.invoice' AS model, company, id, number, sequence FROM account_invoice
WHERE number IS NOT NULL AND sequence IS NOT NULL AND company = coalesce(%(company)s, company)
UNION ALL
SELECT 'account.move', m.company, m.id, m.number, coalesce(p.move_sequence, y.move_sequence)
FROM account_move m JOIN account_period p ON p.id = m.period
    JOIN account_fiscalyear y ON y.id = p.fiscalyear
WHERE m.number IS NOT NULL AND m.company = coalesce(%(company)s, m.company)
"""
_WITHOUT_DOCUMENT = """
SELECT i.company, i.id, i.number FROM account_invoice i
WHERE (i.type = 'out' OR i.self_billed)
    AND (i.number IS NOT NULL OR i.issued_at IS NOT NULL OR i.state IN ('posted', 'paid'))
    AND i.company = coalesce(%(company)s, i.company) AND NOT EXISTS (
        SELECT FROM archive_document d WHERE d.company = i.company AND d.owner = 'account.invoice,' || i.id)
ORDER BY i.company, i.id
"""
_WITHOUT_INVOICE = """
SELECT d.company, d.id, d.name FROM archive_document d
    LEFT JOIN account_invoice i ON d.owner = 'account.invoice,' || i.id AND i.company = d.company
WHERE d.owner LIKE 'account.invoice,%%' AND d.company = coalesce(%(company)s, d.company)
    AND (i.id IS NULL OR i.number IS NULL OR i.state NOT IN ('posted', 'paid', 'cancelled'))
ORDER BY d.company, d.id
"""
_POSITIONS = """
SELECT company, max(id), type, count(*), max("position") FROM account_invoice
WHERE issued_at IS NOT NULL AND company = coalesce(%(company)s, company)
GROUP BY company, type HAVING count(*) IS DISTINCT FROM max("position") ORDER BY company, type
"""


def validate_numbers(company):
    """Numbers of invoices and moves have no gap and none is given twice"""
    yield from gaps(_NUMBERS, company)


def validate_positions(company):
    """The issued documents of a type are counted without a gap"""
    for tenant, id, type, count, last in select(_POSITIONS, company):
        yield Finding(tenant, 'account.invoice', id, gettext(
                'account_invoice_issue.msg_position_gap', count=count, type=type, last=last))


def validate_documents(company):
    """Every issued invoice has its archived document, every such document its invoice"""
    for tenant, id, number in select(_WITHOUT_DOCUMENT, company):
        yield Finding(tenant, 'account.invoice', id, gettext(
                'account_invoice_issue.msg_document_missing', invoice=number or id))
    for tenant, id, name in select(_WITHOUT_INVOICE, company):
        yield Finding(tenant, 'archive.document', id, gettext(
                'account_invoice_issue.msg_document_alone', document=name))
