"""The contracts that are installed: those of all modules named ``rest_…``"""
import importlib
from importlib.metadata import entry_points

from trytond.modules import MODULES_GROUP


def contracts():
    """Return the contracts of all installed modules named rest_…"""
    return [module.CONTRACT for module in _modules() if hasattr(module, 'CONTRACT')]


def _modules():
    names = sorted(
        point.name for point in entry_points(group=MODULES_GROUP)
        if point.name.startswith('rest_'))
    return [importlib.import_module(f'trytond.modules.{name}') for name in names]
