"""Clients that post invoices with keys of their own and retry until they are answered."""
import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

_TIMEOUT = 20
"""Seconds that a single attempt may take"""
PATIENCE = 300
"""Seconds within which every key must be answered, after any kill"""
RETRY_STATUSES = frozenset({429, 503})
"""Statuses that ask for a retry"""


@dataclass
class Post:
    """One invoice under one Idempotency-Key.

    tries: a status or the name of a broken connection per attempt; answers: (id, number) of each 201;
    refused: (status, body) of an answer that is wrong for this request.
    """
    url: str
    secret: str
    company: int
    key: str
    body: bytes
    tries: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    replayed: int = 0
    refused: list = field(default_factory=list)

    def until_answered(self, patience=PATIENCE):
        """Retry until there is an answer; after a timeout ``answers`` is unchanged"""
        until = time.monotonic() + patience
        while time.monotonic() < until and not self.once():
            time.sleep(0.2)

    def once(self):
        """Send the request; tell if it was answered"""
        request = urllib.request.Request(
            f'{self.url}/api/invoices', self.body, {
                'X-Api-Key': self.secret, 'Content-Type': 'application/json',
                'Idempotency-Key': self.key})
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
                content = json.loads(answer.read())
                self.replayed += answer.headers.get('Idempotency-Replayed') == 'true'
        except urllib.error.HTTPError as error:
            with error:
                return self._refuse(error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.tries.append(type(getattr(error, 'reason', error)).__name__)
            return False
        self.tries.append(201)
        self.answers.append((content['id'], content['invoiceNumber']))
        return True

    def _refuse(self, error):
        """Record a refusal; tell if it is final"""
        self.tries.append(error.code)
        if error.code in RETRY_STATUSES:
            return False
        try:
            text = error.read().decode(errors='replace')
        except (OSError, http.client.HTTPException):
            text = ''
        self.refused.append((error.code, text[:500]))
        return True


def together(posts):
    """Run all posts in parallel; return their threads"""
    gun = threading.Barrier(len(posts))

    def run(post):
        gun.wait()
        post.until_answered()
    threads = [threading.Thread(target=run, args=(post,), daemon=True) for post in posts]
    for thread in threads:
        thread.start()
    return threads
