"""Offers and delivery notes: numbered, printed and sealed in one transaction, never changed after.

``issue`` takes drafts and returns the issued records, as the door of invoices does. One offer and one
delivery note per project; both follow from the project as it stands.
"""
import datetime as dt
from dataclasses import dataclass, field

from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.account_dach.exceptions import FiscalYearRangeError
from trytond.modules.account_dach.fiscalyear import check_range
from trytond.modules.archive.document import NOTHING, Blob, Sealing
from trytond.modules.document_issue import numbering, typesetting
from trytond.modules.document_issue.ledger import read_books
from trytond.modules.document_issue.locks import require_locks
from trytond.modules.document_issue.seller import check_seller
from trytond.modules.immutable import Seal
from trytond.modules.kernel import clock, timing
from trytond.modules.tenant.ownership import TenantOwned
from trytond.modules.tenant.plan import require_feature
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction, without_check_access

from . import letter
from .exceptions import ProjectError, ProjectStateError
from .pricing import charges, net
from .project import FEATURE
from .series import series

LOCKS = ('ir_sequence_strict', 'archive_document')
"""What must be locked before the snapshot of a transaction that issues one of them"""


@dataclass(slots=True)
class Letter:
    """One document on its way: what was decided and checked, then number, page and bytes"""
    draft: object
    project: object
    template: object
    issue_date: dt.date
    buyer: object
    number: str = ''
    sequence: int | None = None
    issued_at: dt.datetime | None = None
    document: object = None
    pdf: Blob | None = field(default=None, repr=False)


class Paper:
    """What offers and delivery notes have in common"""
    __slots__ = ()
    __web_rights__ = 'SELECT, INSERT'
    __member_rights__ = {**NOTHING, 'read': True}
    __never_copied__ = True
    _rec_name = 'number'
    _kind = None

    project = fields.Many2One(
        'flat_rate.project', "Project", required=True, readonly=True, ondelete='RESTRICT')
    number = fields.Char("Number", required=True, readonly=True)
    sequence = fields.Many2One(
        'ir.sequence.strict', "Series", required=True, readonly=True, ondelete='RESTRICT')
    template = fields.Many2One(
        'invoice.template', "Template", required=True, readonly=True, ondelete='RESTRICT')
    issue_date = fields.Date("Date", required=True, readonly=True)
    introduction = fields.Text("Introduction", readonly=True)
    footer = fields.Text("Closing Text", readonly=True)
    issued_at = fields.Timestamp("Issued At", required=True, readonly=True)
    printed = fields.Text(
        "As Printed", required=True, readonly=True, help="Everything that the document shows.")
    document = fields.Function(
        fields.Many2One('archive.document', "Document"), 'get_document')
    pdf = fields.Function(fields.Binary("PDF", filename='pdf_name'), 'get_pdf')
    pdf_name = fields.Function(fields.Char("PDF Name"), 'get_pdf_name')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        table = cls.__table__()
        cls._sql_constraints += [
            ('project_unique', Unique(table, table.project), f'flat_rate_project.msg_one_{cls._kind}'),
            ('number_unique', Unique(table, table.number), 'flat_rate_project.msg_number_unique')]

    @classmethod
    def __seal__(cls):
        return Seal(when=[{}], label='number')

    # Its bytes

    @classmethod
    def get_document(cls, papers, name):
        found = Pool().get('archive.document').sealed(papers)
        return {paper.id: found[str(paper)][0] if str(paper) in found else None for paper in papers}

    @classmethod
    def get_pdf(cls, papers, name):
        Archive = Pool().get('archive.document')
        documents = cls.get_document(papers, name)
        if Transaction().context.get(f'{cls.__name__}.{name}') == 'size':
            sizes = {d.id: d.size for d in Archive.browse(filter(None, documents.values()))}
            return {id: sizes.get(document, 0) for id, document in documents.items()}
        contents = Archive.contents(filter(None, documents.values()))
        return {
            id: fields.Binary.cast(contents[document]) if document else None
            for id, document in documents.items()}

    def get_pdf_name(self, name):
        return f'{self.number}.pdf'

    # Issuing

    @classmethod
    def issue(cls, drafts):
        """Issue drafts and return them as records, in the same order.

        A draft has a project; without a template or a date the tenant's own are taken. All or
        nothing. Raises IssueError and its kinds, naming the field, and PlanForbidden; restarts the
        transaction where it does not hold the LOCKS yet.
        """
        drafts = list(drafts)
        if not drafts:
            return []
        require_feature(FEATURE)
        require_locks(LOCKS)
        with without_check_access():
            with timing.part('compute'):
                letters = cls._letters(drafts)
            for item in letters:
                item.pdf = typesetting.render(item.document)
            papers = cls.create([cls._row(item) for item in letters])
            Pool().get('archive.document').seal([
                    Sealing(
                        owner=paper, name=f'{item.number}.pdf', blob=item.pdf,
                        issued_at=item.issued_at)
                    for paper, item in zip(papers, letters, strict=True)])
        return cls.browse([paper.id for paper in papers])

    @classmethod
    def _letters(cls, drafts):
        """Return the Letters of drafts: decided, numbered and laid out"""
        books = read_books()
        check_seller(books.seller)
        letters = letter.decide(drafts, books, Letter)
        cls._check_first([item.project for item in letters])
        for item in letters:
            cls._check(item, books)
        now = clock.now().replace(tzinfo=None)
        sequence = series(cls._kind)
        numbers, = numbering.take({sequence: [item.issue_date for item in letters]}).values()
        for item, number in zip(letters, numbers, strict=True):
            item.number, item.sequence, item.issued_at = number, sequence, now
            item.document = cls._document(item, books)
        return letters

    @classmethod
    def _check_first(cls, projects):
        """Raise ProjectStateError where a project has such a document, or would get two"""
        found = cls.search([('project', 'in', [project.id for project in projects])], limit=1)
        if found or len(set(projects)) < len(projects):
            raise ProjectStateError(gettext(
                    f'flat_rate_project.msg_has_{cls._kind}',
                    project=(found[0].project if found else projects[0]).name))

    @classmethod
    def _check(cls, item, books):
        """Raise IssueError for what this kind of document does not allow"""
        try:
            check_range(item.issue_date, books.today)
        except FiscalYearRangeError as error:
            raise ProjectError(error.message, 'issue_date') from error

    @classmethod
    def _row(cls, item):
        """Return the values of the record of a Letter"""
        return {
            'project': item.project.id, 'number': item.number, 'sequence': item.sequence,
            'template': item.template.id, 'issue_date': item.issue_date,
            'introduction': item.draft.introduction, 'footer': item.draft.footer, 'issued_at': item.issued_at,
            'printed': letter.copy(item.document, item.template)}


