"""Tenants and issued invoices by the thousand: copies of real ones, in a few statements.

The result passes scripts/check: numbers continue without a gap, moves balance, the archive's chain is
computed link by link. The copies of a document share its bytes.
"""
from psycopg.sql import SQL, Literal

from . import copies

_PERSONAL = (
    'ir_session', 'ir_session_wizard', 'ir_queue', 'ir_model_log', 'rest_idempotency', 'rest_request',
    'res_user_device', 'res_user_application', 'res_user_warning', 'res_notification', 'ir_avatar',
    'ir_avatar_cache')
"""Tables of users and processes, which are not copied with a tenant"""
_SERIES = {
    'account_invoice': "SELECT i.id, i.sequence, i.number FROM account_invoice i",
    'account_move': """
        SELECT m.id, coalesce(p.move_sequence, y.move_sequence), m.number FROM account_move m
        JOIN account_period p ON p.id = m.period JOIN account_fiscalyear y ON y.id = p.fiscalyear""",
    }
"""Table → statement that returns id, series and number of its rows"""
_START = '0' * 64


def invoices(connection, company, wanted):
    """Copy a tenant's issued invoices in turn, until it has ``wanted``.

    Returns their number afterwards; more than ``wanted`` stay. connection: the superuser's, in a transaction.
    """
    have = _issued(connection, company)
    if not have:
        raise ValueError(f'company {company} has no issued invoice to copy')
    turns, rest = divmod(max(0, wanted - len(have)), len(have))
    if turns:
        _multiply(connection, company, have, turns)
    if rest:
        _multiply(connection, company, have[:rest], 1)
    return len(have) * (1 + turns) + rest


def _issued(connection, company):
    return [id for id, in connection.execute(
        "SELECT id FROM account_invoice WHERE company = %s AND type = 'out' AND state = 'posted'"
        " ORDER BY id", (company,))]


def _multiply(connection, company, ids, times):
    copier = copies.Copier(connection, without=_PERSONAL)
    copier.add('account_invoice', SQL("id = ANY(%s)"), ids)
    copier.add_dependent()
    copier.number()
    for table in _SERIES:
        _number_copies(copier, table, times)
    _name_documents(copier)
    _link(copier, company, times)
    copier.copy(times)
    connection.execute("DROP TABLE counted, linked")
    copier.close()


def _number_copies(copier, table, times):
    """Number the copies in their series, and advance the series"""
    connection = copier.connection
    connection.execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS counted (relation text, old int, prefix text, width int,"
        " first bigint, step int, PRIMARY KEY (relation, old))")
    connection.execute(SQL(
        "INSERT INTO counted SELECT {name}, found.id, regexp_replace(found.number, '\\d+$', ''),"
        " length(substring(found.number from '\\d+$')), s.number_next_internal - 1"
        " + row_number() OVER (PARTITION BY s.id ORDER BY found.id), count(*) OVER (PARTITION BY s.id)"
        " FROM ({series}) AS found (id, series, number) JOIN ir_sequence_strict s ON s.id = found.series"
        " JOIN rank ON rank.relation = {name} AND rank.old = found.id").format(
        name=Literal(table), series=SQL(_SERIES[table])))
    connection.execute(SQL(
        "UPDATE ir_sequence_strict s SET number_next_internal = number_next_internal + {times} * found.number"
        " FROM (SELECT series, count(*) AS number FROM ({series}) AS all_rows (id, series, number)"
        " JOIN rank ON rank.relation = {name} AND rank.old = all_rows.id GROUP BY series) found"
        " WHERE s.id = found.series").format(
        times=Literal(times), name=Literal(table), series=SQL(_SERIES[table])))
    copier.join(table, SQL("JOIN counted ON counted.relation = {} AND counted.old = row.id").format(
        Literal(table)))
    copier.override(table, 'number', _NUMBER)
    if table == 'account_invoice':
        copier.override(table, 'position', SQL(
            "CASE WHEN row.issued_at IS NOT NULL THEN (SELECT max(\"position\") FROM account_invoice last"
            " WHERE last.company = row.company AND last.type = row.type)"
            " + turns.turn * own.number + own.rank END"))
        copier.override(table, 'number_alnum', SQL("regexp_replace({}, '[\\W_]', '', 'g')").format(_NUMBER))
        copier.override(table, 'number_digit', SQL(
            "right(regexp_replace({}, '\\D', '', 'g'), 18)::bigint").format(_NUMBER))


_COUNT = SQL("(counted.first + turns.turn * counted.step)::text")
_NUMBER = SQL("counted.prefix || lpad({0}, greatest(counted.width, length({0})), '0')").format(_COUNT)


