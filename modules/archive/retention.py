"""Retention periods: years from the end of the calendar year of issue.

Rows are (valid from, years), by country and kind; the newest row not after the issue date applies. Vouchers:
§ 14b (1) UStG and § 147 (3) AO as of 2025 (BEG IV, for all not yet expired then), § 132 (1) BAO. Books: § 147
(3) AO.
"""
import datetime as dt

_ALWAYS = dt.date.min
YEARS = {
    ('DE', 'voucher'): [(_ALWAYS, 10), (dt.date(2015, 1, 1), 8)],
    ('DE', 'book'): [(_ALWAYS, 10)],
    ('AT', 'voucher'): [(_ALWAYS, 7)],
    ('AT', 'book'): [(_ALWAYS, 7)],
    }
LONGEST = 10


def kept_until(country, kind, issued):
    """Return the last day of the retention; ``country`` is alpha-2, ``kind`` voucher or book"""
    rows = YEARS.get((country, kind), [(_ALWAYS, LONGEST)])
    years = max(row for row in rows if row[0] <= issued)[1]
    return dt.date(issued.year + years, 12, 31)
