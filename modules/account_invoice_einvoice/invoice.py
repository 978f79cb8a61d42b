"""Invoices with an electronic invoice: composed, embedded in the PDF, and a second file where the profile has
one.

All of this happens in the issue pipeline before sealing; a refusal leaves nothing.
"""
import json
from functools import partial

from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.archive.document import Blob
from trytond.modules.document_issue import reading, typesetting
from trytond.modules.document_issue.exceptions import NotFinalizedError
from trytond.modules.document_issue.paper import File
from trytond.modules.document_render.formats import language_of
from trytond.modules.kernel import timing
from trytond.modules.tenant.plan import require_feature
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.report import Report
from trytond.transaction import Transaction

from . import cii, codes, compose, embed, ubl, validate
from .exceptions import EInvoiceInvalid
from .violations import to_violations

UBL = 'application/xml'
"""Media type of the second sealed file: UBL is stored beside the PDF, not in it"""
_HIDDEN = {'invisible': Eval('einvoice_profile', 'None') == 'None'}


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    einvoice_profile = fields.Function(
        fields.Char("E-Invoice Profile", states=_HIDDEN), 'get_einvoice_profile')
    einvoice_xml = fields.Function(
        fields.Binary("E-Invoice (CII)", filename='einvoice_name', states=_HIDDEN,
            help="The data that stand in the PDF."), 'get_einvoice_xml')
    einvoice_name = fields.Function(fields.Char("File Name of the E-Invoice"), 'get_einvoice_name')
    einvoice_ubl = fields.Function(
        fields.Binary("E-Invoice (UBL)", filename='einvoice_ubl_name', help="The same in the syntax UBL.",
            states={'invisible': Eval('einvoice_profile', 'None') != 'XRechnung'}), 'get_einvoice_ubl')
    einvoice_ubl_name = fields.Function(fields.Char("File Name of the UBL"), 'get_einvoice_name')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons.update({
                'print_sealed': {'invisible': ~Eval('issued_at'), 'depends': ['issued_at']},
                'print_einvoice': {**_HIDDEN, 'depends': ['einvoice_profile']}})

    @classmethod
    def get_einvoice_profile(cls, invoices, name):
        """Profile of the template at the time of issue"""
        return {
            invoice.id: json.loads(invoice.printed)['template']['e_invoice_profile']
            if invoice.printed else 'None' for invoice in invoices}

    @classmethod
    def get_einvoice_xml(cls, invoices, name):
        found = dict.fromkeys(map(int, invoices))
        with_data = [invoice for invoice in invoices if invoice.einvoice_profile != 'None']
        for id, pdf in reading.contents(with_data).items():
            found[id] = cls._shown(name, pdf and embed.extract(pdf)[1])
        return found

    @classmethod
    def get_einvoice_ubl(cls, invoices, name):
        return {id: cls._shown(name, content) for id, content in reading.contents(invoices, UBL).items()}

    @classmethod
    def _shown(cls, name, content):
        """Return bytes in the form the client asks for, which may be their size"""
        if Transaction().context.get(f'{cls.__name__}.{name}') == 'size':
            return len(content or b'')
        return fields.Binary.cast(content) if content else None

    def get_einvoice_name(self, name):
        if not self.number:
            return None
        return f'{self.number}-ubl.xml' if name == 'einvoice_ubl_name' else f'{self.number}.xml'

    # In the issue pipeline

    @classmethod
    def typeset(cls, bill, workshop):
        einvoice = compose.einvoice(bill)
        if einvoice is None:
            return super().typeset(bill, workshop)
        require_feature('e_invoice', bill.books.features)
        written = {'cii': cii.write(einvoice)}
        if einvoice.profile == 'XRechnung':
            written['ubl'] = ubl.write(einvoice)
            bill.beside.append(File(f'{bill.number}.xml', UBL, Blob(written['ubl'])))
        # Another process validates the XML while this worker's document process typesets
        checks = [
            workshop.begin('check', validate.check, xml, syntax, einvoice.profile)
            for syntax, xml in written.items()]
        pdf = typesetting.begin(workshop, bill.document, finish=partial(
                embed.attach, xml=written['cii'], made_at=bill.document.finalised_at,
                specification=codes.specification(einvoice.profile, bill.issue_date)))

        def finish():
            bill.pdf = pdf()
            with timing.part('validate'), typesetting.answered():
                found = [violation for check in checks for violation in check.result()]
            if found:
                raise _refusal(bill, einvoice, found)
        return finish

    # In the client

    @classmethod
    @ModelView.button_action('account_invoice.report_invoice')
    def print_sealed(cls, invoices):
        pass

    @classmethod
    @ModelView.button_action('account_invoice_einvoice.report_einvoice')
    def print_einvoice(cls, invoices):
        pass


def _refusal(bill, einvoice, found):
    language = language_of(bill.template.language)
    violations = to_violations(
        found, language, einvoice, self_billed=bill.document.kind == 'gutschrift')
    said = '\n'.join(f"{each['message']} ({each['rule']})" for each in violations)
    with Transaction().set_context(language=language):
        return EInvoiceInvalid(
            gettext('account_invoice_einvoice.msg_invalid', violations=said), violations=violations)


def files_of(invoice):
    """Return {format: bytes} of the sealed files of an invoice.

    Formats: pdf; cii if the PDF has embedded data; ubl if it was sealed beside it.
    """
    pdf, = reading.contents([invoice]).values()
    second, = reading.contents([invoice], UBL).values()
    found = {'pdf': pdf, 'ubl': second}
    if pdf and (inside := embed.extract(pdf)):
        found['cii'] = inside[1]
    return {name: content for name, content in found.items() if content}


class EInvoiceReport(Report):
    """The sealed electronic invoice; it is never written a second time"""
    __name__ = 'account.invoice.einvoice'

    @classmethod
    def _execute(cls, records, header, data, action):
        invoice, = Pool().get('account.invoice').browse(records)
        content = files_of(invoice).get('cii')
        if not content:
            raise NotFinalizedError(gettext('account_invoice_einvoice.msg_no_einvoice'))
        return 'xml', content
