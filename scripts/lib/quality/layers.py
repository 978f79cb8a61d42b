"""The layout: the allowed dependencies between modules and between files.

- A module imports another only if that is in the transitive ``depends`` of its tryton.cfg.
- ``depends`` go downwards only: to the wings listed for a module's own wing, and within a wing to the modules
  listed after it.
- Modules of the faces (contracts, hooks, pages) never depend on each other.
- No cycles of imports between files; imports inside functions count.

The wings are those of README.md. A module without a wing is a finding. Tests may import any module.
"""
import functools
from pathlib import Path

from . import source
from ..install.bootstrap import ROOT

FACES, CORE, INBOX, SALES, PAPERS, BOOKS, GROUND = (
    'faces', 'core of the faces', 'inbox', 'sales and bank', 'papers', 'books', 'ground')
WINGS = {
    FACES: ('web',),
    CORE: ('web_server', 'rpc', 'rest'),
    INBOX: ('document_review', 'assistant'),
    SALES: (
        'checkout', 'account_dunning_dach', 'account_invoice_recurring', 'flat_rate_project', 'quote',
        'account_payment_run', 'account_statement_match', 'account_invoice_payment_link',
        'account_invoice_self_billing', 'account_invoice_einvoice', 'account_invoice_issue'),
    PAPERS: ('document_issue', 'invoice_template', 'product_catalog', 'party_customer'),
    BOOKS: ('account_datev', 'account_close', 'account_booking', 'account_immutable', 'account_dach'),
    GROUND: (
        'outbox', 'archive', 'immutable', 'tenant_provision', 'kernel', 'tenant', 'backend',
        'document_render', 'text_key'),
    }
"""Wing → its modules, each before its dependencies; every module named ``rest_…`` belongs to the faces"""
STANDS_ON = {
    FACES: (CORE, INBOX, SALES, PAPERS, BOOKS, GROUND),
    CORE: (GROUND,),
    INBOX: (SALES, PAPERS, BOOKS, GROUND),
    SALES: (PAPERS, BOOKS, GROUND),
    PAPERS: (BOOKS, GROUND),
    BOOKS: (GROUND,),
    GROUND: (),
    }
"""Wing → wings on which its modules may depend"""
WING = {module: wing for wing, modules in WINGS.items() for module in modules}


def findings(root=ROOT):
    """Return a sentence for each violation of the layout in the tree at ``root``."""
    house = House(root / 'modules')
    return [*_without_place(house), *_upward(house), *_undeclared(house), *_circles(root)]


def wing(module):
    """Return the wing of a module, None without one."""
    return FACES if module.startswith('rest_') else WING.get(module)


def may_depend(module, target):
    """Tell if a module of Kontor may depend on another."""
    upper, lower = wing(module), wing(target)
    if upper == lower:
        places = WINGS[upper]
        return upper != FACES and places.index(module) < places.index(target)
    return lower in STANDS_ON[upper]


class House:
    """The modules below a folder, and their dependencies."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.own = sorted(path.parent.name for path in self.folder.glob('*/tryton.cfg'))
        self._reach = {}

    def has(self, module):
        """Tell if a module exists, here or among Tryton's."""
        return module in self.own or _config(_trytons(), module).exists()

    def depends(self, module):
        """Return ``depends`` and ``extras_depend`` of a module, nothing for one that is not there."""
        return source.depends(_config(self.folder if module in self.own else _trytons(), module))

    def reach(self, module):
        """Return the names of all modules in a module's transitive dependencies."""
        if module not in self._reach:
            found, queue = set(), [module]
            while queue:
                new = set(self.depends(queue.pop())) - found
                found |= new
                queue += new
            self._reach[module] = found
        return self._reach[module]

    def files(self, module):
        """Yield the Python files of a module without its tests."""
        folder = self.folder / module
        for path in sorted(folder.rglob('*.py')):
            if 'tests' not in path.relative_to(folder).parts:
                yield path


def _config(folder, module):
    return folder / module / 'tryton.cfg'


@functools.cache
def _trytons():
    """Return the folder of Tryton's own modules."""
    import trytond.modules
    return Path(trytond.modules.__file__).parent


def _without_place(house):
    return [
        f'modules/{module}: has no place in WINGS of scripts/lib/quality/layers.py'
        for module in house.own if wing(module) is None]


def _upward(house):
    for module in house.own:
        for target in house.depends(module):
            if wing(module) and wing(target) and not may_depend(module, target):
                yield f'{_config(house.folder, module)}: {module} must not know {target}'


def _undeclared(house):
    for module in house.own:
        for path in house.files(module):
            for line, target in dict.fromkeys(imported(source.tree(path))):
                if house.has(target) and target not in {module, *house.reach(module)}:
                    yield f'{path}:{line}: {module} does not depend on {target}'


def imported(tree):
    """Yield (line, module) for each Tryton module that a syntax tree imports."""
    for line, name in source.imported(tree):
        parts = name.split('.')
        if parts[:2] == ['trytond', 'modules'] and len(parts) > 2:
            yield line, parts[2]


# Import cycles

def _circles(root):
    """Return a sentence for each circle of files, by one way round."""
    paths = [path.relative_to(root) for top in source.TREES for path in sorted((root / top).rglob('*.py'))]
    files = {source.dotted(path): path for path in paths}
    graph = {path: sorted(_targets(root, path, files) - {path}) for path in paths}
    return ['circle of imports: ' + ' → '.join(map(str, way)) for way in circles(graph)]


def _targets(root, path, files):
    """Return the files that a file imports; a package counts only where it gives the name itself."""
    names = source.imported(source.tree(root / path), source.package(path))
    return {found for _, name in names if (found := source.file_of(name, files))}


def circles(graph):
    """Return short cycles of {name: names} that together contain every name in a cycle."""
    found, seen = [], set()
    for name in sorted(graph):
        if name not in seen and (way := _way_round(graph, name)):
            found.append(way)
            seen.update(way)
    return found


def _way_round(graph, start):
    """Return the shortest path from a name back to it, None without one."""
    before, queue = {}, [start]
    for name in queue:
        for target in graph.get(name, ()):
            if target == start:
                way = [start, name]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if target not in before:
                before[target] = name
                queue.append(target)
    return None
