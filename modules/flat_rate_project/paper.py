"""Offers and delivery notes: numbered, printed and sealed in one transaction, never changed after.

One offer and one delivery note per project; both follow from the project as it stands.
"""
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.account_dach.exceptions import FiscalYearRangeError
from trytond.modules.account_dach.fiscalyear import check_range
from trytond.modules.document_issue.issued import IssuedRecord
from trytond.modules.document_issue.ledger import books_to_issue
from trytond.modules.document_issue.series import Series
from trytond.modules.tenant.ownership import TenantOwned
from trytond.modules.tenant.plan import require_feature

from . import letter
from .exceptions import ProjectError, ProjectStateError
from .pricing import charges, net
from .project import FEATURE


class ProjectDocument(IssuedRecord):
    """Mixin of the documents that a project has at most one of"""
    __slots__ = ()
    _kind = None

    project = fields.Many2One(
        'flat_rate.project', "Project", required=True, readonly=True, ondelete='RESTRICT')
    introduction = fields.Text("Introduction", readonly=True)
    footer = fields.Text("Closing Text", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append((
                'project_unique', Unique(table, table.project), f'flat_rate_project.msg_one_{cls._kind}'))

    @classmethod
    def issue(cls, drafts):
        """As `Issued.issue`; raises PlanForbidden without the feature"""
        require_feature(FEATURE)
        return super().issue(drafts)

    @classmethod
    def decide(cls, drafts):
        """Return the Letters of drafts, each of a project; template and date default to the tenant's own"""
        return letter.decide(drafts, books_to_issue())

    @classmethod
    def examine(cls, letters):
        super().examine(letters)
        cls._check_first([item.project for item in letters])
        for item in letters:
            _check_date(item.issue_date, item.books, 'issue_date')

    @classmethod
    def _check_first(cls, projects):
        """Raise ProjectStateError where a project has such a document, or would get two"""
        found = cls.search([('project', 'in', [project.id for project in projects])], limit=1)
        if found or len(set(projects)) < len(projects):
            raise ProjectStateError(gettext(
                    f'flat_rate_project.msg_has_{cls._kind}',
                    project=(found[0].project if found else projects[0]).name))

    @classmethod
    def row(cls, item):
        return super().row(item) | {
            'project': item.project.id, 'introduction': item.draft.introduction, 'footer': item.draft.footer}


def _check_date(date, books, field):
    """Raise ProjectError naming a field whose date is too far from today"""
    try:
        check_range(date, books.today)
    except FiscalYearRangeError as error:
        raise ProjectError(error.message, field) from error


class Offer(ProjectDocument, TenantOwned, ModelSQL, ModelView):
    """Offer"""
    __name__ = 'flat_rate.offer'
    __series__ = Series(
        'flat_rate_project', 'sequence_type_offer', "Angebote", 'ANG-${date_Y}-${date_m}-')
    _kind = 'offer'

    valid_until = fields.Date("Valid Until", readonly=True)
    delivery_days = fields.Integer("Delivery Time", readonly=True, help="In days.")
    price = fields.Numeric(
        "Price", digits=(16, 2), required=True, readonly=True,
        help="What the project came to, at the prices that it named.")
    untaxed_amount = fields.Numeric("Untaxed", digits=(16, 2), required=True, readonly=True)
    tax_amount = fields.Numeric("Tax", digits=(16, 2), required=True, readonly=True)
    total_amount = fields.Numeric("Total", digits=(16, 2), required=True, readonly=True)

    @classmethod
    def examine(cls, letters):
        super().examine(letters)
        for item in letters:
            valid_until = item.draft.valid_until
            if valid_until and valid_until < item.issue_date:
                raise ProjectError(gettext(
                        'flat_rate_project.msg_valid_before_issue', date=item.issue_date), 'valid_until')
            if not charges(item.project):
                raise ProjectStateError(
                    gettext('flat_rate_project.msg_nothing_priced', project=item.project.name))

    @classmethod
    def lay_out(cls, item):
        return letter.offer(item)

    @classmethod
    def row(cls, item):
        totals = item.document.totals
        return super().row(item) | {
            'valid_until': item.draft.valid_until, 'delivery_days': item.draft.delivery_days,
            'price': net(item.project), 'untaxed_amount': totals.net, 'tax_amount': totals.tax,
            'total_amount': totals.gross}


class DeliveryNote(ProjectDocument, TenantOwned, ModelSQL, ModelView):
    """Delivery Note"""
    __name__ = 'flat_rate.delivery_note'
    __series__ = Series(
        'flat_rate_project', 'sequence_type_delivery_note', "Lieferscheine", 'LS-${date_Y}-${date_m}-')
    _kind = 'delivery_note'

    delivery_date = fields.Date("Delivery Date", readonly=True)
    show_prices = fields.Boolean("Show Prices", readonly=True)

    @classmethod
    def examine(cls, letters):
        super().examine(letters)
        for item in letters:
            if item.draft.delivery_date:
                _check_date(item.draft.delivery_date, item.books, 'delivery_date')

    @classmethod
    def lay_out(cls, item):
        return letter.delivery_note(item)

    @classmethod
    def row(cls, item):
        return super().row(item) | {
            'delivery_date': item.draft.delivery_date, 'show_prices': bool(item.draft.show_prices)}
