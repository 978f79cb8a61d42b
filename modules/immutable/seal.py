"""Declaration of a model's sealed rows.

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
"""Living column: any change is allowed"""
SET = object()
"""Value in a condition: any value but NULL"""
STAMPS = ('write_uid', 'write_date')
"""Living columns of every model"""


@dataclass(frozen=True, slots=True)
class Emptied:
    """Living column: may become NULL after the day in column ``after``; no other change is allowed"""
    after: str


@dataclass(frozen=True, slots=True)
class Seal:
    """Condition under which the rows of a model are sealed, and the changes still allowed then.

    when: alternatives, each {column: values or SET}, {} for always; a row that matches one is sealed
    within: Many2One fields; a row is sealed while the record of one of them is
    living: {column: FREELY, [(old, new), …] or Emptied}: columns that may still change, besides STAMPS
    label: column with the name of a record for people
    deletable: SQL condition on the id $1 under which a sealed row may be deleted; '' for never
    strict: sealed at once, even in the transaction that writes it, and never suspended
    """
    when: Sequence = ()
    within: Sequence = ()
    living: Mapping = field(default_factory=dict)
    label: str = 'id'
    deletable: str = ''
    strict: bool = False

    def allow(self, **living):
        """Return a seal with additional living columns"""
        return replace(self, living={**self.living, **living})


def seals(pool):
    """Return {model name: (Model, Seal)} of the models that declare one"""
    return {
        name: (Model, Model.__seal__()) for name, Model in sorted(pool.iterobject())
        if hasattr(Model, '__seal__')}
