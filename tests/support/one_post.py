"""One POST /api/invoices in a process of its own, that a test may kill: ``… DATABASE``.

Reads {"key": API key, "body": …, "idempotency": key} on standard input and prints the status and the answer.
"""
import json
import sys


def main():
    database, = sys.argv[1:]
    request = json.load(sys.stdin)
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True):
        Pool(database).init()
    from werkzeug.test import Client

    from trytond.modules.rest.application import assemble
    from trytond.modules.rest.gateway import Gateway
    from trytond.modules.rest.journal import Journal
    from trytond.modules.rest_billing import CONTRACT
    application = assemble([CONTRACT], Gateway([database]), Journal(lambda entries: None))
    answer = Client(application).post('/api/invoices', json=request['body'], headers={
            'X-Api-Key': request['key'], 'Idempotency-Key': request['idempotency']})
    print(answer.status_code, answer.text)


if __name__ == '__main__':
    main()
