"""Kill rounds: SIGKILL at random moments under parallel POSTs, then retries of every key until its answer.

Invariants afterwards: no number missing, no invoice without its move or its document, one invoice per
key and the same one in every answer. The seed determines victims and moments; the effect is random.
"""
import json
import random
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from ..install.bootstrap import say
from ..run.instance import Serve
from . import audit, posting, victims
from .prepared import ENVIRONMENT

POSTS = 20
MOST_KILLS = 3
WITHIN = 1.5
"""Seconds after the first POST within which the kills happen"""
_RESTART = 90
_MAX_EXITS, _EXIT_WINDOW = 5, 61
"""The supervisor gives up a child with more than six exits in a minute: before that, all processes are
killed, itself included
"""


@dataclass
class Report:
    """The result of rounds: kills and outcomes of attempts by name, findings as sentences"""
    rounds: int = 0
    posts: list = field(default_factory=list)
    kills: Counter = field(default_factory=Counter)
    restarts: int = 0
    slowest: float = 0.0
    findings: list = field(default_factory=list)

    @property
    def tries(self):
        return Counter(str(outcome) for post in self.posts for outcome in post.tries)

    def summary(self):
        """Return the report as a dictionary"""
        return {
            'rounds': self.rounds, 'keys': len(self.posts), 'kills': dict(self.kills.most_common()),
            'tries': dict(self.tries.most_common()),
            'answers that were replayed': sum(post.replayed for post in self.posts),
            'restarts of the supervisor': self.restarts, 'slowest round in s': round(self.slowest, 1),
            'findings': self.findings}


class Rounds:
    """Rounds on one installation; ``serve`` is the Serve that runs at present.

    posts: number in parallel, divided among the tenants of demo.json.
    """

    def __init__(self, serve, seed, posts=POSTS):
        self.serve = serve
        self.report = Report()
        self._chance = random.Random(seed)
        self._seed = seed
        self._posts = posts
        self._exits = deque(maxlen=_MAX_EXITS)
        demo = serve.demo
        self._callers = [(tenant, _body(serve, tenant)) for tenant in demo['tenants']]
        self._companies = [tenant['company'] for tenant in demo['tenants']]
        self._owner = demo['postgres']['owner']
        self._before = audit.stored(self._owner, self._companies)

    def run(self, number):
        """Run a number of rounds; return the Report"""
        for _ in range(number):
            started = time.monotonic()
            self._round()
            self.report.slowest = max(self.report.slowest, time.monotonic() - started)
            say(f'round {self.report.rounds}: {self.report.kills.total()} kills so far,'
                f' {len(self.report.findings)} findings')
        self.report.findings += [
            f'scripts/check: {finding}' for finding in audit.checked(self.serve.data)]
        return self.report

    def _round(self):
        self.report.rounds += 1
        posts = [self._post(n) for n in range(self._posts)]
        threads, started = posting.together(posts), time.monotonic()
        for moment, victim in self._plan():
            time.sleep(max(0, started + moment - time.monotonic()))
            self._kill(victim)
        self._restart_until_done(threads)
        self.report.posts += posts
        for thread in posting.together(posts):
            thread.join()
        self.report.findings += [
            f'round {self.report.rounds}: {text}' for text in audit.audit(
                self._owner, self._companies, self.report.posts, self._before)]

    def _post(self, number):
        tenant, body = self._callers[number % len(self._callers)]
        return posting.Post(
            self.serve.url, tenant['credentials']['billing'], tenant['company'],
            f'kill-{self._seed}-{self.report.rounds}-{number}', body)

    def _plan(self):
        """Draw the kills of a round: [(seconds after its first POST, victim)]"""
        kills = self._chance.randint(1, MOST_KILLS)
        moments = sorted(self._chance.uniform(0, WITHIN) for _ in range(kills))
        return [(moment, self._chance.choice(victims.VICTIMS)) for moment in moments]

    def _kill(self, victim):
        if victim not in victims.REPLACED_BY_GUNICORN:
            now = time.monotonic()
            if len(self._exits) == _MAX_EXITS and now - self._exits[0] < _EXIT_WINDOW:
                victim = victims.machine
            self._exits.append(now)
        if victims.kill(victim, self.serve):
            self.report.kills[victim.__name__] += 1

    def _restart_until_done(self, threads):
        """Restart a killed supervisor, until all posts are done"""
        while threads := [thread for thread in threads if thread.is_alive()]:
            if self.serve.process.poll() is not None:
                self._restart()
            threads[0].join(0.1)

    def _restart(self):
        self.report.restarts += 1
        self._exits.clear()
        self.serve.close()
        self.serve = Serve(self.serve.data, self.serve.port, environment=ENVIRONMENT)
        until = time.monotonic() + _RESTART
        while self.serve.process.poll() is None and time.monotonic() < until:
            if any(line.startswith('ready after') for line in self.serve.lines):
                return
            time.sleep(0.1)
        # On an overloaded machine the supervisor gives up; it is then restarted, as by an operator
        say('\n'.join(self.serve.lines))


def _body(serve, tenant):
    """Return the bytes of an invoice of a tenant: two lines for its first customer"""
    from ..install.demo import INVOICE_ITEM, call
    key = tenant['credentials']['billing']
    _, page = call(serve.url, key, 'GET', '/api/customers?limit=1')
    _, templates = call(serve.url, key, 'GET', '/api/invoice-templates')
    second = {'description': 'Material', 'quantity': 2, 'unit': 'Piece', 'pricePerUnit': 40}
    return json.dumps({
        'customerId': page['items'][0]['id'], 'invoiceTemplateId': templates[0]['id'],
        'customItems': [INVOICE_ITEM, second]}).encode()


def run(arguments):
    """scripts/bench --kill N"""
    from ..admin import report
    from . import prepared
    with prepared.instance() as serve:
        rounds = Rounds(serve, arguments.random_seed)
        try:
            rounds.run(arguments.kill)
        finally:
            say('')
            report.show(rounds.report.summary(), as_json=False)
            rounds.serve.close()
    return bool(rounds.report.findings)
