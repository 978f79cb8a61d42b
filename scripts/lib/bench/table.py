"""The printed table of figures"""
from .fairness import MOST
from .targets import MEMORY, RATES, TARGETS

HEAD = (
    '', 'clients', 'p50 ms', 'p95', 'p99', 'per s', '× transaction', '× route', 'SQL', 'target', 'to beat')


def text(content):
    """Return the table of a measurement, with its machine and the floors"""
    machine, base = content['machine'], content['floor']
    lines = [
        '', f'{content["date"]}: {machine["cpus"]} CPUs, {machine["memory_gb"]} GB, {machine["system"]},'
        f' Python {machine["python"]}, PostgreSQL {machine["postgresql"]}, load {machine["load"]};'
        f' fsync {machine["fsync"]}, synchronous_commit {machine["synchronous_commit"]},'
        f' full_page_writes {machine["full_page_writes"]}', '',
        f'floor: transaction of a header and four lines {base["transaction"]["p50"]:.2f} ms'
        f' ({base["transaction"]["per_second"]:.0f}/s){_pgbench(base["pgbench"])};'
        f' bare Werkzeug route {base["route"]["p50"]:.2f} ms ({base["route"]["per_second"]:.0f}/s)', '']
    lines += [body(content['operations'], content['statements'])]
    lines += ['', *_memory(content['memory'])]
    lines += [f'not measured: {key}: {reason}' for key, reason in content['missing'].items()]
    return '\n'.join([*lines, f'{content["seconds"]} s in all', ''])


def body(operations, statements=()):
    """Return the rows of a table with its head"""
    rows, lines = [HEAD, *(row(found, dict(statements)) for found in operations)], []
    widths = [max(len(line[n]) for line in rows) for n in range(len(HEAD))]
    for line in rows:
        cells = [line[0].ljust(widths[0]), *(
            cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:-1], strict=True)), line[-1]]
        lines.append('  '.join(cells).rstrip())
    return '\n'.join(lines)


def row(found, statements):
    """Return the cells of an operation"""
    key = found['key']
    base = key.removesuffix('_crowd')
    beaten, whose, target = TARGETS.get(key, (None, '', None))
    rate_beaten, rate_whose, rate_target = RATES.get(key, (None, '', None))
    wanted = [f'≤ {target} ms'] if target else []
    wanted += [f'≥ {rate_target}/s'] if rate_target else []
    other = [f'{beaten / found["p50"]:.0f} × faster than {whose} ({beaten} ms)'] if beaten else []
    if rate_beaten:
        other.append(f'{found["per_second"] / rate_beaten:.0f} × {rate_whose} ({rate_beaten}/s)')
    if 'cpu' in found:
        other.append(f'{found["cpu"]:.0f} µs CPU of the worker per call')
    if 'alone' in found:
        wanted.append(f'p95 ≤ {MOST} × alone')
        other.append(f'p95 {found["times_alone"]} × alone ({_number(found["alone"]["p95"])} ms)')
    return (
        found['title'], str(found['clients']), *(_number(found[name]) for name in ('p50', 'p95', 'p99')),
        _number(found['per_second']), _ratio(found.get('transactions')), _ratio(found.get('routes')),
        str(statements.get(base, '')), ', '.join(wanted), ', '.join(other))


def _number(value):
    return f'{value:.0f}' if value >= 100 else f'{value:.1f}' if value >= 10 else f'{value:.2f}'


def _ratio(values):
    if not values:
        return ''
    middle, *bounds = (f'{value:.0f}' if value >= 20 else f'{value:.1f}' for value in values)
    return f'{middle} ({"–".join(bounds)})' if bounds else middle


def _pgbench(found):
    return f', by pgbench {found[0]:.2f} ms ({found[1]:.0f}/s)' if found else ''


def _memory(found):
    for kind, name in (('web', 'web worker'), ('document', 'document process')):
        if found[kind]:
            values = ', '.join(f'{value:.0f}' for value in found[kind])
            yield f'PSS per {name}: {values} MB; target ≤ {MEMORY[kind][2]} MB'
