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


def ensure_customers(ids):
    """Return {party: Customer} of parties (ids); one that is not marked as a customer becomes one"""
    found = get_customers(ids)
    if unmarked := ids - found.keys():
        found |= mark_customers(unmarked)
    return found


def mark_customers(ids):
    """Make customers of parties (ids); return {party: Customer}"""
    Party = Pool().get('party.party')
    Party.write(Party.browse(ids), {'customer': True})
    return get_customers(ids)
