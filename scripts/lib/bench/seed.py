"""scripts/bench --seed N --tenants T: an instance for external measurements; --stop ends it."""
import shutil
import signal
from urllib.parse import urlsplit

import psycopg

from ..run import processes
from ..install.bootstrap import Failed, say
from ..install.demo import call
from ..install.home import Busy, Home, read_json, write_json
from ..run.instance import Serve
from . import bodies, prepared, seeding

OTHERS = 50
"""Posted invoices of each tenant but the first"""
_ORIGINALS = 12
"""Invoices issued by requests; the others are copies of them"""
_START = 240


def run(arguments):
    """Seed an instance, leave it serving, print the path of its demo.json"""
    data = folder(arguments)
    if _pid(data):
        raise Failed(f'{data} serves already: scripts/bench --stop ends it')
    shutil.rmtree(data, ignore_errors=True)
    data.parent.mkdir(parents=True, exist_ok=True)
    prepared.copied(data)
    serve = Serve(data, environment=prepared.ENVIRONMENT, detached=True)
    try:
        serve.wait_ready(_START)
        fill(serve, arguments.seed, arguments.tenants)
        serve = again(serve, detached=True)
    except BaseException:
        serve.close()
        raise
    print(data / 'demo.json')


def stop(arguments):
    """End the seeded instance and remove its folder"""
    data = folder(arguments)
    pid = _pid(data)
    if pid and processes.end([pid], (signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        raise Failed(f'process {pid} does not end')
    shutil.rmtree(data, ignore_errors=True)


def folder(arguments):
    return arguments.data / 'bench' / 'seeded'


def _pid(data):
    """Return the pid of the scripts/serve that locks a folder, None without one"""
    if not data.exists():
        return None
    home = Home(data)
    try:
        home.lock()
    except Busy:
        return int((data / 'serve.lock').read_text())
    home.unlock()
    return None


def fill(serve, number, tenants):
    """Give the first tenant ``number`` posted invoices; create ``tenants`` in all, each other with OTHERS.

    The two demo tenants always stay. The instance must be restarted afterwards: its processes have no
    knowledge of rows inserted by SQL.
    """
    home = Home(serve.data)
    known = read_json(home.tenants)
    for tenant, wanted in zip(known, [number, OTHERS], strict=False):
        say(f'issuing invoices of {tenant["name"]}')
        issue(serve.url, tenant, min(wanted, _ORIGINALS))
    with superuser(serve) as connection:
        for tenant, wanted in zip(known, [number, OTHERS], strict=False):
            say(f'{seeding.invoices(connection, tenant["company"], wanted)} invoices of {tenant["name"]}')
        if tenants > len(known):
            say(f'{tenants} tenants')
            known += clones(connection, serve, known[-1], tenants - len(known))
        connection.commit()
        connection.autocommit = True
        seeding.settle(connection)
    write_json(home.tenants, known)


def clones(connection, serve, source, number):
    """Copy a tenant; return the objects of demo.json of the copies"""
    found = seeding.tenants(connection, source['company'], serve.demo['database'], number)
    return [
        source | {
            'company': company, 'credentials': {'billing': key}, 'login': source['login'] | {'user': user}}
        for company, key, user in found]


def issue(url, tenant, number):
    """Issue invoices of a tenant by HTTP, distributed over the year until today"""
    key = tenant['credentials']['billing']
    customers = [row['id'] for row in call(url, key, 'GET', '/api/customers')[1]['items']]
    template = call(url, key, 'GET', '/api/invoice-templates')[1][0]['id']
    for n in range(number):
        body = bodies.invoice(customers[n % len(customers)], template, lines=2 + n % 3)
        body['issueDate'] = bodies.day_back(30 * n)
        status, answer = call(url, key, 'POST', '/api/invoices', body)
        if status != 201:
            raise Failed(f'POST /api/invoices answered {status}: {answer}')


def again(serve, detached=False, arguments=()):
    """Restart an instance; return its Serve"""
    port = serve.port
    serve.close()
    serve = Serve(serve.data, port, arguments, prepared.ENVIRONMENT, detached)
    serve.wait_ready(_START)
    return serve


def superuser(serve):
    """Return a superuser's connection, without walls, to the database of an instance"""
    password = Home(serve.data).secrets()['superuser']
    address = urlsplit(serve.demo['postgres']['owner'])
    netloc = f'postgres:{password}@{address.netloc.rpartition("@")[2]}'
    return psycopg.connect(address._replace(netloc=netloc).geturl())
