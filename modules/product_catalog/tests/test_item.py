"""Items and units in the domain module: sets of them, the eleven units, errors with their field's path"""
import datetime as dt
from decimal import Decimal

import pytest

UNITS = {
    'H87': ('Piece', 'Stück'), 'KGM': ('Kilogram', 'Kilogramm'), 'GRM': ('Gram', 'Gramm'),
    'LTR': ('Liter', 'Liter'), 'MLT': ('Milliliter', 'Milliliter'), 'HUR': ('Hour', 'Stunde'),
    'MIN': ('Minute', 'Minute'), 'MTR': ('Meter', 'Meter'), 'CMT': ('Centimeter', 'Zentimeter'),
    'MTK': ('Square meter', 'Quadratmeter'), 'XPK': ('Package', 'Paket')}


def values(key, **others):
    return {'item_key': key, 'description': f'Item {key}', **others}


def test_many_items_at_once(tenant):
    from trytond.modules.product_catalog.item import create_items, find_by_key, get_items
    with tenant():
        ids = create_items([
                values('B', default_price=Decimal('1.5'), unit='MTR'), values('A'), values(' C ')])
        items = get_items([*ids, 0, -1])
        assert [items[id].item_key for id in ids] == ['B', 'A', 'C']
        assert [items[id].default_price for id in ids] == [Decimal('1.5'), None, None]
        assert [items[id].unit for id in ids] == ['MTR', 'H87', 'H87']
        assert find_by_key('A') == items[ids[1]]
        assert find_by_key('a') is None


def test_moments_are_the_clocks(tenant):
    from trytond.modules.product_catalog.item import create_items, get_items, update_item
    from trytond.modules.kernel import clock
    first = dt.datetime(2026, 5, 2, 9, 14, tzinfo=dt.UTC)
    with tenant():
        with clock.at(first):
            id, = create_items([values('CLOCK')])
        with clock.at(first + dt.timedelta(days=7)):
            update_item(id, {})
            assert get_items([id])[id].updated_at is None
            update_item(id, {'description': 'Changed'})
        item = get_items([id])[id]
    assert (item.created_at.date(), item.updated_at.date()) == (
        dt.date(2026, 5, 2), dt.date(2026, 5, 9))


def test_a_key_in_use_says_whose_it_is(tenant):
    from trytond.modules.product_catalog.exceptions import ItemKeyExists
    from trytond.modules.product_catalog.item import create_items, update_item
    with tenant():
        first, second = create_items([values('A'), values('B')])
        for attempt in (
                lambda: create_items([values('A')]),
                lambda: update_item(second, {'item_key': 'A'})):
            with pytest.raises(ItemKeyExists) as refused:
                attempt()
            assert (refused.value.item, refused.value.item_key) == (first, 'A')
            assert refused.value.message == 'Another item already has the key "A".'


def test_the_same_key_twice_in_one_call(tenant):
    from trytond.model.modelsql import SQLConstraintError

    from trytond.modules.product_catalog.item import create_items
    with tenant('de'):
        with pytest.raises(SQLConstraintError) as refused:
            create_items([values('A'), values('A')])
        assert refused.value.message == 'Ein anderer Artikel hat denselben Code.'


def test_an_unknown_unit_is_named(tenant):
    from trytond.modules.product_catalog.exceptions import UnitNotFound
    from trytond.modules.product_catalog.item import create_items
    with tenant(), pytest.raises(UnitNotFound) as refused:
        create_items([values('A', custom_unit=2147483647)])
    assert (refused.value.path, type(refused.value).code) == (('custom_unit',), 'not_found')


@pytest.mark.parametrize('language', [0, 1])
def test_the_eleven_units(tenant, language):
    from trytond.modules.product_catalog.uom import built_in_units
    with tenant(('en', 'de')[language]) as transaction:
        assert transaction.language == ('en', 'de')[language]
        from trytond.pool import Pool
        Uom = Pool().get('product.uom')
        units = {code: Uom(id) for code, id in built_in_units().items() if code in UNITS}
        assert {code: unit.name for code, unit in units.items()} == {
            code: names[language] for code, names in UNITS.items()}
        assert {unit.digits for unit in units.values()} == {4}
        assert [units['H87'].round(n) for n in (1.5, 0.0001, 2.00004)] == [1.5, 0.0001, 2.0]
        assert Uom.compute_qty(units['LTR'], 1.5, units['MLT']) == 1500


def test_a_product_in_the_catalogue_can_be_copied(tenant, pool):
    from trytond.modules.product_catalog.item import create_items, get_items
    with tenant():
        id, = create_items([values('ORIGINAL', default_price=Decimal(5))])
        Product = pool.get('product.product')
        copy, = pool.get('product.template').copy([Product(id).template])
        assert [p.item_key for p in copy.products] == [None]
        assert get_items([id])[id].item_key == 'ORIGINAL'
