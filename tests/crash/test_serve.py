"""scripts/serve: from a folder with nothing in it to a first answer, and what it survives.

One installation serves all tests of this file, in the order of the file: making it takes most of the time.
"""
import json
import os
import shutil
import signal
import socket
import stat
import time
import urllib.request

import psycopg
import pytest

from scripts.lib.install import bootstrap
from scripts.lib.run import processes
from scripts.lib.bench import kill
from tests.support import drawing
from tests.support.serving import Callers, Serve, get, until, wait_good

pytestmark = [pytest.mark.serve, pytest.mark.slow]


@pytest.fixture(scope='module')
def data(postgres):
    """As root PostgreSQL runs as another user, who has to be let through: below DATA he is."""
    folder = postgres.home.path / 'serve'
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope='module')
def running(data):
    """Holds the Serve that runs at the moment; tests that end it put the next one here."""
    holder = {'serve': Serve(data)}
    yield holder
    holder['serve'].close()
    assert processes.wait(processes.marked(data), 3) == []


@pytest.fixture
def serve(running):
    serve = running['serve']
    if serve.process.poll() is not None:
        serve = running['serve'] = Serve(serve.data, serve.port)
    serve.wait_ready(240)
    wait_good(f'{serve.url}/readyz')
    return serve


def assert_shape(callers):
    """Every 503 has the contract's shape."""
    for headers, body in callers.unavailable():
        assert headers['Content-Type'].startswith('application/json')
        assert int(headers['Retry-After']) >= 1
        assert headers['X-Request-Id']
        assert body['error'] == 'unavailable' and body['message']


def test_first_start_is_ready_within_four_minutes(running):
    assert running['serve'].wait_ready(240) < 240


def test_demo_json_holds_what_a_caller_needs_and_nobody_else_reads_it(serve):
    demo = serve.demo
    assert stat.S_IMODE(os.stat(serve.data / 'demo.json').st_mode) == 0o600
    assert list(demo) == ['url', 'database', 'rpc', 'postgres', 'pids', 'tenants']
    assert demo['rpc'] == f'{demo["url"]}/{demo["database"]}/'
    assert len(demo['pids']['web']) == 2
    assert [(tenant['country'], tenant['chart']) for tenant in demo['tenants']] == [
        ('DE', 'skr04'), ('AT', 'ekr')]
    for tenant in demo['tenants']:
        assert set(tenant) == {
            'name', 'company', 'country', 'chart', 'plan', 'credentials', 'login'}
        assert tenant['credentials']['billing'] and tenant['login']['password']


def test_curl_line_that_is_printed_issues_an_invoice(serve):
    import subprocess
    line = next(line for line in serve.output if line.strip().startswith('curl -sS -X POST'))
    first, second = (
        json.loads(subprocess.run(
            ['bash', '-c', line], capture_output=True, text=True, timeout=60).stdout)
        for _ in range(2))
    assert first['invoiceNumber'].startswith('INV-')
    assert (first['totalAmount'], first['totalWithTax']) == (760, 904.4)
    assert second == first


