"""A tenant's templates.

Exactly one active template is the default. Writers of one tenant run one at a time (table lock); each write
demotes, promotes or refuses. A template that a document refers to is archived instead of deleted.
"""
from decimal import Decimal

from psycopg.errors import SerializationFailure
from sql import Column, Null
from sql.operators import Equal
from trytond import backend
from trytond.i18n import gettext
from trytond.model import DeactivableMixin, Exclude, ModelSQL, ModelView, fields
from trytond.model.exceptions import ValidationError
from trytond.modules.account_dach import tables
from trytond.modules.document_render import colours
from trytond.modules.kernel import clock
from trytond.modules.tenant.ownership import TenantOwned
from trytond.modules.tenant.plan import require_feature, require_room
from trytond.modules.tenant.role import check_writable
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from . import logo
from .exceptions import TemplateError, TemplateStateError

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
COLOURS = ('primary_color', 'secondary_color')
OPTIONAL = ('tax_label', 'payment_instructions', 'business_process_id', 'mail_title', 'mail_content')
"""Fields in which an empty text means None"""
FEATURES = {
    ('payment_qr_mode', 'EpcQrCode'): 'epc_qr',
    ('e_invoice_profile', 'Basic'): 'e_invoice',
    ('e_invoice_profile', 'EN16931'): 'e_invoice',
    ('e_invoice_profile', 'XRechnung'): 'e_invoice',
    }
"""(field, value) → feature of the plan that it requires"""
LIMIT = 'template_limit'


