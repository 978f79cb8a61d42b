"""scripts/bench without a mode: the whole table.

An instance of its own is seeded with tenants of several sizes; all operations and the floors are measured by
HTTP in interleaved rounds, with one client and with four; then what is seen from inside, new tenants, memory.
"""
import datetime as dt
import json
import os
import platform
import time
from dataclasses import dataclass

from .. import processes
from ..bootstrap import say
from ..home import Home, read_json, write_json
from . import fairness, floor, inside, measure, memory, operations, prepared, seed, seeding, table

CLIENTS = 4
_OF_A_CROWD = 200
"Invoices of the tenants that only stand in the crowd"


@dataclass(frozen=True)
class Plan:
    """sizes: invoices of the tenants that lists are measured in; rounds and seconds: per operation;
    batches: calls of the door with many invoices; tenants: how many there are when new ones are made; rest:
    invoices of others in the database."""
    sizes: tuple = (1_000, 10_000, 100_000)
    rounds: int = 7
    seconds: float = 0.8
    batches: int = 5
    tenants: tuple = (10, 100, 1_000)
    rest: int = 0


PLAN = Plan()
QUICK = Plan(sizes=(1_000, 10_000), rounds=3, seconds=0.3, batches=1, tenants=(10,))
LONG = Plan(tenants=(10, 100, 1_000, 10_000), rest=889_000)


def plan(arguments):
    "Return the Plan that was asked for"
    return QUICK if arguments.quick else LONG if arguments.long else PLAN


def run(arguments):
    started = time.monotonic()
    with prepared.instance() as serve:
        bench = Bench(serve, plan(arguments))
        try:
            content = bench.run()
        finally:
            bench.serve.close()
    content['seconds'] = round(time.monotonic() - started)
    print(table.text(content))
    if arguments.json:
        arguments.json.write_text(json.dumps(content, indent=2, ensure_ascii=False) + '\n')
    if not arguments.quick:
        from . import plots
        for path in plots.draw(content, arguments.data / 'bench'):
            say(f'{path}')


