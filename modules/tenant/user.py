"""Members: a user belongs to exactly one tenant for ever, and logs in before the tenant is known.

The company of ``res.user`` is that membership: not a preference, not in the client's hands. Failed logins are
counted in memory, per process, because nothing may be written before the tenant is known.
"""
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from trytond import config
from trytond.i18n import gettext
from trytond.model import fields
from trytond.model.exceptions import AccessError
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .ownership import HOUSE
from .scope import current_company

SECRETS = ('password_hash', 'password_reset', 'password_reset_expire')
FIXED = ('company', 'companies', 'company_filter', 'groups', 'login', 'active', 'employees')


class SecretChar(fields.Char):
    """A value that no domain and no order may ask about, by any caller and through any model"""

    def convert_domain(self, domain, tables, Model):
        raise AccessError(gettext('tenant.msg_secret_field', field=self.name))

    def convert_order(self, name, tables, Model):
        raise AccessError(gettext('tenant.msg_secret_field', field=self.name))


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.company.domain = []
        cls.company.readonly = True
        for name in ('password_hash', 'password_reset'):
            stock = getattr(cls, name)
            setattr(cls, name, SecretChar(stock.string, strip=False, states=stock.states))

    @classmethod
    def read(cls, ids, fields_names):
        rows = super().read(ids, fields_names)
        if Transaction().check_access:
            for row in rows:
                row.update({name: None for name in SECRETS if name in row})
        return rows

    @classmethod
    def get_companies(cls):
        """The tenant of the connection, whatever the context or the preferences say"""
        company = current_company()
        return (company,) if company else ()

    @classmethod
    def set_preferences(cls, values):
        super().set_preferences({k: v for k, v in values.items() if k not in FIXED})

    @classmethod
    def _get_login(cls, login):
        cursor = Transaction().connection.cursor()
        cursor.execute(
            "SELECT id, password_hash, password_reset FROM kontor_user_by_login(%s)", (login,))
        return cursor.fetchone() or (None, None, None)

    @classmethod
    def write(cls, *args):
        if Transaction().check_access and current_company():
            for values in args[1::2]:
                cls._check_fixed(values)
        super().write(*args)

    @classmethod
    def _check_fixed(cls, values):
        for name in FIXED:
            if name in values and name != 'company_filter':
                raise AccessError(gettext('tenant.msg_fixed_field', **cls.__names__(name)))


class UserGroup(metaclass=PoolMeta):
    __name__ = 'res.user-res.group'

    @classmethod
    def preprocess_values(cls, mode, values):
        """A tenant's member never becomes an administrator of the server"""
        values = super().preprocess_values(mode, values)
        pool = Pool()
        admin = pool.get('ir.model.data').get_id('res', 'group_admin')
        company = values.get('company')
        if values.get('group') == admin and company and company != HOUSE:
            raise AccessError(gettext('tenant.msg_no_operator'))
        return values


_limiter = MovingWindowRateLimiter(MemoryStorage())


class LoginAttempt(metaclass=PoolMeta):
    __name__ = 'res.user.login.attempt'

    @classmethod
    def _limits(cls, login, device_cookie=None):
        """Return (limit item, identifiers) for the login and for the network it comes from"""
        seconds = config.getint('session', 'timeout')
        _, network = Transaction().remote_address()
        yield RateLimitItemPerSecond(10 ** 6, seconds), ('login', (login or '')[:512], device_cookie or '')
        if network:
            yield RateLimitItemPerSecond(10 ** 6, seconds), ('network', str(network))

    @classmethod
    def add(cls, login, device_cookie=None):
        for item, identifiers in cls._limits(login, device_cookie):
            _limiter.hit(item, *identifiers)

    @classmethod
    def remove(cls, login, device_cookie=None):
        item, identifiers = next(cls._limits(login, device_cookie))
        _limiter.clear(item, *identifiers)

    @classmethod
    def count(cls, login, device_cookie=None):
        """Return the failed attempts once they are too many, else 0.

        Stock sleeps up to 2 ** count seconds in the web worker, which a stranger could fill that way.
        """
        used = cls._used(*next(cls._limits(login, device_cookie)))
        return used if used > config.getint('session', 'max_attempt', default=5) else 0

    @classmethod
    def count_ip(cls):
        attempts = list(cls._limits(None))
        return cls._used(*attempts[1]) if len(attempts) > 1 else 0

    @staticmethod
    def _used(item, identifiers):
        return item.amount - _limiter.get_window_stats(item, *identifiers).remaining
