"""One table says who decides a column; whatever depends on that follows from it."""
from types import SimpleNamespace

from trytond.modules.document_issue.columns import CLIENT, DOOR, TRYTON, Columns, client, door, tryton

TABLE = Columns({
    'number': door(lambda paper: paper.number),
    'accepted_at': door(living=True, own=True),
    'state': tryton(lambda paper: 'sent', created=True, copied=True),
    'date': client(lambda paper: paper.date, copied=False),
    'note': client(lambda paper: paper.note, given=True),
    })
PAPER = SimpleNamespace(number='ANG-1', date='2026-05-18', note="As agreed")


def test_issuing_decides_all_but_what_the_draft_gives():
    assert TABLE.issued(PAPER) == {'number': 'ANG-1', 'state': 'sent', 'date': '2026-05-18'}
    assert TABLE.given(PAPER) == {'note': "As agreed"}


def test_a_client_writes_what_it_decides():
    assert TABLE.names(written=True) == TABLE.names(decided=CLIENT) == {'date', 'note'}
    assert TABLE.names(created=False) == {'number', 'accepted_at'} == TABLE.names(decided=DOOR)


def test_a_copy_starts_without_what_issuing_decided():
    assert TABLE.names(copied=False) == {'number', 'accepted_at', 'date'}


def test_names_meet_every_condition():
    assert TABLE.names(decided=DOOR, own=True) == {'accepted_at'}
    assert TABLE.names(decided=TRYTON) == {'state'}


def test_what_lives_on():
    assert TABLE.living == {'accepted_at': True}


def test_columns_may_need_a_paper_and_a_part_of_it():
    table = Columns({'invoice': client(lambda paper, item: (paper.number, item), given=True)})
    assert table.given(PAPER, 3) == {'invoice': ('ANG-1', 3)}
