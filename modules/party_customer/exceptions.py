"""Errors of customers: invalid, duplicate or ambiguous; paths are fields of :class:`customer.Customer`"""
from trytond.exceptions import UserError
from trytond.modules.kernel.exceptions import FieldError


class CustomerError(FieldError):
    """A value is invalid"""


class NameMissing(CustomerError):
    pass


class CountryUnknown(CustomerError):
    pass


class VatIdShape(CustomerError):
    pass


class IbanShape(CustomerError):
    pass


class VatIdExists(UserError):
    """Another customer has the VAT id: ``customer`` is its id, ``name`` its name"""
    code = 'vatid_exists'

    def __init__(self, message, vat_id=None, customer=None, name=None):
        super().__init__(message)
        self.vat_id = vat_id
        self.customer = customer
        self.name = name


class AmbiguousName(UserError):
    """Several customers share a name: ``matches`` are the first of them, ``count`` is the number of all"""
    code = 'ambiguous_name'

    def __init__(self, message, searched=None, count=0, matches=()):
        super().__init__(message)
        self.searched = searched
        self.count = count
        self.matches = matches
