"""Records that drafts name, read set-based; one that is not found is unknown or another tenant's"""
from trytond.i18n import gettext
from trytond.modules.party_customer.customer import get_customers
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool

from .exceptions import UnknownRecordError


def find_all(model, ids, field):
    """Return {id: record}; raises UnknownRecordError naming ``field`` for one that is not found"""
    found = find(model, ids)
    if ids - found.keys():
        raise UnknownRecordError(gettext('document_issue.msg_unknown'), field)
    return found


def find(model, ids):
    """Return {id: record} of those that the tenant has"""
    if not ids:
        return {}
    mine = [('id', 'in', list(ids)), ('company', '=', current_company())]
    return {record.id: record for record in Pool().get(model).search(mine)}


def find_templates(drafts):
    """Return {id: template}; None stands for the default. Raises UnknownRecordError"""
    found = find_all(
        'invoice.template', {draft.template.id for draft in drafts if draft.template}, 'template')
    if any(not draft.template for draft in drafts):
        found[None] = Pool().get('invoice.template').standard()
    return found


def ensure_customers(parties):
    """Return {id of the party: Customer}; a party that the client did not mark as one becomes one"""
    ids = {party.id for party in parties}
    found = get_customers(ids)
    if unmarked := ids - found.keys():
        Party = Pool().get('party.party')
        Party.write(Party.browse(unmarked), {'customer': True})
        found |= get_customers(unmarked)
    return found
