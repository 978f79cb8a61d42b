"""A second web worker: a process of its own with its own caches, spoken to by JSON lines.

Run as a program with the name of a database it answers {"login": [user, password]} with the user's id and
{"call": [method, parameters, context]} with {"result": …} or {"fault": [status, error]}; and {"key": [key,
scheme]} with the company a key of a contract belongs to.
"""
import atexit
import json
import subprocess
import sys
import time


class OtherWorker:
    """Calls of clients that are served by the other process"""

    def __init__(self, database):
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'tests.support.other_worker', database], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        atexit.register(self.close)

    def close(self):
        self._process.kill()
        self._process.wait()

    def _ask(self, **request):
        self._process.stdin.write(json.dumps(request) + '\n')
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def login(self, user, password):
        return self._ask(login=[user, password])

    def call(self, user, method, *parameters, **context):
        """Return {'result': …} or {'fault': [status, error]} of a call of somebody who has logged in"""
        return self._ask(user=user, call=[method, parameters, context])

    def company_of_key(self, key, scheme='billing'):
        return self._ask(key=[key, scheme])['result']


def eventually(ask, wanted, seconds=1):
    """Ask until the answer is the wanted one, for a second at most; returns the last answer"""
    until = time.monotonic() + seconds
    while (answer := ask()) != wanted and time.monotonic() < until:
        time.sleep(0.02)
    return answer


def _answer(database, application, clients, request):
    from tests.support.rpc import Client, Fault
    from trytond.modules.tenant.credential import authenticate
    if 'key' in request:
        identity = authenticate(database, *request['key'])
        return {'result': identity and identity.company}
    if 'login' in request:
        user, password = request['login']
        clients[user] = Client(application, database).login(user, password)
        return {'result': clients[user].user}
    method, parameters, context = request['call']
    try:
        return {'result': clients[request['user']].call(method, *parameters, **context)}
    except Fault as fault:
        return {'fault': [fault.status, fault.error]}


def main():
    database, = sys.argv[1:]
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True):
        Pool(database).init()
    from tests.support.rpc import application_of
    application, clients = application_of(database), {}
    for line in sys.stdin:
        answer = _answer(database, application, clients, json.loads(line))
        print(json.dumps(answer, default=str), flush=True)


if __name__ == '__main__':
    main()
