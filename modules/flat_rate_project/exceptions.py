"""Why a project cannot be changed, offered, delivered or billed.

Each error has the path of the value and a ``code``, as those of ``document_issue``.
"""
from trytond.exceptions import UserWarning
from trytond.modules.document_issue.exceptions import IssueError, IssueStateError


class ProjectError(IssueError):
    """A value of a project, an item or a document to be made is wrong"""


class ProjectStateError(IssueStateError):
    """What was issued already, or is not priced yet, does not allow it"""


class DiffersFromOffer(UserWarning):
    """The project that is billed does not come to what was offered"""
