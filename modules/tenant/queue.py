"""Tasks left for later run in the tenant that left them.

The worker's role sees all tenants until it enters one. So it enters before the task's transaction starts:
its locks, new rows and searches are then the tenant's, like those of the request that left the task.
"""
from trytond.pool import PoolMeta
from trytond.worker import run_task

from .scope import current_company, tenant_scope


def run_in_tenant(database, company, task):
    """Run a task (id of ir.queue) of a company; to be called in no transaction"""
    with tenant_scope(company):
        run_task(database, task)


class Queue(metaclass=PoolMeta):
    __name__ = 'ir.queue'

    def run(self):
        if current_company() != self.company.id:
            raise RuntimeError(f"task {self.id} of company {self.company.id} must run in it")
        super().run()
