"""The contracts whose modules are there, each by the section ``contract`` of its tryton.cfg::

    [contract]
    name=billing
    key=kbl
    role=owner

name: of the contract, and the scheme of its keys in the credential store; key: first part of its keys; role:
of the tenant's member that its keys act as. The section is read without importing the module, so that the
ground knows the kinds of keys and scripts know the contracts before anything is started.
"""
import configparser
import functools
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from trytond.const import MODULES_GROUP

PREFIX = 'rest_'
"""Of the names of modules that bring a contract or hooks"""
RESERVED = {'billing': 'kbl', 'teams': 'ktm', 'ledger': 'kld', 'trades': 'ktr'}
"""Name → first part of its keys. Keys of a module that is not there still stand in the data, so no other
contract may get their first part.
"""


@dataclass(frozen=True, slots=True)
class Declared:
    """A contract as its module declares it"""
    module: str
    name: str
    key: str
    role: str


def face_modules():
    """Return the names of the installed modules that may bring a contract or hooks"""
    return sorted(
        point.name for point in entry_points(group=MODULES_GROUP) if point.name.startswith(PREFIX))


@functools.cache
def declared():
    """Return {name: Declared} of the contracts that are there"""
    found = {}
    for module in face_modules():
        config = _config(module)
        if config.has_section('contract'):
            contract = Declared(module, **config['contract'])
            found[contract.name] = contract
    check(found)
    return found


def _config(module):
    """Return the tryton.cfg of a module, which Tryton's own reader would import"""
    config = configparser.ConfigParser()
    folder, = find_spec(f'trytond.modules.{module}').submodule_search_locations
    config.read(Path(folder) / 'tryton.cfg')
    return config


def of_module(name):
    """Return the Declared of a module by its name, also a dotted one; KeyError without one"""
    return {contract.module: contract for contract in declared().values()}[name.rpartition('.')[2]]


def check(contracts):
    """Raise ValueError unless every kind of key belongs to one contract; contracts: {name: Declared}"""
    owners = {key: name for name, key in RESERVED.items()}
    for name, contract in contracts.items():
        if owners.setdefault(contract.key, name) != name or RESERVED.get(name, contract.key) != contract.key:
            raise ValueError(
                f'{contract.module}: keys that begin with {contract.key} are not those of {name}')


def key_kinds():
    """Return {scheme: first part of its keys}: those of the contracts, and those that are reserved"""
    return RESERVED | {name: contract.key for name, contract in declared().items()}
