"""The declaration of a model about its sealed rows.

    class Quote(TenantOwned, ModelSQL, ModelView):
        __name__ = 'quote'

        @classmethod
        def __seal__(cls):
            return Seal(when=[{'state': ['sent', 'accepted']}], living={'accepted_at': FREELY})

    class QuoteLine(TenantOwned, ModelSQL, ModelView):
        __name__ = 'quote.line'

        @classmethod
        def __seal__(cls):
            return Seal(within=['quote'])

A module that extends a model adds to it: ``return super().__seal__().allow(paid_date=FREELY)``.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

FREELY = True
"""Living column: may change to whatever"""
SET = object()
"""Value in a condition: anything but NULL"""
STAMPS = ('write_uid', 'write_date')
"""Living columns of every model"""


@dataclass(frozen=True, slots=True)
class Emptied:
    """Living column: may become NULL after the day in column ``after``, and nothing else"""
    after: str


@dataclass(frozen=True, slots=True)
class Seal:
    """When the rows of a model are sealed, and what may still happen to them.

    when: alternatives, each {column: values or SET}, {} for always; a row that fits one is sealed
    within: Many2One fields; a row is sealed as long as the record one of them points at is
    living: {column: FREELY, [(old, new), …] or Emptied} that still changes, beside the stamps
    label: column that names a record to a person
    deletable: SQL condition on the id $1 under which a sealed row may be deleted; '' for never
    strict: sealed at once, even for the transaction that writes it, and never suspended
    """
    when: Sequence = ()
    within: Sequence = ()
    living: Mapping = field(default_factory=dict)
    label: str = 'id'
    deletable: str = ''
    strict: bool = False

    def allow(self, **living):
        """Return a seal under which more columns live on"""
        return replace(self, living={**self.living, **living})


def seals(pool):
    """Return {model name: (Model, Seal)} of the models that declare one"""
    return {
        name: (Model, Model.__seal__()) for name, Model in sorted(pool.iterobject())
        if hasattr(Model, '__seal__')}
