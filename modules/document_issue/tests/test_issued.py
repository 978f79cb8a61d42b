"""The pipeline: decide → examine → number → print → write → seal, and nothing of it out of order."""
import contextlib
import threading
from types import SimpleNamespace

import pytest
from trytond.modules.archive.document import Blob
from trytond.modules.document_issue import issued, numbering
from trytond.modules.document_issue.exceptions import IssueError


@pytest.fixture
def kind(monkeypatch):
    """A model that issues without a database and records what is done"""
    monkeypatch.setattr(issued, 'require_locks', lambda locks: log.append(f'locks {len(locks)}'))
    monkeypatch.setattr(issued, 'without_check_access', contextlib.nullcontext)
    log = []

    class Kind(issued.Issued):
        __name__ = 'kind'
        done = log

        @classmethod
        def decide(cls, drafts):
            log.append('decide')
            return [SimpleNamespace(draft=draft, beside=[], id=None) for draft in drafts]

        @classmethod
        def examine(cls, papers):
            log.append('examine')
            if any(paper.draft == 'doubtful' for paper in papers):
                raise IssueError("not like this", 'draft')

        @classmethod
        def before_numbers(cls, papers):
            log.append('before')

        @classmethod
        def take_numbers(cls, papers):
            log.append('number')
            for number, paper in enumerate(papers, 1):
                paper.number = number

        @classmethod
        def lay_out(cls, paper):
            log.append(f'page {paper.number}')

        @classmethod
        def typeset(cls, paper, workshop):
            made = workshop.begin('typeset', _made, cls.written)

            def finish():
                paper.pdf = made.result(10)
            return finish

        @classmethod
        def write_rows(cls, papers):
            log.append('write')
            for paper in papers:
                paper.id = 100 + paper.number
            cls.written.set()

        @classmethod
        def seal(cls, papers):
            log.append(f'seal {[paper.pdf.data for paper in papers]}')

        @classmethod
        def finish(cls, papers):
            log.append('finish')

        @classmethod
        def browse(cls, ids):
            return list(ids)
    Kind.written = threading.Event()
    return Kind


def _made(written):
    """A document that is only made while the rows are written"""
    assert written.wait(10)
    return Blob(b'%PDF')


def test_the_steps_come_in_their_order(kind):
    assert kind.issue(iter(['a', 'b'])) == [101, 102]
    assert kind.done == [
        'locks 3', 'decide', 'examine', 'before', 'number', 'page 1', 'page 2', 'write',
        "seal [b'%PDF', b'%PDF']", 'finish']


def test_what_is_refused_takes_no_number(kind):
    with pytest.raises(IssueError):
        kind.issue(['a', 'doubtful'])
    assert kind.done == ['locks 3', 'decide', 'examine']


def test_nothing_to_issue_needs_no_lock(kind):
    assert kind.issue([]) == []
    assert kind.done == []


def test_each_series_counts_by_itself_in_the_order_of_the_papers(monkeypatch):
    papers = [SimpleNamespace(issue_date=day, series=series) for day, series in [(1, 7), (2, 8), (3, 7)]]
    monkeypatch.setattr(numbering, 'take', lambda wanted: {
        series: [f'{series}-{day}' for day in days] for series, days in wanted.items()})
    numbering.give(papers, lambda paper: {'number': paper.series, 'move_number': 9})
    assert [(paper.number, paper.move_number) for paper in papers] == [
        ('7-1', '9-1'), ('8-2', '9-2'), ('7-3', '9-3')]
