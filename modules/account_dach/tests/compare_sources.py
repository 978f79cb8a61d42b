"""Compare a chart with other publications of it, and record the result: numbers and marks, no texts.

``python -m trytond.modules.account_dach.tests.compare_sources CHART NAME=FILE…`` reads each FILE (lines of
number, tabulator, name) as the source NAME, prints the names that differ and writes ``sources/CHART.csv``:
per account and source ``=`` (the same name), ``~`` (the same, abbreviated or in other words), ``x`` (another
name) or nothing (the source does not have the number). The previous content of the column ``why`` is kept.

A FILE named ``….ranges.tsv`` is a framework of ranges (first number, last number, types of accounts); the
mark then tells whether the account's type is one of those of its range.
"""
import csv
import re
import sys
from pathlib import Path

from trytond.modules.account_dach import tables

_RATE = re.compile(r'(\d+(?:,\d)?) ?%')
RECORDS = Path(__file__).parent / 'sources'
_FILLERS = set(
    'a an auf aus b bei bis d dem den der des die e etc f für i im in m mit n nach o ohne s u und usw v von '
    'z zu zum zur'.split())
_SAME = {
    'ust': 'umsatzsteuer', 'vst': 'vorsteuer', 'kfz': 'fahrzeug', 'lul': 'lieferungen', 'kassa': 'kasse',
    'ig': 'innergemeinschaftlicher', 'ige': 'innergemeinschaftlicher', 'rc': 'reverse', 'eg': 'eu'}


def record(chart):
    """Return the recorded comparison of a chart: one row per account"""
    with open(RECORDS / f'{chart}.csv', encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def mark(ours, theirs):
    """Return = for the same name, x for another, ~ if at least half of the shorter name's words match.

    Names with different rates are different.
    """
    one, other = _words(ours), _words(theirs)
    if ''.join(one) == ''.join(other):
        return '='
    rates, others = (set(_RATE.findall(name)) for name in (ours, theirs))
    if rates and others and not rates & others:
        return 'x'
    short, long_ = sorted(([w for w in words if w not in _FILLERS] for words in (one, other)), key=len)
    hits = sum(any(_meet(word, there) for there in long_) for word in short)
    return '~' if short and 2 * hits >= len(short) else 'x'


def _words(name):
    words = re.findall(r'[^\W\d_]+|\d+', name.lower().replace('ß', 'ss'))
    return [_SAME.get(word, word) for word in words]


def _meet(one, other):
    """Tell if two words are equal or one abbreviates the other: four equal letters, or all of a short one"""
    if one.isdigit() or other.isdigit():
        return one == other
    length = min(4, len(one), len(other))
    return one[:length] == other[:length] or length == 4 and (one in other or other in one)


def _columns(file):
    return [line.split('\t') for line in Path(file).read_text(encoding='utf-8').splitlines()]


def _names(file):
    names = dict(line[:2] for line in _columns(file))
    return lambda row: mark(row['name_de'], names[row['number']]) if names.get(row['number']) else ''


def _ranges(file):
    ranges = _columns(file)

    def in_range(row):
        types = [types.split() for first, last, types in ranges if first <= row['number'] <= last]
        if not types:
            return ''
        fits = any(row['type'] == t or row['type'].startswith(f'{t}.') for t in types[0])
        return '=' if fits else 'x'
    return in_range


def main(chart, *sources):
    sources = dict(source.split('=', 1) for source in sources)
    marks = {
        name: (_ranges if file.endswith('.ranges.tsv') else _names)(file) for name, file in sources.items()}
    path = RECORDS / f'{chart}.csv'
    why = {row['number']: row['why'] for row in record(chart)} if path.exists() else {}
    with open(path, 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(['number', *sources, 'why'])
        for row in tables.accounts(chart):
            found = [marks[name](row) for name in sources]
            writer.writerow([row['number'], *found, why.get(row['number'], '')])
            if 'x' in found:
                print(row['number'], row['name_de'], *found)


if __name__ == '__main__':
    main(*sys.argv[1:])
