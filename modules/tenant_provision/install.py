"""Make or migrate the database: roles, modules, the house, the walls, the template companies.

``python -m trytond.modules.tenant_provision.install`` reads one JSON object on standard input::

    {"database": "kontor", "roles": "kontor", "web_password": "…", "worker_password": "…"}

with the owner's connection in the Tryton configuration (TRYTOND_CONFIG). It may run any number of times; when
nothing has changed since the last run it only looks. Progress goes to standard error.
"""
import datetime as dt
import importlib
import json
import logging
import sys

import psycopg
from psycopg.sql import SQL, Identifier, Literal
import pycountry
from trytond import backend, config
from trytond.modules.kernel import release
from trytond.modules.kernel.release import kontor_modules
from trytond.modules.tenant import walls
from trytond.modules.tenant.ownership import HOUSE, company_column, owned_models
from trytond.modules.tenant.scope import entered, tenant_scope
from trytond.pool import Pool
from trytond.transaction import Transaction

from . import renaming
from .copy_company import copy_company

LANGUAGES = ('en', 'de')
CURRENCIES = {'EUR': "€", 'CHF': "CHF", 'USD': "$", 'GBP': "£"}
CHARTS = {
    'skr04': ('DE', 'Europe/Berlin'), 'ekr': ('AT', 'Europe/Vienna'), 'skr03': ('DE', 'Europe/Berlin')}
"""Chart → country and time zone of its template company"""


def ensure(database, roles, web_password, worker_password, progress=print):
    """Bring the database to the state of this code"""
    _roles(roles, web_password, worker_password)
    _create_database(database)
    if _release(database) == release.fingerprint():
        return
    _modules(database, progress)
    with Transaction().start(database, 0) as transaction:
        _reference_data(transaction)
        _house(transaction)
        progress("raising the walls between tenants")
        walls.build(transaction.connection, Pool(), role_names(roles))
        _connect_grants(transaction.connection, database, role_names(roles))
    _template_companies(database, progress)
    with Transaction().start(database, 0) as transaction:
        release.record(transaction.connection, role_names(roles))


def role_names(prefix):
    return walls.Roles(f'{prefix}_web', f'{prefix}_worker')


# Roles and database

def _connect(database):
    uri = config.parse_uri(config.get('database', 'uri'))
    return psycopg.connect(
        uri._replace(scheme='postgresql', path=f'/{database}').geturl(), autocommit=True)


def _roles(prefix, web_password, worker_password):
    names = role_names(prefix)
    with _connect('postgres') as connection:
        for name, password in [(names.web, web_password), (names.worker, worker_password)]:
            known = connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
            verb = SQL("ALTER" if known else "CREATE")
            connection.execute(SQL("{} ROLE {} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                    verb, Identifier(name), Literal(password)))


def _create_database(database):
    with _connect('postgres') as connection:
        if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            connection.execute(SQL(
                    "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    Identifier(database)))


def _release(database):
    with _connect(database) as connection:
        if connection.execute("SELECT to_regclass('kontor_release')").fetchone()[0] is None:
            return None
        return release.recorded(connection)


def _connect_grants(connection, database, names):
    connection.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(database)))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    for name in (names.web, names.worker):
        connection.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                Identifier(database), Identifier(name)))
        connection.execute(SQL("GRANT USAGE ON SCHEMA public TO {}").format(Identifier(name)))


# Modules

def _modules(database, progress):
    """Activate or update all modules; what they bring along belongs to the house"""
    # Columns are filled and become NOT NULL by the walls, after the modules' own rows have an owner
    logging.getLogger('trytond.backend.postgresql.table').setLevel(logging.ERROR)
    instance = backend.Database(database).connect()
    if not instance.test():
        progress("creating the tables")
        instance.init()
    with _connect(database) as connection:
        renaming.rename(connection)
    progress("updating the modules")
    pool = Pool(database)
    update = ['ir', 'res', *kontor_modules()]
    if _house_exists(database):
        with tenant_scope(HOUSE):
            pool.init(update=update, lang=list(LANGUAGES), activatedeps=True)
    else:
        pool.init(update=update, lang=list(LANGUAGES), activatedeps=True)


