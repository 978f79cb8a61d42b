"""Runs the sweeper of payment links once, as a program with the worker's rights: ``… DATABASE``"""
import sys


def main():
    database, = sys.argv[1:]
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True):
        Pool(database).init()
    from trytond.modules.account_invoice_payment_link import provider
    provider.TIMEOUT = 0.6
    with Transaction().start(database, 0, context={'_skip_warnings': True}):
        Pool().get('account.invoice.payment_link').sweep()


if __name__ == '__main__':
    main()
