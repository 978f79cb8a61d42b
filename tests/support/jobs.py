"""What the background processes do, done once: with the worker's rights, in a process of its own.

Run as a program with ``DATABASE tasks`` it works off the queue and prints the number of tasks; with
``DATABASE schedule`` it runs each job of the schedule and prints {method: error or null}.
"""
import json
import sys

import psycopg


class AtOnce:
    """An executor that runs what it is given"""

    def submit(self, function, *arguments):
        return function(*arguments)


def tasks(database):
    """Run what is in the queue; returns the number of tasks"""
    from trytond import worker

    from scripts.lib.run.background import checked_queue
    queue, done = checked_queue(worker.Queue, psycopg.OperationalError)(database, AtOnce()), 0
    while task := queue.pull()[0]:
        queue.run(task)
        done += 1
    return done


def schedule(database):
    """Run each job of the schedule in a transaction of its own; returns method → error or None"""
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    with Transaction().start(database, 0, readonly=True):
        methods = [(job.id, job.method) for job in Pool().get('ir.cron').search([])]
    results = {}
    for id_, method in methods:
        results[method] = None
        try:
            with Transaction().start(database, 0, context={'_skip_warnings': True}):
                Cron = Pool().get('ir.cron')
                Cron.run_once([Cron(id_)])
        except Exception as error:
            results[method] = repr(error)
    return results


def main():
    database, what = sys.argv[1:]
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True):
        Pool(database).init()
    print(json.dumps({'tasks': tasks, 'schedule': schedule}[what](database)))


if __name__ == '__main__':
    main()
