"""The table of events: inserted and read by the web role, never changed by it.

An event has a name such as ``invoice.paid``, the record it concerns and a payload for the receiver. Each row
is one event: the announcing code decides between once and repeatedly.
"""
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal

from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.kernel import clock
from trytond.modules.tenant.ownership import READ, TenantOwned
from trytond.modules.kernel.rows import insert
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool

@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened.

    name: subject and verb, ``invoice.paid``; subject: a stored record; payload: JSON values, also Decimals
    and dates.
    """
    name: str
    subject: object
    payload: dict


class Outbox(TenantOwned, ModelSQL, ModelView):
    """Event"""
    __name__ = 'outbox'
    __web_rights__ = 'SELECT, INSERT'
    __member_rights__ = READ
    __never_copied__ = True

    event = fields.Char("Event", required=True, readonly=True)
    subject = fields.Reference("Subject", 'get_subjects', required=True, readonly=True)
    payload = fields.Text("Payload", required=True, readonly=True, help="JSON.")
    created_at = fields.Timestamp("Created At", required=True, readonly=True, help="UTC.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.subject, Index.Equality())))

    @classmethod
    def _get_subjects(cls):
        """Return the names of the models that can be the subject of an event"""
        return []

    @classmethod
    def get_subjects(cls):
        get_name = Pool().get('ir.model').get_name
        return [(None, '')] + [(model, get_name(model)) for model in cls._get_subjects()]


def announce(events):
    """Store events of the running transaction's tenant, in one statement; they are delivered after COMMIT"""
    events = list(events)
    if not events:
        return
    now = clock.now().replace(tzinfo=None)
    insert('outbox', current_company(), [
            {'event': event.name, 'subject': str(event.subject), 'payload': payload_text(event.payload),
                'created_at': now}
            for event in events])


def payload_text(payload):
    """Return the JSON of a payload: amounts with their decimals as given, days and moments in ISO 8601"""
    return json.dumps(payload, default=_plain, ensure_ascii=False, sort_keys=True)


def _plain(value):
    if isinstance(value, Decimal):
        return format(value, 'f')
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    raise TypeError(f'{type(value).__name__} has no place in an event')
