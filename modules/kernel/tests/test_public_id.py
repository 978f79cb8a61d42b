"""Public ids: UUIDv7 on every row however it was made, rising with the rows, found only by their tenant"""
import datetime as dt
import json
import uuid

import pytest


@pytest.fixture(scope='module')
def things(postgres, template_database, worker_id):
    """What became of the rows of ``things.Thing``"""
    name = f'test_{worker_id}_things'
    postgres.clone(name, template_database)
    yield json.loads(
        postgres.run_as('owner', ['-m', 'trytond.modules.kernel.tests.things', name]).splitlines()[-1])
    postgres.drop(name)


def moment(text):
    """Return the moment of a UUIDv7"""
    return dt.datetime.fromtimestamp((uuid.UUID(text).int >> 80) / 1000, dt.UTC)


def check(uuids):
    """Canonical texts of version 7 that rise and differ"""
    assert uuids == sorted(set(uuids))
    assert all(str(uuid.UUID(each)) == each and uuid.UUID(each).version == 7 for each in uuids)
    assert {uuid.UUID(each).variant for each in uuids} == {uuid.RFC_4122}


def test_rows_that_exist_get_ids_of_the_moment_they_were_made(things):
    for uuids in things['migrated']['uuids']:
        assert len(uuids) == 500
        check(uuids)
        days = [moment(each).date() for each in uuids]
        # The first has no date; from the second on no id lies before that of the row before
        assert days[0] == dt.date(1970, 1, 1)
        assert set(days[1:]) <= {dt.date(2025, 2, 28), dt.date(2025, 3, 1)}


def test_rows_that_triggers_keep_as_they_are_get_theirs_too(things):
    assert things['migrated']['trigger'] == 'O'


def test_rows_made_in_any_way_get_rising_ids_that_nobody_chose(things):
    assert len(things['made']) == 2 + 1000 + 1 + 2
    check(things['made'])
    assert abs(moment(things['made'][0]) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=10)


def test_a_copied_tenant_has_ids_of_its_own(things):
    check(things['copied'])
    assert len(things['copied']) == len(things['made'])
    assert things['copied'][0] > things['made'][-1]


def test_ids_are_found_both_ways_by_their_tenant_alone(things):
    assert len(things['uuids']) == 3
    assert things['ids'] == {text: int(id) for id, text in things['uuids'].items()}
    assert things['foreign'] == [{}, {}] and things['nothing'] == [{}, {}]


def test_the_client_searches_by_public_id(things):
    assert things['searched'][:3] == [1, 3, 0] and things['searched'][3] >= 1 and things['searched'][4] == 0


def test_an_older_server_makes_them_as_well(things):
    check(things['older_server'])
