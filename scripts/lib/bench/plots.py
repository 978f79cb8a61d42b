"""Growth as curves: time over invoices, over lines, over tenants, as SVG and PNG."""
import math
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Curve:
    """title, axis: texts; families: [(label, pattern of the keys)]"""
    name: str
    title: str
    axis: str
    families: tuple


CURVES = (
    Curve('invoices', 'Reading, by invoices of the tenant', 'invoices in the tenant', (
        ('list 50', r'list(?:_(\d+))?'), ('read one', r'read(?:_(\d+))?'))),
    Curve('lines', 'Issuing, by lines of the invoice', 'lines', (
        ('POST, EN 16931, checked', r'einvoice_(\d+)'), ('POST, PDF', r'issue_(\d+)'),
        ('the door alone, fixed document', r'door_(\d+)'))),
    Curve('tenants', 'A new tenant, by tenants in the database', 'tenants in the database', (
        ('new tenant', r'tenant_(\d+)'),)),
    )
COLOURS = ('#1e5aa8', '#c2571a', '#3d7d3a')
FIRST_SIZE = 1_000
"""Invoices of the tenant whose keys have no number"""


def points(content, pattern):
    """Return [(x, p50, minimum, maximum)] of the operations with one client and a matching key, by x"""
    found = []
    for row in content['operations']:
        match = re.fullmatch(pattern, row['key'])
        if match and row['clients'] == 1:
            found.append((int(match[1] or FIRST_SIZE), row['p50'], row['least'], row['most']))
    return sorted(found)


def draw(content, folder):
    """Draw all curves into a folder; return the paths of the files"""
    import matplotlib
    matplotlib.use('Agg')
    folder.mkdir(parents=True, exist_ok=True)
    return [path for curve in CURVES for path in _draw(curve, content, folder)]


def _draw(curve, content, folder):
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(6.4, 3.6), layout='constrained')
    for (label, pattern), colour in zip(curve.families, COLOURS, strict=False):
        _line(axes, points(content, pattern), label, colour)
    axes.set(xscale='log', yscale='log', xlabel=curve.axis, ylabel='ms, median of one client')
    _whole_decades(axes)
    axes.set_title(curve.title, loc='left', fontsize=11)
    axes.grid(True, which='major', color='#dddddd', linewidth=0.6)
    axes.spines[['top', 'right']].set_visible(False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_plain)
        axis.set_minor_formatter('')
    axes.legend(frameon=False, fontsize=9)
    figure.text(0.99, 0.01, _machine(content), ha='right', fontsize=6.5, color='#777777')
    paths = [folder / f'{curve.name}.{kind}' for kind in ('svg', 'png')]
    for path in paths:
        figure.savefig(path, dpi=160, metadata={'Date': None} if path.suffix == '.svg' else None)
    pyplot.close(figure)
    return paths


def _line(axes, found, label, colour):
    """A line through the medians, and bars from the minimum to the maximum median of a round"""
    if found:
        xs, middles, least, most = zip(*found, strict=True)
        axes.plot(xs, middles, marker='o', markersize=4, linewidth=1.6, color=colour, label=label)
        axes.fill_between(xs, least, most, color=colour, alpha=0.15, linewidth=0)


def _whole_decades(axes):
    """Begin and end the scale of times at a power of ten, so that pictures are comparable"""
    low, high = axes.get_ylim()
    axes.set_ylim(10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high)))


def _plain(value, _):
    return f'{value:,.0f}'.replace(',', '\u202f') if value >= 1 else f'{value:g}'


def _machine(content):
    machine = content['machine']
    return f'{content["date"][:10]}, {machine["cpus"]} CPUs, PostgreSQL {machine["postgresql"]}'
