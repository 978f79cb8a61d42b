"""The one way to issue a document: decide → examine → number → print → write → seal.

A model whose records are issued takes the mixin `Issued` and implements its hooks. A model that holds nothing
but issued documents takes `IssuedRecord`, which implements most of them. It adds its decisions, its page and
its own columns::

    class Quote(IssuedRecord, TenantOwned, ModelSQL, ModelView):
        __name__ = 'quote'
        __series__ = Series('quote', 'sequence_type_quote', "Angebote", 'ANG-${date_Y}-${date_m}-')

        valid_until = fields.Date("Valid Until", readonly=True)

        @classmethod
        def decide(cls, drafts):
            return [Paper(…) for draft in drafts]

        @classmethod
        def lay_out(cls, paper):
            return Document(kind='offer', …)

        @classmethod
        def row(cls, paper):
            return super().row(paper) | {'valid_until': paper.draft.valid_until}

Another module extends a step by overriding its hook with ``super()``.
"""
from itertools import chain

from trytond.model import Unique, fields
from trytond.modules.archive.document import PDF, Sealing
from trytond.modules.document_render import Workshop
from trytond.modules.immutable import Seal
from trytond.modules.kernel import clock, timing
from trytond.modules.tenant.ownership import READ
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import grouped_slice
from trytond.transaction import Transaction, without_check_access

from . import numbering, printed, typesetting
from .locks import LOCKS, PAPER_LOCKS, require_locks
from .paper import File
from .reading import contents, sealed

_BROWSED = 100
_SEALED = {'invisible': ~Eval('document')}


class Issued:
    """Mixin of a model whose records are issued by `issue`; they may have been drafts before"""
    __slots__ = ()
    __issue_locks__ = LOCKS
    __not_issued__ = 'document_issue.msg_not_issued'
    """Message for a record that has no document yet"""

    template = fields.Many2One('invoice.template', "Template", ondelete='RESTRICT')
    issued_at = fields.Timestamp("Issued At", readonly=True)
    printed = fields.Text("As Printed", readonly=True)
    document = fields.Function(
        fields.Many2One('archive.document', "Document", states=_SEALED), 'get_document')
    pdf = fields.Function(fields.Binary("PDF", filename='pdf_name', states=_SEALED), 'get_pdf')
    pdf_name = fields.Function(fields.Char("PDF Name"), 'get_pdf_name')

    @classmethod
    def get_document(cls, records, name):
        return {id: found.id if found else None for id, found in sealed(records).items()}

    @classmethod
    def get_pdf(cls, records, name):
        if Transaction().context.get(f'{cls.__name__}.{name}') == 'size':
            documents = cls.get_document(records, name)
            found = Pool().get('archive.document').browse(filter(None, documents.values()))
            sizes = {document.id: document.size for document in found}
            return {id: sizes.get(document, 0) for id, document in documents.items()}
        return {id: data and fields.Binary.cast(data) for id, data in contents(records).items()}

    def get_pdf_name(self, name):
        return f'{self.number}.pdf' if self.number else None

    # The pipeline

    @classmethod
    def issue(cls, drafts):
        """Issue drafts and return them as records, in the same order; all or nothing.

        Raises IssueError and its kinds, naming the field; restarts the transaction where it does not hold the
        ``__issue_locks__`` yet.
        """
        drafts = list(drafts)
        if not drafts:
            return []
        require_locks(cls.__issue_locks__)
        with without_check_access():
            with timing.part('compute'):
                papers = cls.decide(drafts)
                cls.examine(papers)
                cls.before_numbers(papers)
                cls.take_numbers(papers)
                for paper in papers:
                    paper.document = cls.lay_out(paper)
            # Other processes typeset the documents while the rows are written
            with Workshop() as workshop:
                with timing.part('compute'):
                    finishing = [cls.typeset(paper, workshop) for paper in papers]
                    cls.write_rows(papers)
                for finish in finishing:
                    finish()
            cls.seal(papers)
            cls.finish(papers)
        # By parts: Tryton looks at all ids once for each record
        return list(chain.from_iterable(
                map(cls.browse, grouped_slice([paper.id for paper in papers], _BROWSED))))

    # Its hooks, in their order

    @classmethod
    def decide(cls, drafts):
        """Return a `Paper` per draft, in their order, with all that it will say; nothing is written.

        Raises IssueError and its kinds for a draft that cannot be issued.
        """
        raise NotImplementedError

    @classmethod
    def examine(cls, papers):
        """Refuse papers that must not be issued, and add warnings to those that are doubtful"""

    @classmethod
    def before_numbers(cls, papers):
        """Do what must succeed before any number is taken, such as a call to another service"""

    @classmethod
    def take_numbers(cls, papers):
        """Give each paper its moment and its numbers; they follow creation, whatever the dates"""
        now = clock.now().replace(tzinfo=None)
        for paper in papers:
            paper.issued_at = now
        numbering.give(papers, cls.series_of)

    @classmethod
    def series_of(cls, paper):
        """Return {attribute of the paper: id of the ``ir.sequence.strict`` that numbers it}"""
        return {'number': paper.sequence}

    @classmethod
    def lay_out(cls, paper):
        """Return the `document_render.Document` of a numbered paper"""
        raise NotImplementedError

    @classmethod
    def typeset(cls, paper, workshop):
        """Hand the document of a paper to a Workshop; return a function that waits for it.

        The function fills in ``pdf``, and ``beside`` where more is sealed with it. It raises IssueError or
        RenderingUnavailable where nothing can be made.
        """
        pdf = typesetting.begin(workshop, paper.document)

        def finish():
            paper.pdf = pdf()
        return finish

    @classmethod
    def write_rows(cls, papers):
        """Write the rows of the papers and fill in their ``id``; the documents are not there yet"""
        raise NotImplementedError

    @classmethod
    def seal(cls, papers):
        """Archive the documents, in the order of the papers"""
        Pool().get('archive.document').seal([
                Sealing(
                    owner=f'{cls.__name__},{paper.id}', name=file.name, blob=file.blob,
                    media_type=file.media_type, issued_at=paper.issued_at)
                for paper in papers
                for file in [File(f'{paper.number}.pdf', PDF, paper.pdf), *paper.beside]])

    @classmethod
    def finish(cls, papers):
        """Do what follows from papers that are issued: announce them, set them off"""


