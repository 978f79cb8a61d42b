"""scripts/lint: ruff over everything, the layout, and overrides that the engine passes by."""
import json
import subprocess
import sys

from . import layers, row_methods
from ..install.bootstrap import ROOT, say


def main(arguments):
    """Print the findings; return 0 without any, else 1."""
    style = _ruff(arguments.paths or ['.'])
    layout = layers.findings() + row_methods.findings()
    if arguments.json:
        print(json.dumps({'style': style, 'layout': layout}))
    else:
        for line in style + layout:
            print(line)
    say(f'{len(style)} findings of style, {len(layout)} of layout')
    return 1 if style or layout else 0


def _ruff(paths):
    """Return the findings of ruff, one line each."""
    result = subprocess.run(
        [sys.executable, '-m', 'ruff', 'check', '--quiet', '--output-format', 'concise', *paths],
        cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = result.stdout.splitlines()
    if result.returncode and not lines:
        return [f'ruff ended with code {result.returncode}']
    return lines
