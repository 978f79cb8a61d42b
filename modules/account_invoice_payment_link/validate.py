"""Validation of payment links and payments, of one tenant or of all."""
from trytond.i18n import gettext
from trytond.modules.kernel.check import Finding, select

_USED = """
SELECT a.company, a.id, a.invoice FROM account_invoice_payment_link_attempt a
WHERE a.state = 'used' AND a.company = coalesce(%(company)s, a.company) AND NOT EXISTS (
    SELECT FROM account_invoice_payment_link l JOIN account_invoice i
        ON i.id = l.invoice AND i.company = l.company AND i.number IS NOT NULL
    WHERE l.company = a.company AND l.invoice = a.invoice AND l.provider_id = a.provider_id)
ORDER BY a.company, a.id
"""
_LINK = """
SELECT l.company, l.id, l.provider_id FROM account_invoice_payment_link l
    JOIN account_invoice i ON i.id = l.invoice
WHERE l.company = coalesce(%(company)s, l.company) AND (
    i.number IS NULL OR i.type <> 'out' OR l.amount <> i.total_amount_cache OR NOT EXISTS (
        SELECT FROM account_invoice_payment_link_attempt a
        WHERE a.company = l.company AND a.invoice = l.invoice AND a.state = 'used'))
ORDER BY l.company, l.id
"""
_PAYMENT = """
SELECT p.company, p.id, p.provider_id FROM account_invoice_payment_link_payment p
    LEFT JOIN account_move m ON m.id = p.move
WHERE p.company = coalesce(%(company)s, p.company) AND (
    p.state = 'booked' AND (m.id IS NULL OR p.problem IS NOT NULL)
    OR m.id IS NOT NULL AND (
        m.state <> 'posted' OR m.origin <> 'account.invoice,' || p.invoice
        OR p.amount <> (SELECT sum(debit) FROM account_move_line l WHERE l.move = m.id)))
ORDER BY p.company, p.id
"""
_TWICE = """
SELECT company, min(id), move FROM account_invoice_payment_link_payment
WHERE move IS NOT NULL AND company = coalesce(%(company)s, company)
GROUP BY company, move HAVING count(*) > 1 ORDER BY company, move
"""


def validate_payment_links(company):
    """Every used link belongs to an issued invoice and has its amount"""
    for tenant, id, invoice in select(_USED, company):
        yield Finding(tenant, 'account.invoice.payment_link.attempt', id, gettext(
                'account_invoice_payment_link.msg_attempt_alone', invoice=invoice))
    for tenant, id, link in select(_LINK, company):
        yield Finding(tenant, 'account.invoice.payment_link', id, gettext(
                'account_invoice_payment_link.msg_link_wrong', link=link))


def validate_online_payments(company):
    """Every booked payment has a posted move of its own with its amount"""
    for tenant, id, payment in select(_PAYMENT, company):
        yield Finding(tenant, 'account.invoice.payment_link.payment', id, gettext(
                'account_invoice_payment_link.msg_payment_wrong', payment=payment))
    for tenant, id, move in select(_TWICE, company):
        yield Finding(tenant, 'account.invoice.payment_link.payment', id, gettext(
                'account_invoice_payment_link.msg_payment_twice', move=move))
