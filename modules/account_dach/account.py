"""Flat accounts, and names in both languages.

Stock Tryton keeps the accounts of all companies in one nested set, which every new account renumbers. Here no
account has a parent (the tree consists of the account types), so each account is an interval of its own:
left = 2·id, right = 2·id + 1. All balance queries of stock, which join on these two columns, stay correct.
"""
from sql import Null
from trytond.model import Check, fields
from trytond.pool import PoolMeta
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from . import tables


class Type(metaclass=PoolMeta):
    __name__ = 'account.account.type'
    name_en = fields.Char("English Name")
    law = fields.Char(
        "Law", readonly=True, help="The provision that asks for this line of the statements.")


class Account(metaclass=PoolMeta):
    __name__ = 'account.account'
    name_en = fields.Char("English Name")
    datev_key = fields.Char(
        "DATEV Key", size=4,
        help="The tax key DATEV posts with by itself on this automatic account.")
    datev_automatic = fields.Boolean(
        "DATEV Automatic Account", help="DATEV works out the tax of a booking on this account by itself.")
    bwa_line = fields.Selection(
        [(None, "")] + [
            (row['line'], f"{row['line']} {row['name_en']}")
            for row in tables.bwa_lines() if not row['parts']],
        "BWA Line", sort=False, help="Line of the short-term income statement that the account counts in.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append((
                'flat', Check(table, table.parent == Null), 'account_dach.msg_account_flat'))
        for field in (cls.parent, cls.childs):
            field.states['invisible'] = True
        cls.parent.states['readonly'] = True

    @classmethod
    def _update_mptt(cls, field_names, list_ids, values=None):
        table = cls.__table__()
        for ids in list_ids:
            for slice_ in grouped_slice(list(ids)):
                cls._flatten(table, fields.SQL_OPERATORS['in'](table.id, list(slice_)))

    @classmethod
    def _rebuild_tree(cls, parent, parent_id, left):
        table = cls.__table__()
        cls._flatten(table, (table.left != table.id * 2) | (table.right != table.id * 2 + 1))
        return left + 1

    @staticmethod
    def _flatten(table, where):
        Transaction().connection.cursor().execute(*table.update(
                [table.left, table.right], [table.id * 2, table.id * 2 + 1], where=where))
