"""Products as items: a key unique per tenant, a description, one unit"""
from trytond.model import Check, Index, Unique, fields
from trytond.pool import PoolMeta
from trytond.transaction import Transaction, inactive_records

from trytond.modules.kernel import clock
from trytond.modules.text_key import Key, match_key

ITEM_KEY_LENGTH = 16


class Template(metaclass=PoolMeta):
    __name__ = 'product.template'

    custom_unit = fields.Many2One(
        'product.unit', "Own Unit", ondelete='RESTRICT',
        help="Replaces the unit of measure on documents.")
    search_key = Key("Search Key", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # Translations are shared between tenants; an item's description belongs to one tenant
        cls.name.translate = False
        cls.name.loading = 'eager'
        cls.name.forbidden_chars = ''
        cls.name.strip = False
        cls.code.size = ITEM_KEY_LENGTH
        cls.default_uom.domain = [cls.default_uom.domain, ('unece_code', '!=', None)]

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if 'name' in values:
            values['search_key'] = match_key(values['name'])
        return values

    @classmethod
    def on_modification(cls, mode, templates, field_names=None):
        super().on_modification(mode, templates, field_names=field_names)
        shown = {'name', 'code', 'default_uom', 'custom_unit', 'list_price', 'active'}
        if mode == 'write' and field_names & shown:
            Product = cls.products.get_target()
            products = cls._variants(templates)
            Product.write(products, {'updated_at': clock.now().replace(tzinfo=None)})
            if 'active' in field_names:
                Product.sync_item_key(products)

    @classmethod
    @inactive_records
    def _variants(cls, templates):
        """Return the products of templates, archived ones included"""
        return cls.products.get_target().search([('template', 'in', [t.id for t in templates])])


class Product(metaclass=PoolMeta):
    __name__ = 'product.product'

    item_key = Key("Item Key", readonly=True, help=(
            "The code of an active product: no other one may have it."))
    search_key = Key("Search Key", readonly=True)
    created_at = fields.Timestamp("Created", readonly=True)
    updated_at = fields.Timestamp("Changed", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.description.translate = False
        cls.suffix_code.size = ITEM_KEY_LENGTH
        table = cls.__table__()
        # Two writers of an exclusion constraint can deadlock; the item key's constraint enforces the same. A
        # dummy keeps the name of stock's constraint, which the next migration would otherwise make again,
        # over all tenants.
        cls._sql_constraints = [
            constraint for constraint in cls._sql_constraints if constraint[0] != 'code_exclude']
        cls._sql_constraints += [
            ('code_exclude', Check(table, table.id > 0), 'product_catalog.msg_item_key_unique'),
            ('item_key_unique', Unique(table, table.item_key),
                'product_catalog.msg_item_key_unique'),
            ]
        cls._sql_indexes.add(Index(table, (table.template, Index.Range())))

    @classmethod
    def __register__(cls, module):
        handler = cls.__table_handler__(module)
        cursor = Transaction().connection.cursor()
        cursor.execute(
            "SELECT 1 FROM pg_constraint WHERE conname = 'product_product_code_exclude'"
            " AND contype = 'x'")
        if cursor.fetchone():
            handler.drop_constraint('code_exclude')
        super().__register__(module)

    @staticmethod
    def default_created_at():
        return clock.now().replace(tzinfo=None)

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        if 'item_key' in values:
            values['search_key'] = match_key(values['item_key'])
        return values

    @classmethod
    def sync_code(cls, products):
        super().sync_code(products)
        cls.sync_item_key(products)

    @classmethod
    def sync_item_key(cls, products):
        """Update the item keys from codes and archiving"""
        to_write = []
        for product in products:
            key = product.code if product.active and product.template.active else None
            if product.item_key != key:
                to_write += [[product], {'item_key': key}]
        if to_write:
            cls.write(*to_write)

    @classmethod
    def copy(cls, products, default=None):
        default = default.copy() if default else {}
        for name in ('item_key', 'created_at', 'updated_at'):
            default.setdefault(name)
        return super().copy(products, default=default)
