"""A case played both ways and compared"""
import collections

from tests.oracle.cases import PARTIES
from tests.oracle.play import play
from tests.oracle.reading import reread
from tests.oracle.reference import engine, reference
from tests.oracle.rows import differences


class Oracle:
    """Plays cases both ways; counts: what was played"""

    def __init__(self, pairs):
        self.pairs = pairs
        self.counts = collections.Counter()

    def differences(self, case):
        one, other = self.pairs[case.books]
        printed_as = {
            other.ids[name]: one.ids[name] for name in PARTIES}
        ours = play(case, one, {}, engine, reread)
        theirs = play(case, other, printed_as, reference, reread)
        self.count(case, ours)
        if ours.refused or theirs.refused:
            return [] if ours.refused == theirs.refused else [f'{ours.refused} / {theirs.refused}']
        found = differences(ours.rows, theirs.rows)
        for played in (ours, theirs):
            found += ['a document is not what its rows say' for pdf, anew in played.documents if pdf != anew]
        if [pdf for pdf, _ in ours.documents] != [pdf for pdf, _ in theirs.documents]:
            found.append('the documents differ')
        return found

    def count(self, case, played):
        self.counts['cases'] += 1
        if played.refused:
            self.counts['refused ' + played.refused.split(':')[0]] += 1
            return
        self.counts['documents'] += len(played.documents)
        self.counts['rows'] += sum(map(len, played.rows.values()))
        for row in played.rows.get('account_invoice', ()):
            self.counts['over nothing'] += row['total_amount_cache'] == '0'
            self.counts['credit notes'] += row['credit_of'] != 'None'
        for paper in case.papers:
            lines = paper.lines
            self.counts.update([paper.kind, f'books {case.books}'])
            self.counts.update({
                    'lines': len(lines), 'gross': paper.gross, 'stored drafts': paper.stored,
                    'terms': bool(paper.term), 'tax by hand': any(row.tax for row in lines),
                    'negative lines': any(row.quantity.startswith('-') for row in lines),
                    '60 lines and more': len(lines) >= 60, 'foreign': paper.party in ('france', 'swiss'),
                    'payments': sum(step in ('paid', 'less', 'more') for step in paper.then)})
