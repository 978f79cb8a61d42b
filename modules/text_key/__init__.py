"""Text keys: comparison, sorting and search of names, independent of the database's collation.

PostgreSQL may be built without ICU, and its collation differs between servers. Texts that must compare the
same everywhere are therefore folded in Python, and the key is stored beside the text.
"""
from .key import Key, contains, match_key, sort_key

__all__ = ['Key', 'contains', 'match_key', 'sort_key']
