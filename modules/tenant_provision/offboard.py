"""Sending a tenant off: nothing works any more, nothing is lost, everything is handed over.

Keys and sessions end, members are deactivated, the books and documents stay for as long as the law wants
them. The tenant gets a zip: one JSON file per table, one file per document.
"""
import json
import zipfile

from psycopg.sql import SQL, Identifier
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.tenant.ownership import company_column, owned_models
from .provision import set_state

LEFT_OUT = {'ir.session', 'ir.session.wizard', 'res.user.device', 'tenant.credential', 'ir.queue'}
SECRET_COLUMNS = {'password_hash', 'password_reset', 'key'}
BATCH = 1000


def offboard(company, path):
    """End a tenant's access and write its zip to ``path``; may be repeated"""
    set_state(company, 'offboarded')
    connection = Transaction().connection
    connection.execute(
        "UPDATE tenant_credential SET revoked = CURRENT_TIMESTAMP"
        " WHERE company = %s AND revoked IS NULL", (company,))
    connection.execute("UPDATE res_user SET active = false WHERE company = %s", (company,))
    connection.execute("DELETE FROM ir_session WHERE company = %s", (company,))
    export(company, path)


def export(company, path):
    """Write every row of the tenant into a zip: table.json, and binary columns as files of their own"""
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, Model in owned_models(Pool()).items():
            if name not in LEFT_OUT and not getattr(Model, '__never_exported__', False):
                _table(archive, Model, company)


def _table(archive, Model, company):
    files = []
    with Transaction().connection.cursor() as cursor:
        cursor.execute(SQL("SELECT * FROM {} WHERE {} = %s ORDER BY id").format(
                Identifier(Model._table), Identifier(company_column(Model))), (company,))
        columns = [column.name for column in cursor.description]
        if not cursor.rowcount:
            return
        with archive.open(f'{Model._table}.json', 'w') as out:
            out.write(b'[')
            comma = b'\n'
            while rows := cursor.fetchmany(BATCH):
                for values in rows:
                    row = dict(zip(columns, values, strict=True))
                    out.write(comma + json.dumps(_plain(Model, row, files), default=str).encode())
                    comma = b',\n'
            out.write(b'\n]\n')
    for name, content in files:
        archive.writestr(name, content)


def _plain(Model, row, files):
    """Return the row without secrets; bytes go to ``files`` and leave their name"""
    plain = {}
    for column, value in row.items():
        if column in SECRET_COLUMNS:
            continue
        if isinstance(value, bytes | memoryview):
            label = row.get('name') or f"{row['id']}-{column}"
            name = f"{Model._table}/{row['id']}/{str(label).replace('/', '_')}"
            files.append((name, bytes(value)))
            value = name
        plain[column] = value
    return plain
