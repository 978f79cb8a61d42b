"""The latency of one tenant while another posts at full load.

Each operation is measured twice: with the other tenant idle, and while it posts invoices over many
connections. The load runs in a process of its own, so that the measuring process does not wait for it in
Python.
"""
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from . import bodies, client, measure, operations

ROOT = Path(__file__).resolve().parents[3]
CROWD = 40
"""Connections of the posting tenant"""
MOST = 2.5
"""Largest ratio of the measured tenant's p95 under load to its p95 alone"""
OPERATIONS = ('list', 'read', 'issue_2')
_RETRY_SECONDS = 0.2
"""Seconds before the retry of a refused request of the load"""


def rows(crowd, other, rounds, seconds):
    """Return a row per operation: ``other`` (operations.Tenant) while ``crowd`` posts, and alone"""
    quiet = {key: measure.Series() for key in OPERATIONS}
    busy = {key: measure.Series() for key in OPERATIONS}
    answers = Counter()
    for _ in range(rounds):
        for subject in _subjects(other):
            _add(quiet[subject.key], subject, seconds)
            with Posting(crowd) as posting:
                _add(busy[subject.key], subject, seconds)
            answers += posting.answers
    return [_row(subject, quiet[subject.key], busy[subject.key], answers) for subject in _subjects(other)]


def _subjects(other):
    return [
        measure.Subject(operation.key, operation.title, (operation.make(other),), 10)
        for operation in operations.OPERATIONS if operation.key in OPERATIONS]


def _add(series, subject, seconds):
    subject.works[0]()
    values, elapsed = measure.once(subject, seconds)
    series.rounds.append(values)
    series.elapsed.append(elapsed)


def _row(subject, quiet, busy, answers):
    figures, alone = busy.figures(), quiet.figures()
    return {
        'key': f'beside_{subject.key}', 'title': f'{subject.title}, another tenant posts {CROWD} at a time',
        'clients': 1, **figures, 'alone': alone, 'times_alone': round(figures['p95'] / alone['p95'], 2),
        'crowd': {str(status): number for status, number in sorted(answers.items())}}


class Posting:
    """Context manager of the posting process; ``answers`` afterwards: status → number"""

    def __init__(self, tenant):
        self._order = {
            'host': tenant.host, 'port': tenant.port, 'secret': tenant.secret,
            'body': bodies.invoice(tenant.customer, tenant.templates['None'])}
        self.answers = Counter()

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'scripts.lib.bench.fairness'], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        self._process.stdin.write(json.dumps(self._order) + '\n')
        self._process.stdin.flush()
        self._process.stdout.readline()
        return self

    def __exit__(self, *_):
        self.answers = Counter({
            int(status): number for status, number in json.loads(self._process.communicate('\n')[0]).items()})


def crowd(host, port, secret, body):
    """Post until a line on standard input; print one line after the first answers, all answers at the end"""
    answers, over, begun = Counter(), threading.Event(), threading.Semaphore(0)

    def run():
        caller = client.Caller(host, port, secret)
        request = caller.request('POST', '/api/invoices', body)
        while not over.is_set():
            try:
                caller.call(request, 201)
                answers[201] += 1
            except client.Refused:
                answers[429] += 1
                time.sleep(_RETRY_SECONDS)
            begun.release()
        caller.close()
    threads = [threading.Thread(target=run) for _ in range(CROWD)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        begun.acquire()
    print('begun', flush=True)
    sys.stdin.readline()
    over.set()
    for thread in threads:
        thread.join()
    print(json.dumps(answers))


if __name__ == '__main__':
    crowd(**json.loads(sys.stdin.readline()))
