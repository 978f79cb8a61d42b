"""trytond-worker and trytond-cron, which exit when they cannot continue: background.py worker|cron ARGUMENTS

Their supervisor restarts them. The plain programs would outlive two events: the worker the loss of its
database connection (it would go on pulling from a dead one), and the processes of both the death of
the program that started them.
"""
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from scripts.lib.run import tied


def _end(number, frame):
    raise SystemExit(0)


def tied_initializer(initializer):
    """Return an initializer of pool processes that also ties them to the life of the program."""
    def initialize(*arguments, **options):
        tied.tie(signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return initializer(*arguments, **options)
    return initialize


def checked_queue(Queue, OperationalError):
    """Return a queue that ends the program when its connection is lost.

    A task runs in the tenant that queued it.
    """
    class CheckedQueue(Queue):

        def pull(self, name=None):
            try:
                return super().pull(name)
            except OperationalError as error:
                if self.connection.closed:
                    raise SystemExit('the connection to the database is lost') from error
                raise

        def run(self, task_id):
            from trytond.modules.tenant.queue import run_in_tenant
            company, = self.connection.execute(
                "SELECT company FROM ir_queue WHERE id = %s", (task_id,)).fetchone()
            return self.executor.submit(run_in_tenant, self.database.name, company, task_id)
    return CheckedQueue


def worker():
    import psycopg
    from trytond import worker as program
    from trytond.cli.worker import main
    program.initializer = tied_initializer(program.initializer)
    program.Queue = checked_queue(program.Queue, psycopg.OperationalError)
    main()


def cron():
    from trytond import cron as program
    from trytond.cli.cron import main
    program.initializer = tied_initializer(program.initializer)
    main()


def main():
    signal.signal(signal.SIGTERM, _end)
    name = sys.argv.pop(1)
    sys.argv[0] = f'trytond-{name}'
    {'worker': worker, 'cron': cron}[name]()


if __name__ == '__main__':
    main()
