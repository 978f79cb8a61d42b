"""Output of the scripts: a table for users, one JSON object for programs. Standard library only."""
import json
import sys

from ..install.bootstrap import Failed, say

DONE, FINDING, USAGE = 0, 1, 2


def show(content, as_json):
    """Print a dictionary, or a list of dictionaries with the same keys"""
    if as_json:
        print(json.dumps(content, default=str, ensure_ascii=False))
    elif isinstance(content, list):
        _table(content)
    else:
        for name, value in content.items():
            print(f'{name}: {_text(value)}')


def _text(value):
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, dict | list) else value


def _table(rows):
    if not rows:
        say('none')
        return
    names = list(rows[0])
    cells = [names, *([str(_text(row[name])) for name in names] for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(names))]
    for line in cells:
        print('  '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def run(command, *arguments):
    """Run a command and return an exit code; known errors are printed without a traceback"""
    try:
        return command(*arguments) or DONE
    except Failed as error:
        say(f'error: {error}')
        return FINDING
    except Exception as error:
        from trytond.exceptions import UserError
        if not isinstance(error, UserError):
            raise
        say(f'error: {error.message}')
        return USAGE if getattr(error, 'field', None) else FINDING


def main(command, *arguments):
    sys.exit(run(command, *arguments))
