"""The one package of Kontor: every folder below modules/ that holds a tryton.cfg becomes a
Tryton module `trytond.modules.NAME` and is announced to trytond by an entry point.
"""
from pathlib import Path

from setuptools import setup

VERSION = '8.0.0'
ROOT = Path(__file__).parent
MODULES = sorted(path.parent for path in (ROOT / 'modules').glob('*/tryton.cfg'))


def requirements(name):
    """Return the lines of a file in config/ that name a distribution."""
    lines = (ROOT / 'config' / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith(('#', '-'))]


def dotted(module, folder):
    """Return the package name of a folder of a module: views are data, not packages."""
    return '.'.join(['trytond', 'modules', module.name, *folder.relative_to(module).parts])


def packages():
    """Return {package name: folder relative to this file}."""
    found = {}
    for module in MODULES:
        for init in sorted(module.glob('**/__init__.py')):
            folder = init.parent
            found[dotted(module, folder)] = str(folder.relative_to(ROOT))
    return found


def data_files(module):
    """Return the files of a module that are no Python, relative to the module."""
    return [
        str(path.relative_to(module)) for path in sorted(module.glob('**/*'))
        if path.is_file() and path.suffix not in {'.py', '.pyc'}]


PACKAGES = packages()

setup(
    name='kontor',
    version=VERSION,
    description='Back office for small German and Austrian businesses: '
        'one ledger behind four REST contracts, on Tryton',
    license='GPL-3.0-or-later',
    python_requires='>=3.11',
    package_dir=PACKAGES,
    packages=list(PACKAGES),
    package_data={dotted(module, module): data_files(module) for module in MODULES},
    include_package_data=False,
    install_requires=requirements('requirements.txt'),
    extras_require={'test': requirements('requirements-test.txt')},
    zip_safe=False,
    entry_points={
        'trytond.modules': [
            f'{module.name} = {dotted(module, module)}' for module in MODULES],
        'trytond.backend': ['kontor = trytond.modules.backend.database'],
        },
    )