class IssuedRecord(Issued):
    """Mixin of a model of nothing but issued documents: each record is made by `issue` and never changes"""
    __slots__ = ()
    __web_rights__ = 'SELECT, INSERT'
    __member_rights__ = READ
    __never_copied__ = True
    __issue_locks__ = PAPER_LOCKS
    __series__ = None
    _rec_name = 'number'

    number = fields.Char("Number", required=True, readonly=True)
    sequence = fields.Many2One(
        'ir.sequence.strict', "Series", required=True, readonly=True, ondelete='RESTRICT')
    issue_date = fields.Date("Date", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        for name in ('template', 'issued_at', 'printed'):
            field = getattr(cls, name)
            field.required = field.readonly = True
        cls.printed.help = "Everything that the document shows."
        table = cls.__table__()
        cls._sql_constraints.append(
            ('number_unique', Unique(table, table.number), 'document_issue.msg_number_unique'))

    @classmethod
    def __seal__(cls):
        return Seal(when=[{}], label='number')

    @classmethod
    def take_numbers(cls, papers):
        sequence = cls.__series__.find_or_create()
        for paper in papers:
            paper.sequence = sequence
        super().take_numbers(papers)

    @classmethod
    def write_rows(cls, papers):
        records = cls.create([cls.row(paper) for paper in papers])
        for paper, record in zip(papers, records, strict=True):
            paper.id = record.id

    @classmethod
    def row(cls, paper):
        """Return the values of the record of a numbered paper"""
        return {
            'number': paper.number, 'sequence': paper.sequence, 'template': paper.template.id,
            'issue_date': paper.issue_date, 'issued_at': paper.issued_at,
            'printed': printed.whole(paper.document, paper.template)}


def issued_models(kind=Issued):
    """Return {name: model} of the models of the pool that issue documents"""
    return {
        name: Model for name, Model in sorted(Pool().iterobject()) if issubclass(Model, kind)}


class Document(metaclass=PoolMeta):
    __name__ = 'archive.document'

    @classmethod
    def _get_owners(cls):
        return [*super()._get_owners(), *issued_models()]
