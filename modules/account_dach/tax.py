"""Taxes with dates of validity, and the lookup of the one tax for a rate.

A tax of the chart has a country, kind, category and, where several share these, a reason; ``start_date`` and
``end_date`` limit its validity. Categories are those of UN/ECE 5305 as used by EN 16931.
"""
from decimal import Decimal

from sql import Null
from trytond.i18n import gettext
from trytond.model import Index, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval

from .exceptions import TaxNotFoundError, TaxOverlapError

KINDS = [
    (None, ""),
    ('sale', "Sale"),
    ('purchase', "Purchase"),
    ]
CATEGORIES = [
    (None, ""),
    ('S', "Standard or reduced rate"),
    ('Z', "Zero rated"),
    ('E', "Exempt"),
    ('AE', "Reverse charge"),
    ('K', "Intra-Community supply"),
    ('G', "Export"),
    ]
REASONS = [
    (None, ""),
    ('small_business', "Small business"),
    ('domestic', "Domestic reverse charge"),
    ]
_HUNDRED = Decimal(100)


class TaxCode(metaclass=PoolMeta):
    __name__ = 'account.tax.code'
    name_en = fields.Char("English Name")


class Tax(metaclass=PoolMeta):
    __name__ = 'account.tax'
    _states = {'invisible': Bool(Eval('parent'))}
    country_code = fields.Char("Country", size=2, states=_states, help="ISO 3166 code.")
    kind = fields.Selection(KINDS, "Kind", states=_states)
    category = fields.Selection(
        CATEGORIES, "Category", states=_states, help="Category code of the electronic invoice.")
    reason = fields.Selection(
        REASONS, "Reason", states=_states,
        help="Tells taxes apart that share country, kind, category and rate.")
    datev_key = fields.Char("DATEV Key", size=4, states=_states)
    vat_box = fields.Char(
        "VAT Return Box", states=_states, help="The main box of the VAT return.")
    base_account = fields.Many2One(
        'account.account', "Base Account", ondelete='RESTRICT', states=_states,
        domain=[
            ('company', '=', Eval('company', -1)),
            ('type.statement', '=', 'income'),
            ],
        help="The revenue or expense account for lines with this tax that name none.")
    description_en = fields.Char("English Description")
    legal_notice_en = fields.Text("English Legal Notice")
    source = fields.Char(
        "Source", states=_states, help="The provision the tax follows from.")
    del _states

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(Index(
                table, (table.country_code, Index.Equality()), (table.kind, Index.Equality()),
                where=table.country_code != Null))

    @classmethod
    def validate_fields(cls, taxes, field_names):
        super().validate_fields(taxes, field_names)
        cls.check_overlap(taxes, field_names)

    @classmethod
    def check_overlap(cls, taxes, field_names=None):
        """Raise TaxOverlapError if two taxes match the same lookup at the same time"""
        if field_names and not (field_names & {
                    'country_code', 'kind', 'category', 'reason', 'rate', 'start_date', 'end_date',
                    'parent', 'active'}):
            return
        for tax in taxes:
            if tax.active and not tax.parent and tax.country_code and tax.kind and tax.category:
                others = [o for o in cls.search(cls._same_question(tax)) if o != tax]
                if others:
                    raise TaxOverlapError(gettext(
                            'account_dach.msg_tax_overlap',
                            tax=tax.rec_name, other=others[0].rec_name))

    @classmethod
    def _same_question(cls, tax):
        domain = _question(
            tax.company.id, tax.country_code, tax.kind, tax.category, tax.dach_rate, tax.reason)
        if tax.end_date:
            domain.append(['OR', ('start_date', '=', None), ('start_date', '<=', tax.end_date)])
        if tax.start_date:
            domain.append(['OR', ('end_date', '=', None), ('end_date', '>=', tax.start_date)])
        return domain

    @property
    def dach_rate(self):
        """The rate in percent; a self-assessed tax has it on its children"""
        if self.type == 'percentage':
            return self.rate * _HUNDRED
        return max((child.rate * _HUNDRED for child in self.childs if child.rate), default=Decimal(0))


def resolve(company, country, kind, category, rate, date, reason=None):
    """Return the one matching tax (``account.tax``).

    :param company: id of the company
    :param country: ISO code of the country that levies the tax ('DE', 'AT')
    :param kind: 'sale' or 'purchase'
    :param category: UN/ECE 5305: S, Z, E, AE, K, G
    :param rate: percent, as Decimal or int (19)
    :param date: date of supply: § 27 (1) UStG, the rate is that of the day of supply
    :param reason: 'small_business' (E) or 'domestic' (AE) instead of the plain tax
    :raises TaxNotFoundError: the path is country, category, rate or date: the first without a match
    """
    Tax = Pool().get('account.tax')
    question = _question(company, country, kind, category, rate, reason)
    taxes = Tax.search(question + _in_force(date), limit=2)
    if len(taxes) == 1:
        return taxes[0]
    if taxes:
        field, message = 'date', 'account_dach.msg_tax_ambiguous'
    else:
        field = _misfit(company, country, kind, category, rate, reason)
        message = f'account_dach.msg_tax_no_{field}'
    raise TaxNotFoundError(gettext(
            message, country=country, category=category,
            rate=f'{Decimal(rate).normalize():f}', date=date), field)


def _misfit(*arguments):
    """Return the name of the first argument without a matching tax, 'date' if all others match"""
    Tax = Pool().get('account.tax')
    domain = []
    for name, part in _parts(*arguments):
        domain = domain + part
        if not Tax.search(domain, limit=1, order=[]):
            return name
    return 'date'


def _question(*arguments):
    return [clause for _, part in _parts(*arguments) for clause in part]


def _parts(company, country, kind, category, rate, reason):
    """Return [(argument, its clauses)] in the order in which a mismatch is searched"""
    percent = Decimal(rate) / _HUNDRED
    return [
        ('country', [
                ('company', '=', company),
                ('parent', '=', None),
                ('country_code', '=', country),
                ('kind', '=', kind),
                ]),
        ('category', [
                ('category', '=', category),
                ('reason', '=', reason),
                ]),
        ('rate', [
                ['OR', ('rate', '=', percent), [('type', '=', 'none'), ('childs.rate', '=', percent)]],
                ]),
        ]


def _in_force(date):
    return [
        ['OR', ('start_date', '=', None), ('start_date', '<=', date)],
        ['OR', ('end_date', '=', None), ('end_date', '>=', date)],
        ]
