"""The sweeper of payment links with the worker's rights, in a process of its own that lives as long as a run.

Run as a program with the name of a database it sweeps once for each line and answers with a JSON text: all
that it printed or logged, or the error.
"""
import contextlib
import io
import json
import os
import subprocess
import sys
import traceback


class Sweeper:
    """Sweeps when told to; ``configuration``: path of the worker's"""

    def __init__(self, database, configuration, stripe_url):
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'tests.support.sweep', database], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            env=os.environ | {'TRYTOND_CONFIG': str(configuration), 'KONTOR_STRIPE_URL': stripe_url})

    def close(self):
        self._process.kill()
        self._process.wait()

    def sweep(self):
        """Return what it printed"""
        self._process.stdin.write('sweep\n')
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def _sweep(database):
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            with Transaction().start(database, 0, context={'_skip_warnings': True}):
                Pool().get('account.invoice.payment_link').sweep()
        except Exception:
            traceback.print_exc()
    return printed.getvalue()


def main():
    database, = sys.argv[1:]
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True):
        Pool(database).init()
    from trytond.modules.account_invoice_payment_link import provider
    provider.TIMEOUT = 0.6
    for _ in sys.stdin:
        print(json.dumps(_sweep(database)), flush=True)


if __name__ == '__main__':
    main()
