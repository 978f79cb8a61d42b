"""Keys of the REST contracts: one store for all kinds.

A key reads ``<kind>_<shard>_<public>_<secret>``: the first three parts are its prefix, shown for ever and
naming the database; the secret is 256 random bits, shown once and stored as SHA-256 only (a random secret of
that length needs no slow hash).
"""
import datetime as dt
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from trytond import backend
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.transaction import Transaction

from trytond.modules.backend.routine import Routine

from .contracts import key_kinds
from .ownership import READ, TenantOwned
from .user import SecretChar

KINDS = key_kinds()
"""Scheme → first part of its keys"""


@dataclass(frozen=True)
class Identity:
    """Who calls: the answer to a valid key.

    abilities: empty means all; features: feature → value; active: false when the tenant is suspended.
    """
    id: int
    company: int
    user: int
    prefix: str
    abilities: frozenset
    features: dict
    active: bool
    timezone: str

    def may(self, ability):
        return not self.abilities or ability in self.abilities


_LOOK_UP = Routine(
    'SELECT id, company, "user", hash, prefix, abilities, tenant_state, features, timezone'
    " FROM kontor_credential($1, $2)")


def new_key(scheme, shard):
    """Return (key, prefix, hash) of a new random key"""
    prefix = f'{KINDS[scheme]}_{shard}_{secrets.token_hex(4)}'
    key = f'{prefix}_{secrets.token_urlsafe(32)}'
    return key, prefix, key_hash(key)


def key_hash(key):
    return hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()


def authenticate(database_name, key, scheme):
    """Return the Identity of a valid key of a scheme, None otherwise.

    Runs outside every tenant, through the one function that may look a key up by its hash. Nothing is kept: a
    revoked key fails at the next call.
    """
    hash_ = key_hash(key)
    rows = backend.Database(database_name).connect().ask(
        lambda connection: _LOOK_UP(connection, hash_, scheme))
    if not rows or not hmac.compare_digest(rows[0][3], hash_) or rows[0][6] == 'offboarded':
        return None
    (id, company, user, _, prefix, abilities, state, features, timezone), = rows
    return Identity(
        id=int(id), company=int(company), user=int(user), prefix=prefix,
        abilities=frozenset(filter(None, (abilities or '').split(','))),
        features=json.loads(features or '{}'), active=state == 'active',
        timezone=timezone or 'Europe/Berlin')


class Credential(TenantOwned, ModelSQL, ModelView):
    __name__ = 'tenant.credential'
    _rec_name = 'prefix'
    __web_rights__ = 'SELECT, UPDATE (last_use)'
    __never_copied__ = True
    __global_unique__ = frozenset({'hash_unique'})
    __member_rights__ = READ

    scheme = fields.Selection([(k, k.capitalize()) for k in KINDS], "Contract", required=True)
    user = fields.Many2One('res.user', "User", required=True, ondelete='RESTRICT')
    prefix = fields.Char("Prefix", required=True, readonly=True)
    hash = fields.Char("Hash", required=True, readonly=True)
    abilities = fields.Char("Abilities", readonly=True, help="Separated by commas; empty for all.")
    revoked = fields.Timestamp("Revoked", readonly=True)
    last_use = fields.Timestamp("Last Use", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.hash = SecretChar(cls.hash.string, required=True, readonly=True)
        cls._order = [('id', 'DESC')]
        table = cls.__table__()
        cls._sql_constraints.append(
            ('hash_unique', Unique(table, table.hash), 'tenant.msg_key_unique'))

    @classmethod
    def read(cls, ids, fields_names):
        rows = super().read(ids, fields_names)
        if Transaction().check_access:
            for row in rows:
                if 'hash' in row:
                    row['hash'] = None
        return rows

    @classmethod
    def issue(cls, scheme, user, shard, abilities=()):
        """Create a credential for a user; return (credential, key). The key can not be read again."""
        key, prefix, hash_ = new_key(scheme, shard)
        credential, = cls.create([{
                    'scheme': scheme, 'user': user, 'prefix': prefix, 'hash': hash_,
                    'abilities': ','.join(abilities) or None}])
        return credential, key

    @classmethod
    def revoke(cls, credentials):
        cls.write([c for c in credentials if not c.revoked], {'revoked': dt.datetime.now()})
