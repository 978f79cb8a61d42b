"""Background processes: a task runs in the tenant that left it, a job of the house for every tenant."""
import json

import pytest
from trytond.pool import Pool

from tests.support.tenancy import fingerprints
from trytond.modules.tenant.scope import tenant_scope
from trytond.transaction import Transaction


@pytest.fixture
def background(postgres, database):
    """Run tests.support.jobs (tasks or schedule) with the worker's rights"""
    def run(what):
        output = postgres.run_as('worker', ['-m', 'tests.support.jobs', database, what])
        return json.loads(output.splitlines()[-1])
    return run


def leave(database, company, user, model, method, *parameters):
    """Leave a task in the queue, the way code of a request does"""
    with tenant_scope(company), Transaction().start(database, user) as transaction:
        transaction.tasks.clear()
        Model = Pool().get(model)
        records = Model.search([], limit=1)
        getattr(Model.__queue__, method)(records, *parameters)
        return [record.id for record in records]


def test_a_task_runs_in_the_tenant_that_left_it(
        database, pool, german, austrian, superuser, background):
    """A copy of a party is the tenant's, whoever the task's user is; the neighbour's rows stay as they are"""
    superuser.execute("TRUNCATE ir_queue")
    before = fingerprints(superuser, pool, austrian['company'])
    newest, = superuser.execute("SELECT max(id) FROM party_party").fetchone()
    for user in (german['login']['id'], 0):
        leave(database, german['company'], user, 'party.party', 'copy')
    assert background('tasks') == 2
    assert superuser.execute(
        "SELECT count(*) FROM ir_queue WHERE finished_at IS NOT NULL").fetchone() == (2,)
    made = superuser.execute(
        "SELECT company FROM party_party WHERE id > %s", (newest,)).fetchall()
    assert made == [(german['company'],)] * 2
    assert fingerprints(superuser, pool, austrian['company']) == before


def test_every_job_of_the_schedule_runs(background):
    jobs = background('schedule')
    assert len(jobs) >= 8
    assert {method: error for method, error in jobs.items() if error} == {}


def test_a_task_of_another_tenant_is_not_found(database, german, austrian, pool):
    leave(database, german['company'], german['login']['id'], 'party.party', 'copy')
    Queue = pool.get('ir.queue')
    for company, number in [(german['company'], 1), (austrian['company'], 0)]:
        with tenant_scope(company), Transaction().start(database, 0, readonly=True):
            assert Queue.search([('dequeued_at', '=', None)], count=True) >= number
            assert {task.company.id for task in Queue.search([])} <= {company}
