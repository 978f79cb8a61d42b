"""Charts of accounts, taxes and fiscal years for Germany and Austria.

``data/`` holds the facts, one row each: accounts, account types, taxes with their dates, source and box of
the VAT return. ``template_company`` writes them into the company that new tenants are copied from;
``resolve`` finds the one tax of a country, kind, category, rate and date; ``ensure_fiscalyear`` makes the
year of a date.
"""
