"""Tenants kept ready: copies of one that nobody touches, made by the dozen in a few statements.

Making a tenant takes half a second, most of it for the hash of a password and for checks of the same seller
again and again; sixty copies of it take a second. The copies have keys and logins of their own and the same
password. What makes a tenant is tested where it belongs, in `tenant_provision`.
"""
import psycopg

BATCH = 24


class Stock:
    """Ready tenants of a database, by country; ``make``: function(country) → tenant, as the operator does"""

    def __init__(self, address, shard, make):
        self._address, self._shard, self._make = address, shard, make
        self._asked = set()
        self._sources, self._ready = {}, {}

    def take(self, country):
        """Return a tenant that nobody has had; the first of a country is made, since many runs need no other
        """
        if country not in self._asked:
            self._asked.add(country)
            return self._make(country)
        if not self._ready.get(country):
            self._ready[country] = self._copies(country)
        return self._ready[country].pop()

    def _copies(self, country):
        from scripts.lib.bench import seeding
        source = self._sources.get(country) or self._sources.setdefault(country, self._make(country))
        with psycopg.connect(self._address) as connection:
            found = seeding.tenants(connection, source['company'], self._shard, BATCH)
            users = dict(connection.execute(
                "SELECT login, id FROM res_user WHERE login = ANY(%s)", ([login for *_, login in found],)))
        return [self._described(source, *copy, users) for copy in reversed(found)]

    @staticmethod
    def _described(source, company, key, login, users):
        return source | {
            'company': company, 'credentials': {'billing': key}, 'prefix': key[:-len('_') - 43],
            'login': source['login'] | {'user': login, 'id': users[login]}}
