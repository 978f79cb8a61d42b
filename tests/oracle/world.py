"""Two tenants with the same name, books, parties, templates, terms and goods.

What both had before a case begins goes by the same name in both: table and place.
"""
import dataclasses
import itertools
from decimal import Decimal as D

from tests.oracle.cases import RATES
from tests.oracle.rows import ASIDE
from tests.support.invoicing import inside

LOOKS = {
    'de': {'language': 'de'},
    'en': {'language': 'en', 'tax_label': 'VAT'},
    'free': {'language': 'de', 'apply_tax': False},
    'qr': {'language': 'de', 'payment_qr_mode': 'EpcQrCode', 'payment_instructions': 'Bitte bald.'},
    'einvoice': {'language': 'de', 'e_invoice_profile': 'EN16931'},
    }
VAT = {'identifiers': [('create', [{'type': 'eu_vat', 'code': 'FR40303265045'}])]}
PERCENT = {'Hälften': (('0.5', 10), (None, 30)), 'Raten': (('0.3125', 0), ('0.3125', 14), (None, 45))}


@dataclasses.dataclass
class World:
    """A tenant and what it has.

    ids: name → id of parties, templates and terms, product of goods; names: {(model, id): name} of all rows
    that are there.
    """
    pool: object
    tenant: dict
    ids: dict = dataclasses.field(default_factory=dict)
    names: dict = dataclasses.field(default_factory=dict)

    def inside(self):
        return inside(self.pool, self.tenant, locks=[
                'account_fiscalyear', 'account_journal_period', 'invoice_template', 'ir_sequence'])


def twins(pool, operator, books):
    """Return two Worlds alike"""
    country = books[:2]
    seller = {
        'name': 'Zwilling GmbH', 'phone': '+49 30 123456', 'email': 'post@zwilling.example',
        'small_business': books.endswith('small')}
    return tuple(_furnished(World(pool, operator.tenant(country, **seller)), country) for _ in range(2))


def _furnished(world, country):
    from trytond.modules.account_invoice_issue.tests.tools import customer
    with world.inside():
        made = {
            'home': customer('Heim & Söhne', country, buyer_reference='PO-1'),
            'home charge': customer('Bau GmbH', country, domestic_reverse_charge=True),
            'home small': customer('Klein e.K.', country, small_business=True),
            'france': customer('Société', 'FR', **VAT),
            'swiss': customer('Schweizer AG', 'CH')}
        Party, Template, Term, Product = map(world.pool.get, (
                'party.party', 'invoice.template', 'account.invoice.payment_term', 'product.template'))
        made['no address'], = Party.create([{'name': 'Ohne Adresse', 'customer': True, 'addresses': []}])
        for rate in sorted({rate for rate, _ in RATES[country]}):
            for gross in (False, True):
                for look, values in LOOKS.items():
                    name = f"{'gross' if gross else 'net'} {rate} {look}"
                    made[name], = Template.create([{
                                'name': name, 'apply_tax': True, 'tax_rate': D(rate),
                                'is_tax_included': gross, **values}])
        for name, parts in PERCENT.items():
            made[name], = Term.create([{'name': name, 'lines': [('create', [
                                {'type': 'percent_on_total' if ratio else 'remainder', 'sequence': n,
                                    'ratio': ratio and D(ratio), 'divisor': ratio and D('1') / D(ratio),
                                    'relativedeltas': [('create', [{'days': days}])]}
                                for n, (ratio, days) in enumerate(parts)])]}])
        made['30 Tage netto'], = Term.search([('name', '=', '30 Tage netto')])
        uom, = world.pool.get('product.uom').search([('unece_code', '=', 'H87')])
        goods, = Product.create([{
                    'name': 'Ware', 'type': 'goods', 'default_uom': uom.id,
                    'products': [('create', [{'code': 'W-1'}])]}])
        made['goods'] = goods.products[0]
        world.ids = {name: record.id for name, record in made.items()}
    with world.inside():
        world.names = _names(world)
    return world


def _names(world):
    """Name all rows of a tenant by table and place.

    They stand in the order of what they say: copied from the template company, their ids follow no order.
    """
    from trytond.modules.tenant.ownership import company_column, owned_models
    from trytond.transaction import Transaction
    names, owned = {}, owned_models(world.pool)
    for name, Model in owned.items():
        if not _readable(Model):
            continue
        cursor = Transaction().connection.execute(
            f'SELECT * FROM "{Model._table}" WHERE "{company_column(Model)}" = %s ORDER BY id',
            (world.tenant['company'],))
        columns = [column.name for column in cursor.description]
        says = [_says(Model, column, owned) for column in columns]
        said = sorted(
            cursor, key=lambda row, says=says: repr(list(itertools.compress(row, says))))
        names |= {(name, row[columns.index('id')]): f'{name} #{place}' for place, row in enumerate(said)}
    return names


def _says(Model, column, owned):
    """Ids of the tenant's own rows say nothing"""
    field = Model._fields.get(column)
    return (
        column not in ASIDE | {'left', 'right'} and getattr(field, '_type', '') != 'reference'
        and getattr(field, 'model_name', None) not in owned)


def _readable(Model):
    from trytond.transaction import Transaction
    return Transaction().connection.execute(
        "SELECT has_table_privilege(%s, 'SELECT')", (f'"{Model._table}"',)).fetchone()[0]