def _house_exists(database):
    with _connect(database) as connection:
        if connection.execute("SELECT to_regclass('company_company')").fetchone()[0] is None:
            return False
        return bool(connection.execute("SELECT 1 FROM company_company LIMIT 1").fetchone())


# Reference data

def _reference_data(transaction):
    connection = transaction.connection
    connection.execute("UPDATE ir_lang SET translatable = true WHERE code = ANY(%s)", (list(LANGUAGES),))
    connection.execute("UPDATE ir_configuration SET language = 'en'")
    known = {code for code, in connection.execute("SELECT code FROM country_country")}
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO country_country (name, code, code3, code_numeric, active)"
            " VALUES (%s, %s, %s, %s, true)",
            [(getattr(c, 'common_name', c.name), c.alpha_2, c.alpha_3, c.numeric)
                for c in pycountry.countries if c.alpha_2 not in known])
        for code, symbol in CURRENCIES.items():
            currency = pycountry.currencies.get(alpha_3=code)
            cursor.execute(
                "INSERT INTO currency_currency (name, symbol, code, numeric_code, rounding, digits, active)"
                " SELECT %s, %s, %s, %s, 0.01, 2, true"
                " WHERE NOT EXISTS (SELECT FROM currency_currency WHERE code = %s)",
                (currency.name, symbol, code, currency.numeric, code))


# The house and the template companies

def _house(transaction):
    """Make the operators' company first, and give it what the modules brought along"""
    connection = transaction.connection
    if not connection.execute("SELECT 1 FROM company_company WHERE id = %s", (HOUSE,)).fetchone():
        # One statement: company and party need each other, and keys are checked at its end
        connection.execute(
            "WITH house AS (INSERT INTO party_party (company, name, active)"
            "  VALUES (%s, 'Kontor', true) RETURNING id)"
            " INSERT INTO company_company (id, party, currency, tenant_state, timezone)"
            " SELECT %s, h.id, c.id, 'house', 'Europe/Berlin' FROM house h, currency_currency c"
            " WHERE c.code = 'EUR'", (HOUSE, HOUSE))
        connection.execute("SELECT setval('company_company_id_seq', %s)", (HOUSE,))
        # Customers get no running code of their own: it would make every new one wait for the other
        connection.execute("DELETE FROM party_configuration_party_sequence")
    for Model in owned_models(Pool()).values():
        if company_column(Model) == 'company':
            connection.execute(SQL("UPDATE {} SET company = %s WHERE company IS NULL").format(
                    Identifier(Model._table)), (HOUSE,))


def _template_companies(database, progress):
    """Per chart one company that new tenants are copied from, and what the charts have got since the last
    time
    """
    for chart, (country, timezone) in CHARTS.items():
        with Transaction().start(database, 0) as transaction:
            connection = transaction.connection
            known = connection.execute(
                "SELECT id FROM company_company WHERE tenant_state = 'template' AND chart = %s",
                (chart,)).fetchone()
            if known:
                _in_modules('update', known[0], chart)
                continue
            progress(f"preparing the chart {chart.upper()}")
            company = copy_company(connection, Pool(), HOUSE)
            connection.execute(
                "UPDATE company_company SET tenant_state = 'template', chart = %s, timezone = %s,"
                " country = (SELECT id FROM country_country WHERE code = %s) WHERE id = %s",
                (chart, timezone, country, company))
            _in_modules('fill', company, chart, dt.date.today())


def _in_modules(function, company, *arguments):
    """Call a function of each module's ``template_company`` that has it: in module order, as that company"""
    for module in Pool()._modules:
        name = f'trytond.modules.{module}.template_company'
        if module in kontor_modules() and importlib.util.find_spec(name):
            with entered(company):
                if found := getattr(importlib.import_module(name), function, None):
                    found(company, *arguments)


def main():
    request = json.load(sys.stdin)
    ensure(**request, progress=lambda text: print(text, file=sys.stderr, flush=True))


if __name__ == '__main__':
    main()
