"""Offers and delivery notes of one tenant or of all: no number is missing, each has its document."""
from trytond.i18n import gettext
from trytond.modules.document_issue.validate import gaps
from trytond.modules.kernel.check import Finding, select

_NUMBERS = """
SELECT 'flat_rate.offer' AS model, company, id, number, sequence FROM flat_rate_offer
WHERE company = coalesce(%(company)s, company)
UNION ALL
SELECT 'flat_rate.delivery_note', company, id, number, sequence FROM flat_rate_delivery_note
WHERE company = coalesce(%(company)s, company)
"""
_PAPERS = """
WITH papers AS (
    SELECT 'flat_rate.offer' AS model, company, id, number FROM flat_rate_offer
    UNION ALL SELECT 'flat_rate.delivery_note', company, id, number FROM flat_rate_delivery_note
), documents AS (
    SELECT * FROM archive_document WHERE owner ~ '^flat_rate[.](offer|delivery_note),'
)
SELECT coalesce(p.company, d.company), p.model, p.id, p.number, d.id, d.name
FROM papers p FULL JOIN documents d ON d.owner = p.model || ',' || p.id AND d.company = p.company
WHERE (p.id IS NULL OR d.id IS NULL)
    AND coalesce(p.company, d.company) = coalesce(%(company)s, p.company, d.company)
ORDER BY 1, 2, 3, 5
"""


def validate_project_numbers(company):
    """Numbers of offers and delivery notes have no gap and none is given twice"""
    yield from gaps(_NUMBERS, company)


def validate_project_documents(company):
    """Every offer and delivery note has its archived document, every such document its record"""
    for tenant, model, paper, number, document, name in select(_PAPERS, company):
        if document is None:
            yield Finding(tenant, model, paper, gettext(
                    'flat_rate_project.msg_document_missing', number=number))
        else:
            yield Finding(tenant, 'archive.document', document, gettext(
                    'flat_rate_project.msg_document_alone', document=name))
