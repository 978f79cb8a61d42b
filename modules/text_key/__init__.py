"""Keys of texts: how names are compared, sorted and searched without a word to the database.

PostgreSQL may come without ICU, and its collation differs from server to server. Whatever must
compare the same everywhere is therefore folded in Python and stored beside the text.
"""
from .key import Key, contains, match_key, sort_key

__all__ = ['Key', 'contains', 'match_key', 'sort_key']
