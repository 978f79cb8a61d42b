"""Set-based reads of templates: any number in one statement, without the bytes of their logos"""
from sql import Column, Null
from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import cursor_dict
from trytond.transaction import Transaction

from trytond.modules.tenant.scope import current_company

COLUMNS = (
    'id', 'name', 'language', 'primary_color', 'secondary_color', 'font_name', 'is_tax_included',
    'apply_tax', 'tax_rate', 'tax_label', 'payment_qr_mode', 'payment_instructions',
    'e_invoice_profile', 'business_process_id', 'mail_title', 'mail_content', 'is_default')


def get_templates(ids=None):
    """Return {id: row} of the tenant's templates, the default first; only those in ``ids``, if given"""
    table = Pool().get('invoice.template').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            *(Column(table, name) for name in COLUMNS), (table.logo != Null).as_('has_logo'),
            where=_of_tenant(table, ids), order_by=[table.is_default.desc, table.id]))
    return {row['id']: row for row in cursor_dict(cursor)}


def get_logos(ids):
    """Return {id: (bytes, media type)} of the tenant's templates, {id: None} for one without a logo"""
    table = Pool().get('invoice.template').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(table.id, table.logo, table.logo_type, where=_of_tenant(table, ids)))
    return {
        id: (bytes(content), media_type) if content else None for id, content, media_type in cursor}


def _of_tenant(table, ids):
    # Row-level security has the same condition; this explicit one makes the index usable
    where = (table.company == current_company()) & table.active
    return where if ids is None else where & fields.SQL_OPERATORS['in'](table.id, list(ids))