def test_an_e_invoice_is_exported_as_it_was_sealed_and_judged_valid(serve, tmp_path):
    import subprocess

    def call(method, path, body=None):
        request = urllib.request.Request(
            serve.url + path, json.dumps(body).encode() if body else None, method=method,
            headers={'X-Api-Key': tenant['credentials']['billing'], 'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def script(*words):
        return subprocess.run(
            ['scripts/einvoice', *map(str, words)], cwd=bootstrap.ROOT, capture_output=True, text=True)

    for tenant in drawing.draw(serve.demo['tenants'], 1 / 2, 'export'):
        customer = json.loads(call('POST', '/api/customers', {
                    'name': 'Stadt Köln', 'email': 're@koeln.example', 'address': 'Domplatz 1\n50667 Köln',
                    'country': 'DE', 'vatId': 'DE136695976', 'buyerReference': '05315-31001-08'}))
        template = json.loads(call('POST', '/api/invoice-templates', {
                    'name': 'XRechnung', 'eInvoiceProfile': 'XRechnung',
                    'taxRate': {'DE': 19, 'AT': 20}[tenant['country']]}))
        invoice = json.loads(call('POST', '/api/invoices', {
                    'customerId': customer['id'], 'invoiceTemplateId': template['id'], 'customItems': [
                        {'description': 'Beratung', 'quantity': 2, 'unit': 'Hour', 'pricePerUnit': 80}]}))
        files = [tmp_path / f'{invoice["id"]}.{name}' for name in ('pdf', 'cii', 'ubl')]
        for file in files:
            written = script(
                'export', invoice['id'], '--format', file.suffix[1:], '--output', file, '--data', serve.data,
                '--tenant', tenant['company'])
            assert written.returncode == 0, written.stderr
        assert files[0].read_bytes() == call('GET', f'/api/invoices/{invoice["id"]}/pdf')
        judged = script('check', *files)
        assert judged.returncode == 0 and judged.stdout.count('XRechnung as') == 3, judged.stdout
    other = next(t['company'] for t in serve.demo['tenants'] if t != tenant)
    refused = script(
        'export', invoice['id'], '--format', 'pdf', '--data', serve.data, '--tenant', other)
    assert refused.returncode == 1 and f'no invoice {invoice["id"]} of tenant {other}' in refused.stderr


def test_database_keeps_its_promises(serve):
    with psycopg.connect(serve.demo['postgres']['owner']) as connection:
        settings = dict(connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN"
            " ('fsync', 'synchronous_commit', 'full_page_writes')"))
        rights = connection.execute(
            'SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles'
            ' WHERE rolname = current_user').fetchone()
    assert set(settings.values()) == {'on'}
    assert rights == (False, True, True)
    with pytest.raises(psycopg.OperationalError, match='password'):
        psycopg.connect(serve.demo['postgres']['owner'], password='guessed', connect_timeout=3)


def test_web_workers_do_not_hold_the_password_of_the_owner(serve):
    password = serve.demo['postgres']['owner'].split(':')[2].split('@')[0].encode()
    for pid in serve.demo['pids']['web'] + [serve.master]:
        with open(f'/proc/{pid}/environ', 'rb') as file:
            assert password not in file.read()
    assert password.decode() not in (serve.data / 'conf' / 'web.conf').read_text()


def test_connection_stays_open(serve):
    with socket.create_connection(('127.0.0.1', serve.port)) as caller:
        for _ in range(2):
            caller.sendall(b'GET /healthz HTTP/1.1\r\nHost: kontor\r\n\r\n')
            assert caller.recv(65536).startswith(b'HTTP/1.1 200')
            time.sleep(6)       # longer than a thread waits for a request
        caller.settimeout(0.2)
        with pytest.raises(TimeoutError):
            caller.recv(1)


def test_second_serve_on_the_same_folder_is_refused(serve):
    second = Serve(serve.data)
    assert second.process.wait(20) == 1
    second.close()
    assert f'in use by another scripts/serve (pid {serve.pid})' in second.lines[-1]


def test_taken_port_is_named_before_anything_starts(serve, tmp_path):
    second = Serve(tmp_path / 'other', serve.port)
    assert second.process.wait(20) == 1
    second.close()
    assert second.lines == [
        f'error: port {serve.port} of 127.0.0.1 is taken:'
        ' stop what listens there or choose another --port']
    assert not (tmp_path / 'other' / 'postgres').exists()


@pytest.mark.parametrize('arguments', [['--port', 'x'], ['--workers', '0'], ['--colour', 'red']])
def test_wrong_options_end_with_code_2(tmp_path, arguments):
    serve = Serve(tmp_path / 'none', arguments=arguments)
    assert serve.process.wait(20) == 2
    serve.close()
    assert not (tmp_path / 'none').exists()


def test_killed_web_worker_is_replaced_and_demo_json_knows(serve):
    killed, kept = serve.demo['pids']['web']
    with Callers(f'{serve.url}/readyz') as callers:
        time.sleep(0.3)
        os.kill(killed, signal.SIGKILL)
        time.sleep(3)
    pids = serve.demo['pids']['web']
    assert kept in pids and killed not in pids and len(pids) == 2
    assert callers.statuses() <= {200, 503, 'ConnectionResetError', 'RemoteDisconnected'}
    assert sum(1 for answer in callers.answers if isinstance(answer[1], str)) <= 3


@pytest.mark.parametrize('name', ['gunicorn', 'trytond-worker', 'trytond-cron'])
def test_killed_child_is_started_again(serve, name):
    text = name if name == 'gunicorn' else f'background.py {name.removeprefix("trytond-")}'
    victim = serve.master if name == 'gunicorn' else min(serve.children(text))
    with Callers(f'{serve.url}/readyz') as callers:
        time.sleep(0.3)
        os.kill(victim, signal.SIGKILL)
        seconds = until(lambda: serve.children(text) and victim not in serve.children(text))
        time.sleep(2)
        seconds += wait_good(f'{serve.url}/readyz')
    assert seconds < 18
    assert callers.statuses() <= {200, 503}
    assert_shape(callers)


@pytest.mark.parametrize('victim', ['postmaster', 'backend'])
def test_killed_postgresql_comes_back(serve, victim):
    pid = serve.postmaster
    if victim == 'backend':
        with psycopg.connect(serve.demo['postgres']['owner']) as connection:
            pid, = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'kontor_web' LIMIT 1").fetchone()
    worker = serve.children('background.py worker')
    with Callers(f'{serve.url}/readyz') as callers:
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not processes.alive(pid))
        seconds = until(lambda: psycopg.connect(serve.demo['postgres']['owner']).close() is None)
        seconds += wait_good(f'{serve.url}/readyz')
        seconds += until(lambda: set(serve.children('background.py worker')) - set(worker))
    assert seconds < 20
    assert callers.statuses() <= {200, 503}
    assert_shape(callers)


