"""The files affected by a change: the transitive importers of the changed files.

Tryton's modules also depend on each other by way of the pool, so a module counts as importing the modules in
its tryton.cfg; a file that is not Python counts as the whole module of its folder.
"""
from dataclasses import dataclass, field
from pathlib import Path

from . import source


@dataclass
class Graph:
    """importers: path → paths of the files that import it; all relative to the root"""
    importers: dict = field(default_factory=dict)

    @classmethod
    def of(cls, root):
        """Read the imports of all Python files below modules, scripts and tests"""
        graph = cls()
        files = [path for top in source.TREES for path in sorted((root / top).rglob('*')) if _is_python(path)]
        names = {source.dotted(path.relative_to(root)): path.relative_to(root).as_posix() for path in files}
        for path in files:
            own = path.relative_to(root)
            if own.parts[0] == 'modules':
                graph._add(f'modules/{own.parts[1]}/__init__.py', own.as_posix())
            for _, name in source.imported(source.tree(path), source.package(own)):
                if found := source.file_of(name, names):
                    graph._add(found, own.as_posix())
        for config in sorted((root / 'modules').glob('*/tryton.cfg')):
            for module in source.depends(config):
                graph._add(
                    f'modules/{module}/__init__.py', f'modules/{config.parent.name}/__init__.py')
        return graph

    def _add(self, imported, importer):
        if imported != importer:
            self.importers.setdefault(imported, set()).add(importer)

    def reaching(self, changed):
        """Return the changed files and all that import them, directly or not"""
        reached, waiting = set(), [file for path in changed for file in (path, *_whole(path))]
        while waiting:
            path = waiting.pop()
            if path not in reached:
                reached.add(path)
                waiting += self.importers.get(path, ())
        return reached


def _is_python(path):
    if path.suffix == '.py':
        return True
    return not path.suffix and path.is_file() and path.read_bytes().startswith(b'#!/usr/bin/env python')


def _whole(path):
    """Return the package of a changed Tryton module, which stands for all its dependents"""
    parts = Path(path).parts
    return [f'modules/{parts[1]}/__init__.py'] if parts[0] == 'modules' and 'tests' not in parts[2:] else []