class Bench:
    "serve: the Serve that runs at the moment; rows: what has been measured"

    def __init__(self, serve, plan):
        self.serve = serve
        self.plan = plan
        self.tenants = []
        self.missing = {}
        self.rows = []
        self.subjects = []
        self.floor = {}

    def run(self):
        "Measure everything; return the content of the JSON file"
        self._seed()
        with floor.bare_route() as port:
            series = self._rounds(port)
        self._report(series)
        processes = self.serve.demo['pids']
        content = {
            'date': dt.datetime.now(dt.UTC).isoformat(timespec='seconds'), 'machine': machine(self.serve),
            'floor': self.floor, 'memory': {
                'web': memory.pss(processes['web']), 'document': memory.pss(processes['documents'])},
            'missing': self.missing}
        content['statements'] = self._inside()
        self.fairness()
        self.tenants_made()
        self.no_op()
        return content | {'operations': self.rows}

    # Preparing

    def _seed(self):
        "One tenant per size, three more for the crowd; all copies of one with a dozen issued invoices"
        home = Home(self.serve.data)
        first = read_json(home.tenants)[0]
        seed.issue(self.serve.url, first, 12)
        with seed.superuser(self.serve) as connection:
            floor.prepare(connection, f'{self.serve.demo["database"]}_web')
            clones = seed.clones(
                connection, self.serve, first,
                len(self.plan.sizes) + CLIENTS - 2 + bool(self.plan.rest))
            self.tenants = [first, *clones]
            numbers = [*self.plan.sizes, *[_OF_A_CROWD] * (CLIENTS - 1)]
            if self.plan.rest:
                numbers.append(self.plan.rest)
            for tenant, number in zip(self.tenants, numbers, strict=True):
                say(f'seeding {number} invoices')
                seeding.invoices(connection, tenant['company'], number)
            connection.commit()
            connection.autocommit = True
            seeding.settle(connection)
        write_json(home.tenants, [*read_json(home.tenants), *clones])
        self.serve = seed.again(self.serve)
        self.tenants = [operations.Tenant.of(self.serve, tenant) for tenant in self.tenants]
        for tenant in self.tenants:
            tenant.prepare()

    # Measuring by HTTP

    def _rounds(self, bare_port):
        "Measure; return {key: Series}"
        self.subjects = [*self._floors(bare_port), *self._alone(), *self._crowds()]
        return measure.interleaved(
            self.subjects, self.plan.rounds, self.plan.seconds,
            lambda number: say(f'round {number} of {self.plan.rounds}'))

    def _floors(self, port):
        bare = operations.Tenant('127.0.0.1', port, '', 0)
        route = operations.fixed('GET', '/')
        return [
            measure.Subject('floor_transaction', 'floor: header and 4 lines', (
                floor.transaction(self.serve.demo['postgres']['web']),), 20),
            measure.Subject('floor_route', 'floor: bare Werkzeug route', (route(bare),), 20)]

    def _alone(self):
        reason = operations.has_e_invoice(self.tenants[0])
        for operation in operations.OPERATIONS:
            if operation.key.startswith('einvoice') and reason:
                self.missing[operation.key] = reason
                continue
            yield measure.Subject(
                operation.key, operation.title, (operation.make(self.tenants[0]),), operation.least)
            for size, tenant in list(zip(self.plan.sizes, self.tenants, strict=False))[1:]:
                if operation.sizes:
                    yield measure.Subject(
                        f'{operation.key}_{size}', f'{operation.title}, {size:,} in the tenant',
                        (operation.make(tenant),), operation.least)

    def _crowds(self):
        crowd = self._crowd()
        for operation in operations.OPERATIONS:
            if operation.key in operations.CROWDS and operation.key not in self.missing:
                yield measure.Subject(
                    f'{operation.key}_crowd', operation.title, tuple(map(operation.make, crowd)),
                    operation.least)

    def _crowd(self):
        return [self.tenants[0], *self.tenants[len(self.plan.sizes):][:CLIENTS - 1]]

    def _report(self, series):
        "Put the figures of all subjects into rows, each with its ratios to both floors"
        transaction, route = series['floor_transaction'], series['floor_route']
        self.floor = {
            'transaction': transaction.figures(), 'route': route.figures(),
            'pgbench': floor.pgbench(self.serve.demo['postgres']['web'])}
        for subject in self.subjects:
            if not subject.key.startswith('floor'):
                found = series[subject.key]
                self.rows.append({
                    'key': subject.key, 'title': subject.title, 'clients': subject.clients,
                    **found.figures(), 'transactions': measure.ratios(found, transaction),
                    'routes': measure.ratios(found, route)})

    # What else there is to see

    def _inside(self):
        "Issue with fixed documents; return {operation: number of its statements}"
        tenant = self.tenants[0]
        arguments = {
            'secret': tenant.secret, 'customer': tenant.customer, 'template': tenant.templates['None']}
        say('issuing inside, without documents')
        with inside.Process(self.serve, 'web') as call:
            call('issue', **arguments, lines=2, number=1, times=5)
            for lines in (2, 20, 400):
                self._plain(f'door_{lines}', f'the door alone, fixed document, {lines} lines', call(
                    'issue', **arguments, lines=lines, number=1,
                    times=2 * self.plan.batches if lines == 400 else 30))
            for number in (100, 1_000):
                seconds = call('issue', **arguments, lines=2, number=number, times=3)
                self._plain(
                    f'batch_{number}', f'{number:,} invoices in one call of the door, fixed document',
                    seconds, number)
            found = call('statements', tenant=vars(tenant), operations=[
                operation.key for operation in operations.OPERATIONS if operation.key not in self.missing])
        return {key: len(sent) for key, sent in found.items()}

    def _plain(self, key, title, seconds, number=1):
        "Put figures that were measured by themselves into a row; ``number``: things done per measure"
        series = measure.Series([seconds], [sum(seconds)])
        figures = series.figures()
        if number > 1:
            figures['per_second'] = round(number / (figures['p50'] / 1000), 1)
        ratio = {}
        if self.floor:
            ratio['transactions'] = [round(figures['p50'] / self.floor['transaction']['p50'], 2)]
        self.rows.append({'key': key, 'title': title, 'clients': 1, **figures, **ratio})

    def tenants_made(self):
        "Make tenants beside 10, 100 … others"
        source = read_json(Home(self.serve.data).tenants)[1]
        for number in self.plan.tenants:
            with seed.superuser(self.serve) as connection:
                have, = connection.execute(
                    "SELECT count(*) FROM company_company WHERE tenant_state = 'active'").fetchone()
                say(f'making tenants beside {number:,}')
                seed.clones(connection, self.serve, source, number - have)
                connection.commit()
                connection.autocommit = True
                seeding.settle(connection)
            with inside.Process(self.serve, 'owner', 'owner') as call:
                call('create', times=2)
                self._plain(
                    f'tenant_{number}', f'new tenant beside {number:,}', call('create', times=8))

    def fairness(self):
        "What another tenant notices of a crowd"
        say('one tenant beside the crowd of another')
        self.rows += fairness.rows(
            self.tenants[0], self.tenants[1], max(1, self.plan.rounds // 2), 2 * self.plan.seconds)

    def no_op(self):
        "How many calls that do nothing a single worker answers, and a single worker of the floor"
        self.serve = seed.again(self.serve, arguments=['--workers', '1'])
        make = next(o for o in operations.OPERATIONS if o.key == 'no_op').make
        with floor.bare_route() as port:
            bare = operations.Tenant('127.0.0.1', port, '', 0)
            subjects = [
                measure.Subject('floor_route', '', (operations.fixed('GET', '/')(bare),) * 1, 20),
                measure.Subject('no_op_per_worker', 'GET /api/units/codes, one worker', tuple(
                    make(tenant) for tenant in self._crowd()), 20)]
            worker, = self.serve.demo['pids']['web']
            series = measure.interleaved(subjects, 1, self.plan.seconds)
            before = processes.seconds(worker)
            series = measure.interleaved(subjects, self.plan.rounds, self.plan.seconds)
            used = processes.seconds(worker) - before
        figures = series['no_op_per_worker'].figures()
        self.rows.append({
            'key': 'no_op_per_worker', 'title': subjects[1].title, 'clients': CLIENTS, **figures,
            'cpu': round(used / figures['calls'] * 1e6, 1),
            'routes': measure.ratios(series['no_op_per_worker'], series['floor_route'])})


def machine(serve):
    "Return what the figures depend on"
    with seed.superuser(serve) as connection:
        version, = connection.execute("SHOW server_version").fetchone()
        durable = dict(connection.execute(
            "SELECT name, setting FROM pg_settings"
            " WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')"))
    memory_bytes = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    return {
        'cpus': os.cpu_count(), 'memory_gb': round(memory_bytes / 1e9, 1),
        'system': f'{platform.system()} {platform.machine()}', 'python': platform.python_version(),
        'postgresql': version, 'load': round(os.getloadavg()[0], 1), **durable}
