"""The rules of double entry, checked over the posted moves of one tenant or of all.

Sub-ledger: the open amounts per customer or supplier; control account: the receivable or payable account.
"""
from trytond.i18n import gettext
from trytond.modules.kernel.check import Finding, select

_BALANCE = """
SELECT m.company, m.id, m.number, sum(l.debit), sum(l.credit)
FROM account_move m JOIN account_move_line l ON l.move = m.id
WHERE m.state = 'posted' AND m.company = coalesce(%(company)s, m.company)
GROUP BY m.id HAVING sum(l.debit) <> sum(l.credit) ORDER BY m.company, m.id
"""
_RECONCILIATION = """
SELECT r.company, r.id, r.number, sum(l.debit - l.credit)
FROM account_move_reconciliation r LEFT JOIN account_move_line l ON l.reconciliation = r.id
WHERE r.company = coalesce(%(company)s, r.company)
GROUP BY r.id HAVING sum(l.debit - l.credit) IS DISTINCT FROM 0 ORDER BY r.company, r.id
"""
_CONTROL = """
SELECT a.company, a.id, a.code, sum(l.debit - l.credit),
    sum(l.debit - l.credit) FILTER (WHERE l.party IS NOT NULL)
FROM account_account a JOIN account_account_type t ON t.id = a.type AND (t.receivable OR t.payable)
    JOIN account_move_line l ON l.account = a.id JOIN account_move m ON m.id = l.move AND m.state = 'posted'
WHERE a.company = coalesce(%(company)s, a.company)
GROUP BY a.id HAVING count(*) FILTER (WHERE l.party IS NULL) > 0 ORDER BY a.company, a.id
"""
_OWED = """
SELECT i.company, i.id, i.number, i.total_amount_cache, coalesce(booked.amount, 0)
FROM account_invoice i JOIN company_company c ON c.id = i.company
    LEFT JOIN LATERAL (SELECT sum(l.debit - l.credit) * CASE i.type WHEN 'out' THEN 1 ELSE -1 END AS amount
        FROM account_move_line l WHERE l.move = i.move AND l.account = i.account) booked ON true
WHERE i.state IN ('posted', 'paid', 'cancelled') AND i.move IS NOT NULL AND i.currency = c.currency
    AND i.company = coalesce(%(company)s, i.company)
    AND i.total_amount_cache IS DISTINCT FROM coalesce(booked.amount, 0)
ORDER BY i.company, i.id
"""
_SETTLED = """
SELECT i.company, i.id, i.number, i.state
FROM account_invoice i JOIN LATERAL (SELECT bool_and(l.reconciliation IS NOT NULL) AS done
    FROM account_move_line l WHERE l.account = i.account AND (l.move = i.move OR l.move IN (
        SELECT move FROM "account_invoice-additional-account_move" WHERE invoice = i.id))) lines ON true
WHERE i.state IN ('posted', 'paid') AND i.company = coalesce(%(company)s, i.company)
    AND coalesce(lines.done, false) <> (i.state = 'paid')
ORDER BY i.company, i.id
"""


def validate_moves_balanced(company):
    """Debits equal credits, per move"""
    for tenant, id, number, debit, credit in select(_BALANCE, company):
        yield Finding(tenant, 'account.move', id, gettext(
                'account_immutable.msg_move_unbalanced', move=number, debit=debit, credit=credit))


def validate_reconciliations_zero(company):
    """The lines of a reconciliation add up to zero"""
    for tenant, id, number, rest in select(_RECONCILIATION, company):
        yield Finding(tenant, 'account.move.reconciliation', id, gettext(
                'account_immutable.msg_reconciliation_rest', reconciliation=number, rest=rest or 0))


def validate_control_accounts(company):
    """The control account equals its sub-ledger: each line has a party, each document its booked amount"""
    for tenant, id, code, balance, parties in select(_CONTROL, company):
        yield Finding(tenant, 'account.account', id, gettext(
                'account_immutable.msg_control_account', account=code, balance=balance, parties=parties or 0))
    for tenant, id, number, total, booked in select(_OWED, company):
        yield Finding(tenant, 'account.invoice', id, gettext(
                'account_immutable.msg_invoice_booked', invoice=number, total=total, booked=booked))


def validate_invoices_settled(company):
    """An invoice is paid if and only if its receivable or payable lines are reconciled"""
    for tenant, id, number, state in select(_SETTLED, company):
        message = 'msg_invoice_not_settled' if state == 'paid' else 'msg_invoice_settled'
        yield Finding(tenant, 'account.invoice', id, gettext(
                f'account_immutable.{message}', invoice=number))
