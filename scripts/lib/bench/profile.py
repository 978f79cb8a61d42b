"""scripts/bench --profile OPERATION: its statements with their times, and the profile of its Python code"""
from ..install.home import Home, read_json
from . import inside, operations, prepared, seed, seeding

_INVOICES = 1_000


def run(arguments):
    with prepared.instance() as serve:
        tenant = read_json(Home(serve.data).tenants)[0]
        seed.issue(serve.url, tenant, 12)
        with seed.superuser(serve) as connection:
            seeding.invoices(connection, tenant['company'], _INVOICES)
            connection.commit()
            connection.autocommit = True
            seeding.settle(connection)
        caller = operations.Tenant.of(serve, tenant)
        caller.prepare()
        with inside.Process(serve, 'web') as call:
            sent = call('statements', tenant=vars(caller), operations=[arguments.profile])
            table = call('profile', tenant=vars(caller), operation=arguments.profile)
    for number, (text, seconds) in enumerate(sent[arguments.profile], 1):
        print(f'{number:3} {seconds * 1000:7.2f} ms  {" ".join(text.split())[:300]}')
    print(f'\n{len(sent[arguments.profile])} statements,'
        f' {sum(seconds for _, seconds in sent[arguments.profile]) * 1000:.2f} ms\n')
    print(table)
