"""The look, language and tax defaults that a document is made with"""
from types import SimpleNamespace

from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import inactive_records

from .exceptions import UnknownRecordError
from .lookups import find

FIELDS = (
    'id', 'active', 'name', 'language', 'apply_tax', 'is_tax_included', 'tax_rate', 'tax_label',
    'payment_qr_mode', 'payment_instructions', 'e_invoice_profile', 'business_process_id',
    'primary_color', 'secondary_color', 'font_name', 'logo_type')


class Templates:
    """The templates that drafts name, and the tenant's default where one names none"""

    def __init__(self, drafts):
        with inactive_records():
            found = find('invoice.template', {draft.template.id for draft in drafts if draft.template})
        self._found = {id: _fixed(template) for id, template in found.items()}
        if any(not draft.template for draft in drafts):
            standard = Pool().get('invoice.template').standard()
            self._found[None] = standard and _fixed(standard)

    def of(self, draft, deleted=False):
        """Return the template of a draft; deleted: also one that was deleted since.

        Raises UnknownRecordError.
        """
        template = self._found.get(draft.template.id if draft.template else None)
        if template is None or not (template.active or deleted):
            raise UnknownRecordError(gettext('document_issue.msg_unknown'), 'template')
        return template


def _fixed(template):
    """Return a plain object with all that a document needs of a template"""
    return SimpleNamespace(
        **{name: getattr(template, name) for name in FIELDS},
        logo=bytes(template.logo) if template.logo_type else None)
