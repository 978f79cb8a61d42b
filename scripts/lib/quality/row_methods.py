"""Tryton's methods replaced by the set-based engine, and overrides of them.

The engine of `account_invoice_issue` writes rows instead of calling Tryton's methods. Each of its steps lists
in brackets the methods that it replaces, as ``[Invoice.get_move, Move.post]``; a name without a class belongs
to the class before it. The engine would silently ignore a Kontor module's override of one of these. So the
module has to extend a row method (``…_rows``, ``…_values``) that lists the same method, or to be in EXCUSED.
"""
import ast
import re
from collections import defaultdict
from pathlib import Path

from ..install.bootstrap import ROOT

ENGINE = 'account_invoice_issue'
STEPS = ('booking.py', 'settle.py')
ROW_METHOD = ('_rows', '_values')
"""Suffixes of the names of row methods"""
EXCUSED = {
    ('account_immutable', 'account.invoice', '_store_cache'):
        "writes the same amounts; it leaves those of issued invoices alone",
    ('account_invoice_self_billing', 'account.invoice', 'cancel'):
        "refuses a person's call; it changes no row",
    }
"""(module, model, method) → reason why the override does not affect the rows of the engine"""
_BRACKET = re.compile(r'\[([A-Z]\w*\.\w+(?:,\s+(?:[A-Z]\w*\.)?\w+)*)\]')


def findings(root=ROOT / 'modules', excused=EXCUSED):
    """Return a sentence for every override that the engine ignores, and for every excuse of none"""
    root, found, left = Path(root), [], set(excused)
    steps = Steps(root / ENGINE)
    for folder in sorted(path.parent for path in root.glob('*/tryton.cfg') if path.parent.name != ENGINE):
        defined = list(members(folder))
        extended = {(model, name) for _, model, name in defined}
        for where, model, name in defined:
            if (model, name) not in steps.named:
                continue
            left.discard((folder.name, model, name))
            rows = steps.named[model, name]
            if not rows & extended and (folder.name, model, name) not in excused:
                found.append(f'{where}: the engine passes {model}.{name} by; {_remedy(rows)}')
    return steps.findings + found + [
        f'scripts/lib/quality/row_methods.py: {module} does not override {model}.{name}'
        for module, model, name in sorted(left)]


def _remedy(rows):
    if not rows:
        return 'no row method names it'
    return 'extend ' + ' or '.join(f'{model}.{name}' for model, name in sorted(rows))


class Steps:
    """The steps of the engine in a folder.

    named: {(model, method of Tryton): {(model, row method)}}; findings: brackets without a class.
    """

    def __init__(self, folder):
        self.named, self.findings = defaultdict(set), []
        trees = {folder / name: ast.parse((folder / name).read_text()) for name in STEPS}
        self._models = {
            node.name: model for tree in trees.values() for node, model in _classes(tree)}
        for path, tree in trees.items():
            for node in tree.body:
                self._read(path, node, None)

    def _read(self, path, node, model):
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                self._read(path, member, self._models.get(node.name))
        elif isinstance(node, ast.FunctionDef):
            row = {(model, node.name)} if model and node.name.endswith(ROW_METHOD) else set()
            for owner, method in bracketed(ast.get_docstring(node) or ''):
                if owner in self._models:
                    self.named[self._models[owner], method] |= row
                else:
                    self.findings.append(f'{path}:{node.lineno}: {owner} is no class of {", ".join(STEPS)}')


def bracketed(text):
    """Return [(class, method)] listed in the brackets of a docstring"""
    found = []
    for bracket in _BRACKET.findall(text):
        for name in re.split(r',\s+', bracket):
            owner, _, method = name.rpartition('.')
            found.append((owner or found[-1][0], method))
    return found


def members(folder):
    """Yield (file and line, model, name) for every name that a class of a module defines, without tests"""
    for path in sorted(folder.rglob('*.py')):
        if 'tests' in path.relative_to(folder).parts:
            continue
        for node, model in _classes(ast.parse(path.read_text())):
            for member in node.body:
                for name in _names(member):
                    yield f'{path}:{member.lineno}', model, name


def _classes(tree):
    """Yield (class, model) for each class of a file with a ``__name__``"""
    constants = {
        name: value for node in tree.body if isinstance(node, ast.Assign) for name, value in _assigned(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if '__name__' in _names(member):
                    yield node, _text(member.value, constants)


def _text(value, constants):
    value = constants.get(value.id) if isinstance(value, ast.Name) else value
    return value.value if isinstance(value, ast.Constant) else None


def _assigned(node):
    """Yield (name, value) of an assignment; ``A, B = 1, 2`` gives two"""
    for target in node.targets:
        if isinstance(target, ast.Name):
            yield target.id, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip((item.id for item in target.elts), node.value.elts, strict=False)


def _names(member):
    """Return the names defined by a statement in the body of a class"""
    if isinstance(member, (ast.FunctionDef, ast.ClassDef)):
        return [member.name]
    targets = getattr(member, 'targets', [getattr(member, 'target', member)])
    return [name.id for target in targets for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)]
