"""Attachments stand in the database, behind its walls.

In stock's folder of files a name is the hash of the content, for all companies together: whoever deletes
a letter would take it from everybody who has the same.
"""
from trytond.pool import PoolMeta


class Attachment(metaclass=PoolMeta):
    __name__ = 'ir.attachment'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.data.file_id = cls.data.store_prefix = None