def test_everything_but_the_supervisor_killed_serves_again_within_20_seconds(serve):
    pids = processes.marked(serve.data)
    with Callers(f'{serve.url}/readyz') as callers:
        time.sleep(0.3)
        processes.send([pid for pid in pids if pid != serve.pid], signal.SIGKILL)
        seconds = until(lambda: not set(pids) & set(serve.demo['pids']['web']))
        seconds += wait_good(f'{serve.url}/readyz')
    assert seconds < 20
    # Who was being answered at that moment is cut off; everybody after is not
    assert callers.statuses() <= {200, 503, 'ConnectionResetError', 'RemoteDisconnected'}
    assert sum(1 for answer in callers.answers if isinstance(answer[1], str)) <= 3
    assert_shape(callers)


@pytest.mark.parametrize('what', ['supervisor', 'everything'])
def test_next_serve_after_a_crash_is_ready_within_30_seconds(running, serve, what):
    before = serve.demo
    if what == 'supervisor':
        os.killpg(serve.pid, signal.SIGKILL)
        serve.process.wait(10)
    else:
        serve.kill_everything()
    after = running['serve'] = Serve(serve.data, serve.port)
    assert after.wait_ready(30) < 30
    assert after.demo['url'] == before['url']
    assert after.demo['tenants'] == before['tenants']
    assert get(f'{after.url}/readyz')[0] == 200


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_end_within_5_seconds_and_later_start_within_10(running, serve, number):
    """Starting is work: where other tests leave too little of the machine, it may try again"""
    first, starts = serve, []
    while not starts or starts[-1] >= 10 and len(starts) < 3:
        pids = processes.marked(serve.data)
        with socket.create_connection(('127.0.0.1', serve.port)):     # an idle caller delays nothing
            code, seconds = serve.stop(number)
        assert code == 0
        assert seconds < 5
        assert [pid for pid in pids if processes.alive(pid)] == []
        serve = running['serve'] = Serve(serve.data, serve.port)
        starts.append(serve.wait_ready(30))
    assert starts[-1] < 10, starts
    assert serve.demo['tenants'] == first.demo['tenants']


def test_killed_in_the_middle_of_twenty_invoices_nothing_is_half_missing_or_double(running, serve):
    """Five rounds; `scripts/bench --kill N` makes more"""
    rounds = kill.Rounds(serve, seed=2)
    try:
        report = rounds.run(5)
    finally:
        running['serve'] = rounds.serve
    assert report.findings == []
    assert len(report.posts) == 100
    assert {'web', 'document', 'backend'} <= set(report.kills)
