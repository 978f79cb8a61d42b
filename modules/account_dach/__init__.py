"""Charts of accounts, taxes and fiscal years for Germany and Austria.

``data/`` holds the facts, one row each: accounts, account types, taxes with their dates, source and box of
the VAT return. ``prepare`` writes them into the company from which new tenants are copied; ``delivery`` adds
later rows to existing companies; ``resolve`` finds the one tax of a country, kind, category, rate and date;
``ensure_fiscalyear`` makes the fiscal year of a date.
"""
