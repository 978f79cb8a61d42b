"""The log of all requests: the operator's table, of which each tenant sees his own lines.

Written by ``journal``, in batches, without a tenant; a line without a company (a wrong key, an
unknown path) is the operator's alone. No bodies, no query strings, no secrets.
"""
import datetime as dt
import json

from psycopg.sql import SQL, Identifier
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.transaction import Transaction

from trytond.modules.tenant.ownership import READ, OperatorOwned
from trytond.modules.tenant.scope import CURRENT

from .exchange import utcnow

KEEP_DAYS = 90
_COLUMNS = {
    'moment': 'timestamp', 'company': 'int', 'contract': 'text', 'operation': 'text', 'request': 'text',
    'method': 'text', 'path': 'text', 'status': 'int', 'duration': 'float', 'address': 'text',
    'credential': 'int', 'key_prefix': 'text'}
"""What a line is made of, with the type of each column"""
# One parameter, whatever the number of lines: a placeholder per value costs more than all the rest
_INSERT = SQL(
    "INSERT INTO rest_request ({names}) SELECT {names} FROM json_to_recordset(%s) AS line ({types})").format(
    names=SQL(', ').join(map(Identifier, _COLUMNS)),
    types=SQL(', ').join(SQL('{} {}').format(Identifier(n), SQL(t)) for n, t in _COLUMNS.items()))


class RequestLog(OperatorOwned, ModelSQL, ModelView):
    """Request Log"""
    __name__ = 'rest.request'
    _rec_name = 'request'
    _order_name = 'moment'
    __web_rights__ = 'SELECT, INSERT'
    __worker_rights__ = 'SELECT, DELETE'
    __member_rights__ = READ

    moment = fields.Timestamp("Moment", required=True, readonly=True)
    company = fields.Many2One('company.company', "Company", readonly=True, ondelete='SET NULL')
    contract = fields.Char("Contract", readonly=True)
    operation = fields.Char("Operation", readonly=True)
    request = fields.Char("Request ID", required=True, readonly=True)
    method = fields.Char("Method", required=True, readonly=True)
    path = fields.Char("Path", required=True, readonly=True)
    status = fields.Integer("Status", required=True, readonly=True)
    duration = fields.Float("Duration", required=True, readonly=True, help="In milliseconds.")
    address = fields.Char("IP Address", readonly=True)
    credential = fields.Integer("Credential", readonly=True)
    key_prefix = fields.Char("Key Prefix", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('moment', 'DESC'), ('id', 'DESC')]
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.company, Index.Equality()), (table.moment, Index.Range())),
                Index(table, (table.moment, Index.Range())),
                })

    @classmethod
    def __raise_walls__(cls, cursor, roles):
        """The web role adds lines for anybody and reads its tenant's; the worker cleans up.

        Called as the owner of the tables, with the names of the two roles.
        """
        table, web, worker = map(Identifier, (cls._table, roles.web, roles.worker))
        mine = SQL("company = " + CURRENT)
        cursor.execute(SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table))
        for name, rule in [
                ('log_insert', SQL("FOR INSERT TO {} WITH CHECK (true)").format(web)),
                ('log_read', SQL("FOR SELECT TO {} USING ({})").format(web, mine)),
                ('log_clean', SQL("TO {} USING (true)").format(worker))]:
            name = Identifier(name)
            cursor.execute(SQL("DROP POLICY IF EXISTS {} ON {}").format(name, table))
            cursor.execute(SQL("CREATE POLICY {} ON {} ").format(name, table) + rule)
        # How many calls all tenants make is not for one of them to see
        cursor.execute(SQL("REVOKE SELECT ON SEQUENCE {} FROM {}").format(
                Identifier(f'{cls._table}_id_seq'), web))

    @classmethod
    def write_entries(cls, entries):
        """Insert journal entries in one statement"""
        lines = json.dumps([_line(entry) for entry in entries])
        Transaction().connection.cursor().execute(_INSERT, (lines,))

    @classmethod
    def clean(cls):
        """Delete lines older than KEEP_DAYS: run daily"""
        query = old_lines(cls.__table__(), utcnow())
        Transaction().connection.cursor().execute(*query)


def old_lines(table, now):
    """Return the deletion of lines that are no longer kept at a moment (naive UTC)"""
    return table.delete(where=table.moment < now - dt.timedelta(days=KEEP_DAYS))


def _line(entry):
    """Return a journal entry as an object of JSON: names and values of _COLUMNS"""
    return {
        'moment': entry.moment.isoformat(), 'company': entry.company, 'contract': entry.contract,
        'operation': entry.operation, 'request': entry.request_id, 'method': entry.method, 'path': entry.path,
        'status': entry.status, 'duration': entry.duration, 'address': entry.address,
        'credential': entry.credential, 'key_prefix': entry.key_prefix}
