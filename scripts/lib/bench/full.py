"""scripts/bench without a mode: the whole table.

An instance of its own is seeded with tenants of several sizes; all operations and the floors are measured by
HTTP in interleaved rounds, with one client and with four; then in-process figures, new tenants, memory.
"""
import datetime as dt
import functools
import json
import os
import platform
import time
from dataclasses import dataclass

from ..run import processes
from ..install.bootstrap import say
from ..install.home import Home, read_json, write_json
from . import fairness, floor, inside, measure, memory, operations, prepared, seed, seeding, table

CLIENTS = 4
_OF_A_CROWD = 200
"""Invoices of the tenants that only serve as concurrent clients"""


@dataclass(frozen=True)
class Plan:
    """sizes: invoices of the tenants for lists; rounds and seconds: per operation; turns: of in-process
    measurements; tenants: numbers of existing ones when new ones are made; rest: invoices of others in the
    database.
    """
    sizes: tuple = (1_000, 10_000, 100_000)
    rounds: int = 7
    seconds: float = 0.8
    turns: int = 5
    tenants: tuple = (10, 100, 1_000)
    rest: int = 0


PLAN = Plan()
QUICK = Plan(sizes=(1_000, 10_000), rounds=3, seconds=0.3, turns=1, tenants=(10,))
LONG = Plan(tenants=(10, 100, 1_000, 10_000), rest=889_000)


def plan(arguments):
    """Return the Plan of the arguments"""
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
    """serve: the Serve that runs at present; rows: the figures so far"""

    def __init__(self, serve, plan):
        self.serve = serve
        self.plan = plan
        self.tenants = []
        self.missing = {}
        self.rows = []
        self.subjects = []
        self.floor = {}

    def run(self):
        """Measure everything; return the content of the JSON file"""
        self._seed()
        self._measure(lambda port: [*self._floors(port), *self._alone(), *self._crowds()])
        processes = self.serve.demo['pids']
        content = {
            'date': dt.datetime.now(dt.UTC).isoformat(timespec='seconds'), 'machine': machine(self.serve),
            'floor': self.floor, 'memory': {
                'web': memory.pss(processes['web']), 'document': memory.pss(processes['documents'])},
            'missing': self.missing}
        content['statements'] = self._statements()
        self.door()
        self.fairness()
        self.tenants_made()
        self.no_op()
        return content | {'operations': self.rows}

    # Preparing

    def _seed(self):
        """One tenant per size, three more for concurrent clients; all copies of one with 12 invoices"""
        home = Home(self.serve.data)
        first = read_json(home.tenants)[0]
        seed.issue(self.serve.url, first, 12)
        with seed.superuser(self.serve) as connection:
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

    def _measure(self, subjects):
        """Measure and report; subjects: function from the port of the bare route to a list, floors first"""
        with floor.bare_route() as port:
            self.subjects = subjects(port)
            self._report(measure.interleaved(
                    self.subjects, self.plan.rounds, self.plan.seconds,
                    lambda number: say(f'round {number} of {self.plan.rounds}')))

    def reading(self):
        """Lists and single invoices of tenants of all sizes"""
        self._seed()
        self._measure(lambda port: [
            *self._floors(port), *self._alone([each for each in operations.OPERATIONS if each.sizes])])

    def _floors(self, port):
        bare = operations.Tenant('127.0.0.1', port, '', 0)
        route = operations.fixed('GET', '/')
        return [
            self._floor(), measure.Subject('floor_route', 'floor: bare Werkzeug route', (route(bare),), 20)]

    def _floor(self):
        with seed.superuser(self.serve) as connection:
            floor.prepare(connection, f'{self.serve.demo["database"]}_web')
        return measure.Subject('floor_transaction', 'floor: header and 4 lines', (
            floor.transaction(self.serve.demo['postgres']['web']),), 20)

    def _alone(self, wanted=operations.OPERATIONS):
        reason = operations.has_e_invoice(self.tenants[0])
        for operation in wanted:
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
        """Store the figures of all subjects in rows, each with its ratios to both floors"""
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

    # Other measurements

    def _statements(self):
        """Return {operation: number of its statements}"""
        with inside.Process(self.serve, 'web') as call:
            found = call('statements', tenant=vars(self.tenants[0]), operations=[
                operation.key for operation in operations.OPERATIONS if operation.key not in self.missing])
        return {key: len(sent) for key, sent in found.items()}

    def door(self):
        """Issue with fixed documents, one invoice and many in a call"""
        tenant = self.tenants[0]
        say('issuing inside, without documents')
        with inside.Process(self.serve, 'web') as call:
            def issue(lines, number, times):
                return call(
                    'issue', secret=tenant.secret, customer=tenant.customer,
                    template=tenant.templates['None'], lines=lines, number=number, times=times)
            issue(2, 1, 10)
            for lines in (2, 20, 400):
                self._plain(
                    f'door_{lines}', f'the door alone, fixed document, {lines} lines',
                    functools.partial(issue, lines, 1, 2 if lines == 400 else 10))
            for number in (100, 1_000):
                self._plain(
                    f'batch_{number}', f'{number:,} invoices in one call of the door, fixed document',
                    functools.partial(issue, 2, number, 1), number)

    def _plain(self, key, title, work, number=1):
        """Store a measurement interleaved with the floor as a row.

        work: function that runs it and returns a list of seconds; number: items in each of these.
        """
        series, base, transaction = measure.Series(), measure.Series(), self._floor()
        for _ in range(self.plan.turns):
            values, elapsed = measure.once(transaction, self.plan.seconds / 4)
            base.rounds.append(values)
            base.elapsed.append(elapsed)
            values = work()
            series.rounds.append(values)
            series.elapsed.append(sum(values))
        figures = series.figures()
        if number > 1:
            figures['per_second'] = round(number / (figures['p50'] / 1000), 1)
        self.rows.append({
            'key': key, 'title': title, 'clients': 1, **figures,
            'transactions': measure.ratios(series, base)})

    def tenants_made(self):
        """Create tenants beside 10, 100 … others"""
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
                    f'tenant_{number}', f'new tenant beside {number:,}',
                    functools.partial(call, 'create', times=2))

    def fairness(self):
        """Latency of another tenant under load"""
        say('one tenant beside the crowd of another')
        self.rows += fairness.rows(
            self.tenants[0], self.tenants[1], max(1, self.plan.rounds // 2), 2 * self.plan.seconds)

    def no_op(self):
        """Calls per second of the empty operation on a single worker, and of the floor on a single worker"""
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
    """Return the facts on which the figures depend"""
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
