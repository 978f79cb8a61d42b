"""Brings the charts of a database up to date, as installing a new release does; prints {chart: new rows}"""
import json
import sys


def main(database):
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    from trytond.modules.account_dach.delivery import deliver
    from trytond.modules.tenant.scope import entered
    Pool.start()
    Pool(database).init()
    made = {}
    with Transaction().start(database, 0) as transaction:
        rows = transaction.connection.execute(
            "SELECT chart, id FROM company_company WHERE tenant_state = 'template' ORDER BY chart").fetchall()
        for chart, company in rows:
            with entered(company):
                made[chart] = deliver(company, chart)
        transaction.commit()
    print(json.dumps(made))


if __name__ == '__main__':
    main(sys.argv[1])
