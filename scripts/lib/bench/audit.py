"""Invariants after a crash, queried from PostgreSQL as the owner, apart from the code that wrote the rows.

Each function returns sentences, none without a violation. company: ids of the tenants to check.
"""
import hashlib
import json
import re
import subprocess
import sys

import psycopg

from ..install.bootstrap import ROOT

START = '0' * 64
_HALF = {
    'invoice without a posted move': """
        SELECT i.id FROM account_invoice i LEFT JOIN account_move m ON m.id = i.move
        WHERE i.company = ANY(%s) AND i.type = 'out'
        AND (m.id IS NULL OR m.state != 'posted' OR m.number IS NULL)""",
    'invoice that is neither issued nor paid': """
        SELECT id FROM account_invoice
        WHERE company = ANY(%s) AND type = 'out' AND state NOT IN ('posted', 'paid')""",
    'invoice without lines': """
        SELECT i.id FROM account_invoice i WHERE i.company = ANY(%s)
        AND NOT EXISTS (SELECT FROM account_invoice_line l WHERE l.invoice = i.id)""",
    'invoice without its document': """
        SELECT i.id FROM account_invoice i WHERE i.company = ANY(%s) AND i.type = 'out'
        AND NOT EXISTS (SELECT FROM archive_document d WHERE d.owner = 'account.invoice,' || i.id)""",
    'document without its invoice': """
        SELECT d.id FROM archive_document d WHERE d.company = ANY(%s) AND d.owner LIKE 'account.invoice,%%'
        AND NOT EXISTS (SELECT FROM account_invoice i WHERE d.owner = 'account.invoice,' || i.id)""",
    'document whose bytes are not the sealed ones': """
        SELECT d.id FROM archive_document d LEFT JOIN archive_content c ON c.id = d.content
        WHERE d.company = ANY(%s) AND encode(sha512(c.data), 'hex') IS DISTINCT FROM d.sha512""",
    'move of no invoice': """
        SELECT m.id FROM account_move m WHERE m.company = ANY(%s) AND m.origin LIKE 'account.invoice,%%'
        AND NOT EXISTS (SELECT FROM account_invoice i WHERE i.move = m.id)""",
    'move that does not balance': """
        SELECT m.id FROM account_move m LEFT JOIN account_move_line l ON l.move = m.id
        WHERE m.company = ANY(%s) GROUP BY m.id
        HAVING coalesce(sum(l.debit) != sum(l.credit), true)""",
    'invoice that was not announced once': """
        SELECT i.id FROM account_invoice i WHERE i.company = ANY(%s) AND i.type = 'out'
        AND (SELECT count(*) FROM outbox e WHERE e.subject = 'account.invoice,' || i.id
            AND e.event = 'invoice.created') != 1""",
    'key without its answer': """
        SELECT id FROM rest_idempotency WHERE company = ANY(%s) AND status IS NULL""",
    }
"""Finding → statement that returns the ids of incomplete records"""
_NUMBERS = """
    SELECT i.sequence, s.number_next_internal, array_agg(i.number) FROM account_invoice i
    JOIN ir_sequence_strict s ON s.id = i.sequence WHERE i.company = ANY(%s) GROUP BY 1, 2"""
_MOVES = """
    SELECT s.id, s.number_next_internal, array_agg(m.number) FROM account_move m
    JOIN account_period p ON p.id = m.period JOIN account_fiscalyear y ON y.id = p.fiscalyear
    JOIN ir_sequence_strict s ON s.id = coalesce(p.move_sequence, y.move_sequence)
    WHERE m.company = ANY(%s) AND m.state = 'posted' GROUP BY 1, 2"""
_STORED = "SELECT id, number FROM account_invoice WHERE company = ANY(%s) AND type = 'out'"
_CHAIN = """
    SELECT company, position, sha512, owner, issued_at, chain FROM archive_document
    WHERE company = ANY(%s) ORDER BY company, position"""



def audit(dsn, companies, posts, before):
    """Return all violations in the books of some companies and the answers of all posts.

    before: the result of `stored` before the first of the posts.
    """
    with psycopg.connect(dsn) as connection:
        def ask(statement):
            return connection.execute(statement, [list(companies)]).fetchall()
        return [
            *halves(ask), *gaps('invoices', ask(_NUMBERS)), *gaps('moves', ask(_MOVES)),
            *broken_chain(ask(_CHAIN)), *answers(posts), *mismatches(posts, set(ask(_STORED)) - before)]


def stored(dsn, companies):
    """Return {(id, number)} of the invoices of some companies"""
    with psycopg.connect(dsn) as connection:
        return set(connection.execute(_STORED, [list(companies)]))


def checked(data):
    """Return the findings of scripts/check in a running installation"""
    process = subprocess.run(
        [sys.executable, str(ROOT / 'scripts' / 'check'), '--data', str(data), '--json'],
        capture_output=True, text=True)
    if process.returncode not in (0, 1) or not process.stdout:
        return [f'ended with code {process.returncode}: {process.stderr[-2000:]}']
    return json.loads(process.stdout)


def halves(ask):
    return [f'{name}: {id}' for name, statement in _HALF.items() for id, in ask(statement)]


def gaps(what, rows):
    """Find missing and duplicate numbers. rows: (series, its next number, all numbers)"""
    found = []
    for series, following, numbers in rows:
        counted = sorted(int(re.search(r'\d+$', number)[0]) for number in numbers)
        wanted = list(range(1, following))
        if counted != wanted:
            found.append(
                f'{what} of series {series}: missing {sorted(set(wanted) - set(counted))},'
                f' {len(counted)} numbers up to {following - 1}')
    return found


def broken_chain(rows):
    """Recompute the archive's chain: SHA-256 of the previous link, hash, owner and moment"""
    found, last, expected = [], None, (0, START)
    for company, position, sha512, owner, issued_at, chain in rows:
        if company != last:
            last, expected = company, (0, START)
        text = f'{expected[1]}{sha512}{owner}{issued_at.isoformat(timespec="seconds")}Z'
        wanted = hashlib.sha256(text.encode()).hexdigest()
        if (position, chain) != (expected[0] + 1, wanted):
            found.append(f'chain of company {company} breaks at position {position}')
        expected = position, chain
    return found


def answers(posts):
    """Find keys without exactly one invoice of their own, the same in every answer"""
    found = [
        f'key {post.key}: answers {sorted(set(post.answers))} {post.refused} after {post.tries}'
        for post in posts if len(set(post.answers)) != 1 or post.refused or not post.replayed]
    ids = [id for post in posts for id in {id for id, _ in post.answers}]
    if len(ids) != len(set(ids)):
        found.append('two keys were answered with the same invoice')
    return found


def mismatches(posts, rows):
    """Compare the answers to clients with the rows stored since"""
    told = {answer for post in posts for answer in post.answers}
    return [
        *(f'answered but not stored: {answer}' for answer in sorted(told - rows)),
        *(f'stored but never answered: {row}' for row in sorted(rows - told))]
