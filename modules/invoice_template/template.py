"A tenant's templates"
from decimal import Decimal

from sql import Null
from sql.operators import Equal
from trytond.model import DeactivableMixin, Exclude, ModelSQL, ModelView, fields
from trytond.modules.account_dach import tables
from trytond.modules.tenant import clock
from trytond.modules.tenant.ownership import TenantOwned
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

QR_MODES = [
    ('None', "None"),
    ('EpcQrCode', "EPC QR Code"),
    ('StripePaymentLink', "Stripe Payment Link"),
    ]
PROFILES = [
    ('None', "None"),
    ('Basic', "Factur-X Basic"),
    ('EN16931', "Factur-X EN 16931"),
    ('XRechnung', "XRechnung"),
    ]
PRIMARY, SECONDARY, FONT = '#1E88E5', '#757575', 'Arial'
FALLBACK_RATE = Decimal(20)


class Template(DeactivableMixin, TenantOwned, ModelSQL, ModelView):
    "Invoice Template"
    __name__ = 'invoice.template'

    name = fields.Char("Name", required=True, size=100)
    language = fields.Char("Language", required=True, size=5, help=(
            "de or en; any other language prints in English."))
    primary_color = fields.Char("Primary Colour", required=True, size=50)
    secondary_color = fields.Char("Secondary Colour", required=True, size=50)
    font_name = fields.Char("Font", required=True, size=100)
    apply_tax = fields.Boolean("Apply Tax")
    is_tax_included = fields.Boolean("Prices Include Tax")
    tax_rate = fields.Numeric(
        "Tax Rate", digits=(3, 2), required=True,
        domain=[('tax_rate', '>=', 0), ('tax_rate', '<=', 100)],
        states={'readonly': ~Eval('apply_tax')}, help="In percent.")
    tax_label = fields.Char("Tax Label", size=50)
    payment_qr_mode = fields.Selection(QR_MODES, "Payment QR Code", required=True, sort=False)
    payment_instructions = fields.Text("Payment Instructions", size=500)
    e_invoice_profile = fields.Selection(PROFILES, "E-Invoice Profile", required=True, sort=False)
    business_process_id = fields.Char("Business Process", size=200, help="BT-23 of EN 16931.")
    mail_title = fields.Char("Mail Subject", size=200)
    mail_content = fields.Text("Mail Text", size=2000)
    logo = fields.Binary("Logo", help="PNG or JPEG.")
    logo_type = fields.Char("Logo Type", readonly=True)
    has_logo = fields.Function(fields.Boolean("Has Logo"), 'get_has_logo')
    is_default = fields.Boolean("Default", help="Used where no template is chosen.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('is_default', 'DESC'), ('id', 'ASC')]
        table = cls.__table__()
        cls._sql_constraints.append((
                'one_default', Exclude(table, (table.company, Equal), where=table.is_default),
                'invoice_template.msg_one_default'))

    @staticmethod
    def default_language():
        return 'en'

    @staticmethod
    def default_primary_color():
        return PRIMARY

    @staticmethod
    def default_secondary_color():
        return SECONDARY

    @staticmethod
    def default_font_name():
        return FONT

    @staticmethod
    def default_apply_tax():
        return True

    @staticmethod
    def default_is_tax_included():
        return False

    @classmethod
    def default_tax_rate(cls):
        "Return the standard rate of the tenant's country today"
        company = Pool().get('company.company')(current_company())
        try:
            return tables.standard_rate(company.country.code, clock.today(company.timezone))
        except (AttributeError, LookupError):
            return FALLBACK_RATE

    @staticmethod
    def default_payment_qr_mode():
        return 'None'

    @staticmethod
    def default_e_invoice_profile():
        return 'None'

    @classmethod
    def get_has_logo(cls, templates, name):
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, table.logo != Null,
                where=fields.SQL_OPERATORS['in'](table.id, [t.id for t in templates])))
        return dict(cursor)

    @classmethod
    def standard(cls):
        "Return the tenant's default template, None if there is none"
        found = cls.search([('is_default', '=', True)], limit=1)
        return found[0] if found else None
