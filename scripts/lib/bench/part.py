"""scripts/bench --part NAME: some rows of the table only"""
import json

from ..install.home import Home, read_json
from . import full, operations, prepared, seed, table


def run(arguments):
    with prepared.instance() as serve:
        bench = full.Bench(serve, full.plan(arguments))
        first, second = read_json(Home(serve.data).tenants)
        if arguments.part in ('door', 'fairness'):
            for tenant in (first, second):
                seed.issue(serve.url, tenant, 12)
        # As many as the whole table has, though they are only two
        bench.tenants = [operations.Tenant.of(serve, tenant) for tenant in (first, second) * 4]
        for tenant in bench.tenants[:2]:
            tenant.prepare()
        try:
            getattr(bench, arguments.part)()
        finally:
            bench.serve.close()
    print(table.body(bench.rows))
    if arguments.json:
        arguments.json.write_text(json.dumps(bench.rows, indent=2, ensure_ascii=False) + '\n')
