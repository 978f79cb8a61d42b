"""The hash chain and the retention periods"""
import datetime as dt
import hashlib

import pytest
from trytond.modules.archive.chain import START, link
from trytond.modules.archive.retention import kept_until

MOMENT = dt.datetime(2026, 5, 18, 16, 42, 17)


def test_a_link_is_the_hash_of_the_one_before_and_of_what_was_sealed():
    sha512 = hashlib.sha512(b'abc').hexdigest()
    text = '0' * 64 + sha512 + 'account.invoice,9' + '2026-05-18T16:42:17Z'
    assert link(START, sha512, 'account.invoice,9', MOMENT) == (
        hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.parametrize('change', [
    {'previous': '1' * 64}, {'sha512': 'b' * 128}, {'owner': 'account.invoice,1'},
    {'issued_at': MOMENT + dt.timedelta(seconds=1)}])
def test_each_part_counts(change):
    parts = {
        'previous': START, 'sha512': 'a' * 128, 'owner': 'account.invoice,9', 'issued_at': MOMENT}
    assert link(**parts) != link(**parts | change)


@pytest.mark.parametrize('country, kind, issued, until', [
    ('DE', 'voucher', dt.date(2026, 1, 1), dt.date(2034, 12, 31)),
    ('DE', 'voucher', dt.date(2026, 12, 31), dt.date(2034, 12, 31)),
    ('DE', 'voucher', dt.date(2014, 6, 1), dt.date(2024, 12, 31)),
    ('DE', 'voucher', dt.date(2015, 1, 1), dt.date(2023, 12, 31)),
    ('DE', 'book', dt.date(2026, 5, 16), dt.date(2036, 12, 31)),
    ('AT', 'voucher', dt.date(2026, 5, 16), dt.date(2033, 12, 31)),
    (None, 'voucher', dt.date(2026, 5, 16), dt.date(2036, 12, 31)),
    ])
def test_kept_until_the_end_of_a_year(country, kind, issued, until):
    assert kept_until(country, kind, issued) == until
