"""Immutable books: posted moves balance, and posted or issued records do not change.

The declarations are in ``move`` and ``invoice``; the triggers are those of the module ``immutable``.
``validate`` finds violations that exist nevertheless.
"""
