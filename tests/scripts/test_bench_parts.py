"""The parts of scripts/bench: callers, rounds, figures, the table and what the modes take."""
import socket
import threading
import time

import pytest

from scripts.lib.bench import client, copies, measure, memory, modes, plots, table
from scripts.lib.bench.operations import OPERATIONS


@pytest.fixture
def server():
    """Answers each request with the next of some byte strings, split in the middle; returns (port, answers)
    """
    answers, listener = [], socket.create_server(('127.0.0.1', 0))

    def serve():
        connection, _ = listener.accept()
        with connection:
            for answer in answers:
                connection.recv(65536)
                connection.sendall(answer[:len(answer) // 2])
                time.sleep(0.01)
                connection.sendall(answer[len(answer) // 2:])
    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], answers
    listener.close()


def test_caller_reads_answers_that_come_piecemeal(server):
    port, answers = server
    body = b'x' * 300_000
    answers += [
        b'HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n' + body,
        b'HTTP/1.1 204 No Content\r\n\r\n',
        b'HTTP/1.1 400 Bad Request\r\ncontent-length: 5\r\n\r\nwrong']
    caller = client.Caller('127.0.0.1', port, 'key')
    request = caller.request('POST', '/p', {'a': 1})
    assert request.startswith(b'POST /p HTTP/1.1\r\nHost: bench\r\nX-Api-Key: key\r\n')
    assert request.endswith(b'Content-Length: 8\r\n\r\n{"a": 1}')
    assert caller.call(request) == body
    assert caller.call(request, 204) == b''
    with pytest.raises(client.Refused, match='POST /p answered 400: wrong'):
        caller.call(request)
    with pytest.raises(client.Refused, match='closed'):
        caller.call(request)


def test_rounds_are_interleaved_and_figures_are_medians_of_medians(monkeypatch):
    now, calls = [0.0], []
    monkeypatch.setattr(measure.time, 'perf_counter', lambda: now[0])

    def work(name, seconds):
        def run():
            calls.append(name)
            now[0] += seconds
        return run
    subjects = [
        measure.Subject('a', '', (work('a', 0.5),), 2), measure.Subject('b', '', (work('b', 1.5),), 1)]
    series = measure.interleaved(subjects, rounds=3, seconds=1)
    assert ''.join(calls) == 'ab' + 'aab' * 3
    figures = series['a'].figures()
    assert (figures['p50'], figures['p99'], figures['per_second'], figures['calls']) == (500, 500, 2, 6)
    assert measure.ratios(series['b'], series['a']) == [3, 3, 3]


def test_median_of_rounds_is_not_that_of_all_calls():
    series = measure.Series([[0.001] * 9, [0.002], [0.003]], [0.009, 0.002, 0.003])
    assert series.figures()['p50'] == 2
    assert (series.figures()['least'], series.figures()['most']) == (1, 3)


def test_clients_work_at_the_same_time_and_an_error_of_one_is_raised():
    barrier = threading.Barrier(3, timeout=10)
    values, _ = measure.once(measure.Subject('c', '', (barrier.wait,) * 3, 1), 0)
    assert len(values) == 3

    def refuse():
        raise client.Refused('no')
    with pytest.raises(client.Refused):
        measure.once(measure.Subject('c', '', (time.monotonic, refuse), 1), 0)


@pytest.mark.parametrize('share, expected', [(0, 1), (0.5, 51), (0.95, 96), (0.99, 100), (1, 100)])
def test_quantile(share, expected):
    assert measure.quantile(list(range(1, 101)), share) == expected


def measured(key, p50, **others):
    return {
        'key': key, 'title': key, 'clients': 1, 'p50': p50, 'p95': p50, 'p99': p50, 'least': p50 / 2,
        'most': p50 * 2, 'per_second': 1000 / p50, **others}


def test_table_holds_target_ratio_and_what_is_to_beat():
    cells = table.row(measured('einvoice_2', 50, transactions=[62.5, 55, 71.2]), {'einvoice_2': 24})
    assert cells == (
        'einvoice_2', '1', '50.0', '50.0', '50.0', '20.0', '62 (55–71)', '', '24', '≤ 60 ms',
        '12 × faster than Odoo with PDF and XRechnung (605 ms)')


def test_curves_take_their_points_by_key():
    content = {'operations': [
        measured('list', 3), measured('list_10000', 4), measured('list_crowd', 9), measured('read', 1),
        measured('issue_400', 5), measured('issue_2', 2)]}
    assert plots.points(content, r'list(?:_(\d+))?') == [(1000, 3, 1.5, 6), (10000, 4, 2, 8)]
    assert plots.points(content, r'issue_(\d+)') == [(2, 2, 1, 4), (400, 5, 2.5, 10)]


def test_curves_are_drawn(tmp_path):
    content = {
        'date': '2026-11-25T10:00:00+00:00', 'machine': {'cpus': 2, 'postgresql': '18'}, 'operations': [
            measured('list', 3), measured('list_10000', 4), measured('issue_2', 2),
            measured('tenant_10', 140)]}
    paths = plots.draw(content, tmp_path / 'bench')
    assert sorted(path.name for path in paths) == [
        'invoices.png', 'invoices.svg', 'lines.png', 'lines.svg', 'tenants.png', 'tenants.svg']
    assert (tmp_path / 'bench' / 'lines.png').read_bytes().startswith(b'\x89PNG')
    assert '<svg' in (tmp_path / 'bench' / 'invoices.svg').read_text()


def test_memory_of_this_process_and_of_one_that_is_gone():
    import os
    assert memory.pss([2 ** 22 - 1]) == []
    assert 10 < memory.pss([os.getpid()])[0] < 2000


def test_modes_and_their_options(capsys):
    assert modes.parse(['--seed', '200', '--tenants', '4']).tenants == 4
    assert modes.parse(['--kill', '50']).random_seed == 1
    assert modes.parse(['--quick']).quick
    assert tuple(operation.key for operation in OPERATIONS) == modes.OPERATIONS
    for wrong in (['--profile', 'flying'], ['--seed', '1', '--stop'], ['--kill', 'x']):
        with pytest.raises(SystemExit) as ended:
            modes.parse(wrong)
        assert ended.value.code == 2


def test_catalogue_knows_what_points_where(postgres, database):
    import psycopg
    with psycopg.connect(postgres.superuser(database)) as connection:
        catalogue = copies.Catalogue.read(connection)
    assert catalogue.links['account_invoice_line']['invoice'] == 'account_invoice'
    assert catalogue.links['account_move']['company'] == 'company_company'
    assert 'origin' in catalogue.references['account_move']
    assert 'ir_model' not in catalogue.columns
