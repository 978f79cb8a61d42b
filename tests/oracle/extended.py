"""Activates the module `extension` in a database, for this process and those that it starts.

trytond finds a module by an entry point of an installed distribution. Here that is a folder with nothing but
its metadata, on the path as long as `announced` lasts: the product does not know the module.

Run as a program with the owner's configuration: ``python -m tests.oracle.extended DATABASE ROLES``.
"""
import contextlib
import os
import sys
from unittest import mock

NAME = 'kontor_oracle_extension'
_METADATA = {
    'METADATA': 'Metadata-Version: 2.1\nName: kontor-oracle\nVersion: 0\n',
    'entry_points.txt': f'[trytond.modules]\n{NAME} = tests.oracle.extension\n'}


@contextlib.contextmanager
def announced(folder):
    """Let trytond find the module, by metadata written below a folder (a Path)"""
    distribution = folder / 'kontor_oracle-0.dist-info'
    distribution.mkdir()
    for name, text in _METADATA.items():
        (distribution / name).write_text(text)
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get('PYTHONPATH')]))
    with mock.patch.dict(os.environ, PYTHONPATH=path), \
            mock.patch.object(sys, 'path', [*sys.path, str(folder)]):
        yield


@contextlib.contextmanager
def registered():
    """Register the classes of the announced module in a process whose Pool has started already"""
    from trytond import modules
    from trytond.pool import Pool
    from trytond.tools import misc
    misc.entry_points.cache_clear()
    for classes, options in modules.get_module_register(NAME):
        Pool.register(*classes, **options)
    modules.MODULES.append(NAME)
    try:
        yield
    finally:
        modules.MODULES.remove(NAME)
        for classes in Pool.classes.values():
            classes.pop(NAME, None)
        misc.entry_points.cache_clear()


def main():
    database, roles = sys.argv[1:]
    from trytond.modules.tenant import walls
    from trytond.modules.tenant.ownership import HOUSE
    from trytond.modules.tenant.scope import tenant_scope
    from trytond.modules.tenant_provision.install import role_names
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True), tenant_scope(HOUSE):
        Pool(database).init(update=[NAME])
    with Transaction().start(database, 0) as transaction:
        walls.build(transaction.connection, Pool(), role_names(roles))


if __name__ == '__main__':
    main()
