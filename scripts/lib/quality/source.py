"""The Python files of the tree: their dotted names, and what each imports, also within functions."""
import ast
import configparser
import functools

TREES = ('modules', 'scripts', 'tests')


def dotted(path):
    """Return the name by which a file is imported; path: relative to the root."""
    parts = path.with_suffix('').parts
    parts = parts[:-1] if parts[-1] == '__init__' else parts
    return '.'.join(('trytond', *parts) if parts[0] == 'modules' else parts)


def package(path):
    """Return the name of the package that the relative imports of a file start from."""
    name = dotted(path)
    return name if path.name == '__init__.py' else name.rpartition('.')[0]


@functools.cache
def tree(path):
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text())


def imported(tree, package=''):
    """Yield (line, dotted name) of everything that a syntax tree of a package imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split('.')[:len(package.split('.')) - node.level + 1] if node.level else []
            module = '.'.join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f'{module}.{alias.name}') for alias in node.names)


def file_of(name, files):
    """Return the file of {name: file} behind a dotted name: a module, or the one that holds the name."""
    for candidate in (name, name.rpartition('.')[0]):
        if candidate in files:
            return files[candidate]
    return None


@functools.cache
def depends(config):
    """Return ``depends`` and ``extras_depend`` of a tryton.cfg, nothing for one that is not there."""
    parser = configparser.ConfigParser()
    parser.read(config)
    return [
        name for option in ('depends', 'extras_depend')
        for name in parser.get('tryton', option, fallback='').split()]