class Template(DeactivableMixin, TenantOwned, ModelSQL, ModelView):
    """Invoice Template"""
    __name__ = 'invoice.template'

    name = fields.Char("Name", required=True, size=100, strip=False)
    language = fields.Char("Language", required=True, size=5, strip=False, help=(
            "de or en; any other language prints in English."))
    primary_color = fields.Char(
        "Primary Colour", required=True, size=50, help="#RGB, #RRGGBB or #RRGGBBAA.")
    secondary_color = fields.Char(
        "Secondary Colour", required=True, size=50, help="#RGB, #RRGGBB or #RRGGBBAA.")
    font_name = fields.Char("Font", required=True, size=100, strip=False)
    apply_tax = fields.Boolean("Apply Tax")
    is_tax_included = fields.Boolean("Prices Include Tax")
    tax_rate = fields.Numeric(
        "Tax Rate", digits=(3, 2), required=True,
        domain=[('tax_rate', '>=', 0), ('tax_rate', '<=', 100)],
        states={'readonly': ~Eval('apply_tax')}, help="In percent.")
    tax_label = fields.Char("Tax Label", size=50, strip=False)
    payment_qr_mode = fields.Selection(QR_MODES, "Payment QR Code", required=True, sort=False)
    payment_instructions = fields.Text("Payment Instructions", size=500, strip=False)
    e_invoice_profile = fields.Selection(PROFILES, "E-Invoice Profile", required=True, sort=False)
    business_process_id = fields.Char("Business Process", size=200, strip=False, help="BT-23 of EN 16931.")
    mail_title = fields.Char("Mail Subject", size=200, strip=False)
    mail_content = fields.Text("Mail Text", size=2000, strip=False)
    logo = fields.Binary("Logo", help="PNG or JPEG of at most 2 MB.")
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
        """Return the standard rate of the tenant's country today"""
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
        """Return the tenant's default template, None if there is none"""
        found = [template for template in cls._active_templates() if template.is_default]
        return found[0] if found else None

    @classmethod
    def _active_templates(cls):
        """Return the tenant's active templates, the default first; an installation would see all tenants'"""
        return cls.search([('company', '=', current_company())])

    # Validation

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        for name in OPTIONAL:
            if name in values and not (values[name] or '').strip():
                values[name] = None
        for name in COLOURS:
            if values.get(name) and not colours.HEX.fullmatch(values[name]):
                raise TemplateError(gettext('invoice_template.msg_colour'), name)
        if 'logo' in values:
            values['logo'] = values['logo'] or None
            values['logo_type'] = logo.media_type(values['logo']) if values['logo'] else None
        return values

    @classmethod
    def check_modification(cls, mode, templates, values=None, external=False):
        super().check_modification(mode, templates, values=values, external=external)
        if mode == 'delete':
            return
        for (name, value), feature in FEATURES.items():
            if mode == 'create':
                enabled = any(getattr(template, name) == value for template in templates)
            else:
                enabled = values.get(name) == value and any(
                    getattr(template, name) != value for template in templates)
            if enabled:
                require_feature(feature)

    # Exactly one default

    @classmethod
    def create(cls, vlist):
        cls._lock_templates()
        vlist = [values.copy() for values in vlist]
        shown = [values for values in vlist if values.get('active', True)]
        cls._check_room(len(shown))
        before = cls.standard()
        chosen = next((values for values in reversed(shown) if values.get('is_default')), None)
        if chosen and before:
            cls._set_default([before], False)
        elif not before:
            chosen = chosen or next(iter(shown), None)
        for values in vlist:
            values['is_default'] = values is chosen
        return super().create(vlist)

    @classmethod
    def write(cls, templates, values, *args):
        cls._lock_templates()
        actions = iter((templates, values, *args))
        for some, changes in zip(actions, actions, strict=True):
            cls._write(cls.browse(some), dict(changes))

    @classmethod
    def _write(cls, templates, values):
        if 'active' in values and not values['active']:
            values['is_default'] = False
            cls._pass_default_on(templates)
        elif 'is_default' in values:
            values['is_default'] = cls._move_default(templates, values['is_default'])
        if values.get('active'):
            cls._check_room(len([t for t in templates if not t.active]))
        super().write(templates, values)

    @classmethod
    def _move_default(cls, templates, wanted):
        """Move the default to a template, or refuse to leave the tenant without one; returns ``wanted``"""
        standard = cls.standard()
        if not wanted:
            if standard in templates:
                raise TemplateStateError(
                    gettext('invoice_template.msg_default_stays'), 'is_default')
        elif len(templates) != 1:
            raise TemplateStateError(gettext('invoice_template.msg_one_default'), 'is_default')
        elif standard and standard not in templates:
            cls._set_default([standard], False)
        return bool(wanted)

    @classmethod
    def _pass_default_on(cls, templates):
        """Move the default away from these templates; raises TemplateStateError if no other remains"""
        remaining = sorted(set(cls._active_templates()) - set(templates), key=lambda template: template.id)
        if not remaining:
            raise TemplateStateError(gettext('invoice_template.msg_last_template'))
        standard = cls.standard()
        if standard in templates:
            cls._set_default([standard], False)
            cls._set_default(remaining[:1], True)

    @classmethod
    def _set_default(cls, templates, is_default):
        super().write(templates, {'is_default': is_default})

    @classmethod
    def _check_room(cls, more):
        """Raise PlanForbidden if the plan has no room for so many more; an installation has no plan"""
        if more and Transaction().user:
            require_room(LIMIT, len(cls._active_templates()) + more - 1)

    @classmethod
    def _lock_templates(cls):
        """Lock the table: of a tenant's writers the later one reads the earlier one's result.

        An installation runs without a user and without concurrent writers, so it takes no lock.
        """
        if Transaction().user:
            Transaction().lock_table(cls._table)

    # Deleting

    @classmethod
    def delete(cls, templates):
        check_writable(cls)
        cls._lock_templates()
        templates = cls.browse(templates)
        if shown := [template for template in templates if template.active]:
            cls._pass_default_on(shown)
        used = cls._used(templates)
        if hidden := [template for template in templates if template.id in used]:
            super().write(hidden, {'active': False})
        try:
            super().delete([template for template in templates if template.id not in used])
        except (ValidationError, backend.DatabaseIntegrityError) as error:
            # A document outside this snapshot has referred to it in the meantime: a retry sees the reference
            raise SerializationFailure(str(error)) from error

    @classmethod
    def _used(cls, templates):
        """Return the ids of the templates that a record refers to"""
        cursor = Transaction().connection.cursor()
        used = set()
        for _, Model in Pool().iterobject():
            if not issubclass(Model, ModelSQL) or Model._is_table_query():
                continue
            for name, field in Model._fields.items():
                if isinstance(field, fields.Many2One) and field.model_name == cls.__name__:
                    table = Model.__table__()
                    cursor.execute(*table.select(Column(table, name), where=fields.SQL_OPERATORS['in'](
                                Column(table, name), [template.id for template in templates])))
                    used.update(id for id, in cursor)
        return used

    @classmethod
    def copy(cls, templates, default=None):
        default = default.copy() if default else {}
        default.setdefault('is_default', False)
        return super().copy(templates, default=default)
