"""The agreement that the tenant issues the invoices of a partner, made before the first Gutschrift.

§ 14 (2) UStG, § 11 (8) UStG 1994: without one the document is no invoice and gives no input tax.
"""
from sql import Null
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.model.exceptions import ValidationError
from trytond.modules.tenant.ownership import TenantOwned
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval, If
from trytond.transaction import Transaction


class AgreementError(ValidationError):
    """An agreement ends before it begins"""


class Agreement(TenantOwned, ModelSQL, ModelView):
    """Self-Billing Agreement"""
    __name__ = 'party.self_billing_agreement'

    party = fields.Many2One('party.party', "Partner", required=True, ondelete='CASCADE')
    start_date = fields.Date("From", required=True)
    end_date = fields.Date(
        "To", domain=[If(Eval('end_date') & Eval('start_date'), ('end_date', '>=', Eval('start_date')), ())],
        help="The last day; empty until it ends.")
    document = fields.Binary("Document", filename='document_name', help="The agreement as both signed it.")
    document_name = fields.Char("Document Name", states={'invisible': ~Eval('document')})
    note = fields.Text("Note")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('start_date', 'DESC'), ('id', 'DESC')]
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.party, Index.Equality())))

    def get_rec_name(self, name):
        return f'{self.party.rec_name} ({self.start_date} – {self.end_date or ""})'

    @classmethod
    def validate_fields(cls, agreements, field_names):
        super().validate_fields(agreements, field_names)
        for agreement in agreements:
            if agreement.end_date and agreement.end_date < agreement.start_date:
                raise AgreementError(gettext('account_invoice_self_billing.msg_agreement_dates'))

    @classmethod
    def covered(cls, questions):
        """Return the (party id, date) pairs of a set that an agreement covers, in one statement"""
        if not questions:
            return set()
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.party, table.start_date, table.end_date,
                where=fields.SQL_OPERATORS['in'](table.party, sorted({p for p, _ in questions}))
                & (table.start_date != Null)))
        terms = cursor.fetchall()
        return {question for question in questions if any(_covers(term, *question) for term in terms)}


def _covers(term, party, date):
    whose, first, last = term
    return whose == party and first <= date and (last is None or date <= last)


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    self_billing_agreements = fields.One2Many(
        'party.self_billing_agreement', 'party', "Self-Billing Agreements")


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @classmethod
    def fields_to_replace(cls):
        return super().fields_to_replace() + [('party.self_billing_agreement', 'party')]


def without_agreement(bills):
    """Return the bills without an agreement of their partner on the day of issue, in one statement"""
    covered = Pool().get('party.self_billing_agreement').covered(set(map(_question, bills)))
    return [bill for bill in bills if _question(bill) not in covered]


def _question(bill):
    return bill.draft.party.id, bill.issue_date
