"""Errors of items and units that cannot be stored or deleted"""
from trytond.exceptions import UserError
from trytond.modules.kernel.exceptions import FieldError


class ItemKeyExists(UserError):
    """Another item has the key ``item_key``: ``item`` is its id"""
    code = 'itemkey_exists'

    def __init__(self, message, item=None, item_key=None):
        super().__init__(message)
        self.item = item
        self.item_key = item_key


class UnitInUse(UserError):
    code = 'unit_in_use'


class UnitNotFound(FieldError):
    """A custom unit does not exist or belongs to another tenant"""
    code = 'not_found'
