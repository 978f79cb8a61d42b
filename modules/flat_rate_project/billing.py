"""The invoice of a project: it goes through the door of invoices, and the project remembers which.

At most one invoice stands for a project. Where it was cancelled, the next one takes its place.
"""
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.document_issue.limits import storable
from trytond.modules.document_issue.locks import require_locks
from trytond.modules.kernel.concurrency import lock_rows
from trytond.modules.tenant.ownership import READ, TenantOwned
from trytond.modules.tenant.plan import require_feature
from trytond.pool import Pool
from trytond.transaction import without_check_access

from . import reading
from .exceptions import ProjectStateError
from .pricing import charges, invoice_rows
from .project import FEATURE


class ProjectInvoice(TenantOwned, ModelSQL, ModelView):
    """Invoice of a Flat-Rate Project"""
    __name__ = 'flat_rate.project.invoice'
    __web_rights__ = 'SELECT, INSERT, UPDATE'
    __member_rights__ = READ
    __never_copied__ = True

    project = fields.Many2One(
        'flat_rate.project', "Project", required=True, readonly=True, ondelete='RESTRICT')
    invoice = fields.Many2One(
        'account.invoice', "Invoice", required=True, readonly=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('project_unique', Unique(table, table.project), 'flat_rate_project.msg_one_invoice'),
            ('invoice_unique', Unique(table, table.invoice), 'flat_rate_project.msg_invoice_unique')]

    @classmethod
    def link(cls, project, invoice):
        """Let an invoice stand for a project"""
        if found := cls.search([('project', '=', project.id)]):
            cls.write(found, {'invoice': invoice.id})
        else:
            cls.create([{'project': project.id, 'invoice': invoice.id}])

    @classmethod
    def bill(cls, project, **values):
        """Issue the invoice of a project and return it.

        values: of the draft, such as template, invoice_date, due_date, comment, introduction. Raises
        ProjectStateError where nothing is priced or an invoice stands, PlanForbidden, and what the door
        raises; restarts the transaction where it does not hold the door's locks yet.
        """
        require_feature(FEATURE)
        require_locks()
        Invoice = Pool().get('account.invoice')
        with without_check_access():
            # What it costs is changed before or after, not meanwhile
            lock_rows('flat_rate.project', [project.id])
            if reading.billed([project.id]):
                raise ProjectStateError(
                    gettext('flat_rate_project.msg_has_invoice', project=project.name))
            if not charges(project):
                raise ProjectStateError(
                    gettext('flat_rate_project.msg_nothing_priced', project=project.name))
            note = project.delivery_note
            invoice, = Invoice.issue([Invoice(
                        party=project.party, lines=list(_lines(project)), description=project.name,
                        supply_date=note.delivery_date if note else None, **values)])
            cls.link(project, invoice)
        return Invoice(invoice.id)


def _lines(project):
    """Yield the lines of the draft; an item without a price is a line of text"""
    Line = Pool().get('account.invoice.line')
    for number, row in enumerate(invoice_rows(project)):
        if row.price is None:
            yield Line(type='comment', description=row.description)
            continue
        yield Line(
            type='line', description=row.description, unit=row.unit, custom_unit=row.custom_unit,
            quantity=storable(row.quantity, 'items', number), unit_price=row.price)
