"""Why a document cannot be issued.

Paths are those of the draft: ``('due_date',)``, ``('lines', 2, 'unit_price')``, ``('seller', 'street')``.
"""
from trytond.modules.kernel.exceptions import FieldError


class IssueError(FieldError):
    """A value of the draft is wrong"""


class UnknownRecordError(IssueError):
    """A record the draft names does not exist, or is another tenant's"""
    code = 'not_found'


class IssueStateError(IssueError):
    """The draft is right, but the state of the tenant's books or data does not allow it"""
    code = 'invalid_state'


class NotFinalizedError(IssueStateError):
    """There is no document before it is issued"""
    code = 'not_finalized'


class RenderingUnavailable(IssueStateError):
    """No document can be made at the moment; nothing was changed"""
    code = 'unavailable'
