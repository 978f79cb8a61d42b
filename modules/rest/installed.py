"""The contracts that are installed: those of all modules named ``rest_…``"""
import importlib

from trytond.modules.tenant.contracts import face_modules


def contracts():
    """Return the contracts of all installed modules named rest_…"""
    return [module.CONTRACT for module in _modules() if hasattr(module, 'CONTRACT')]


def _modules():
    return [importlib.import_module(f'trytond.modules.{name}') for name in face_modules()]