class Offer(Paper, TenantOwned, ModelSQL, ModelView):
    """Offer"""
    __name__ = 'flat_rate.offer'
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
    def _check(cls, item, books):
        super()._check(item, books)
        valid_until = item.draft.valid_until
        if valid_until and valid_until < item.issue_date:
            raise ProjectError(gettext(
                    'flat_rate_project.msg_valid_before_issue', date=item.issue_date), 'valid_until')
        if not charges(item.project):
            raise ProjectStateError(
                gettext('flat_rate_project.msg_nothing_priced', project=item.project.name))

    @classmethod
    def _document(cls, item, books):
        return letter.offer(item, books)

    @classmethod
    def _row(cls, item):
        totals = item.document.totals
        return super()._row(item) | {
            'valid_until': item.draft.valid_until, 'delivery_days': item.draft.delivery_days,
            'price': net(item.project), 'untaxed_amount': totals.net, 'tax_amount': totals.tax,
            'total_amount': totals.gross}


class DeliveryNote(Paper, TenantOwned, ModelSQL, ModelView):
    """Delivery Note"""
    __name__ = 'flat_rate.delivery_note'
    _kind = 'delivery_note'

    delivery_date = fields.Date("Delivery Date", readonly=True)
    show_prices = fields.Boolean("Show Prices", readonly=True)

    @classmethod
    def _check(cls, item, books):
        super()._check(item, books)
        if item.draft.delivery_date:
            try:
                check_range(item.draft.delivery_date, books.today)
            except FiscalYearRangeError as error:
                raise ProjectError(error.message, 'delivery_date') from error

    @classmethod
    def _document(cls, item, books):
        return letter.delivery_note(item, books)

    @classmethod
    def _row(cls, item):
        return super()._row(item) | {
            'delivery_date': item.draft.delivery_date, 'show_prices': bool(item.draft.show_prices)}


class Document(metaclass=PoolMeta):
    __name__ = 'archive.document'

    @classmethod
    def _get_owners(cls):
        return [*super()._get_owners(), 'flat_rate.offer', 'flat_rate.delivery_note']


def pdf_of(paper):
    """Return (bytes, SHA-256) of an issued document; raises ArchiveCorrupt when they are not what was
    sealed
    """
    Archive = Pool().get('archive.document')
    document, _, sha256 = Archive.sealed([paper])[str(paper)]
    return Archive.contents([document])[document], sha256
