"""Errors of templates; paths are fields of ``invoice.template``"""
from trytond.modules.kernel.exceptions import FieldError


class TemplateError(FieldError):
    """A value cannot be printed or stored"""


class LogoError(TemplateError):
    """The logo is no printable picture"""

    def __init__(self, message):
        super().__init__(message, 'logo')


class TemplateStateError(FieldError):
    """There is always exactly one default template"""
    code = 'invalid_state'