def _name_documents(copier):
    """Put the new number in place of the old one in the name of a document"""
    copier.join('archive_document', SQL(
        "JOIN account_invoice owning ON row.owner = 'account.invoice,' || owning.id"
        " JOIN counted ON counted.relation = 'account_invoice' AND counted.old = owning.id"))
    copier.override('archive_document', 'name', SQL("replace(row.name, owning.number, {})").format(_NUMBER))


def _link(copier, company, times):
    """Compute position and chain of the copied documents, after the tenant's last one"""
    connection = copier.connection
    position, chain = connection.execute(
        "SELECT position, chain FROM archive_document WHERE company = %s ORDER BY position DESC LIMIT 1",
        (company,)).fetchone()
    _link_copies(copier, times, lambda turn: None if turn else (position, chain))


def _link_copies(copier, times, begin):
    """Fill the table ``linked`` with position and chain of each new document, and update the copies from it.

    begin: function(turn) → (position, chain) from which the turn continues, None for the previous turn.
    """
    from trytond.modules.archive.chain import link
    connection = copier.connection
    documents = connection.execute("""
        SELECT own.base, own.number, own.rank, d.sha512, d.issued_at, split_part(d.owner, ',', 1),
            o.base, o.number, o.rank
        FROM archive_document d JOIN rank own ON own.relation = 'archive_document' AND own.old = d.id
        JOIN rank o ON d.owner = o.model || ',' || o.old ORDER BY d.company, d.position""").fetchall()
    connection.execute(
        "CREATE TEMPORARY TABLE linked (id int PRIMARY KEY, position int, chain text)")
    last = None
    with connection.cursor().copy("COPY linked FROM STDIN") as rows:
        for turn in range(times):
            position, chain = begin(turn) or last
            for base, number, rank, sha512, issued_at, model, *owner in documents:
                owner_id = owner[0] + turn * owner[1] + owner[2]
                position, chain = position + 1, link(chain, sha512, f'{model},{owner_id}', issued_at)
                rows.write_row((base + turn * number + rank, position, chain))
            last = position, chain
    copier.join('archive_document', SQL("JOIN linked ON linked.id = {}").format(copies.NEW_ID))
    for name in ('position', 'chain'):
        copier.override('archive_document', name, SQL(f"linked.{name}"))


# Tenants

def tenants(connection, source, shard, number):
    """Copy a tenant with all its rows ``number`` times; return [(company id, billing key, login)].

    The members' passwords are those of the source. connection: the superuser's, in a transaction.
    """
    if number < 1:
        return []
    copier = copies.Copier(connection, without=_PERSONAL)
    copier.add_tenant(source)
    copier.number()
    _accounts(copier)
    _link_copies(copier, number, lambda turn: (0, _START))
    found = _keys(copier, source, shard, number)
    copier.copy(number)
    connection.execute("DROP TABLE linked, issued")
    copier.close()
    return found


def _accounts(copier):
    """Set the intervals of the copied accounts: each is its own interval of the nested set"""
    copier.override('account_account', 'left', SQL("2 * ({})").format(copies.NEW_ID))
    copier.override('account_account', 'right', SQL("2 * ({}) + 1").format(copies.NEW_ID))


def _keys(copier, source, shard, number):
    """Create a key and logins for each copy"""
    from trytond.modules.tenant.credential import new_key
    connection = copier.connection
    company, = connection.execute(
        "SELECT base + rank FROM rank WHERE relation = 'company_company'").fetchone()
    login, = connection.execute(
        "SELECT regexp_replace(login, '[0-9]+$', '') FROM res_user"
        " WHERE company = %s AND login NOT LIKE 'api@%%' ORDER BY id LIMIT 1", (source,)).fetchone()
    connection.execute(
        "CREATE TEMPORARY TABLE issued (turn int PRIMARY KEY, company int, prefix text, hash text)")
    found = []
    with connection.cursor().copy("COPY issued FROM STDIN") as rows:
        for turn in range(number):
            key, prefix, hash_ = new_key('billing', shard)
            rows.write_row((turn, company + turn, prefix, hash_))
            found.append((company + turn, key, f'{login}{company + turn}'))
    for table in ('tenant_credential', 'res_user'):
        copier.join(table, SQL("JOIN issued ON issued.turn = turns.turn"))
    copier.override('tenant_credential', 'prefix', SQL("issued.prefix"))
    copier.override('tenant_credential', 'hash', SQL("issued.hash"))
    copier.override('res_user', 'login', SQL(
        "regexp_replace(row.login, '[0-9]+$', '') || issued.company"))
    return found


def settle(connection):
    """Update the planner's statistics; outside a transaction"""
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")
