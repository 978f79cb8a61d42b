"""Tryton's own protocol at ``/<database>/``, for its desktop client and proteus, behind the walls.

Tryton's dispatcher executes the calls. This application adds a table of the few served routes (no other route
of stock is reachable), bounded reading, and the tenant. The tenant is the fixed membership of the user of the
request's session, login or password; it is entered before the session is looked up, because the session's own
row is behind row-level security. A company sent by the client has no effect.
"""
import contextlib
import logging
from urllib.parse import urlsplit

from psycopg import DatabaseError
from trytond import backend
from trytond.ir.routes import data
from trytond.modules.immutable.refusal import to_user_error
from trytond.modules.tenant.scope import tenant_scope
from trytond.pool import Pool
from trytond.protocols import dispatcher
from trytond.wsgi import _do_basic_auth, app
from werkzeug.exceptions import BadRequest, Forbidden, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response

from trytond.modules.rest.exchange import Exchange
from .reading import MAX_BODY, check_call, check_method, read_request
from .refusals import refusal

STATEMENT_TIMEOUT = 10
"""Seconds that one SQL statement of a call may take"""
LOGIN, LOGOUT = 'common.db.login', 'common.db.logout'
SERVED = frozenset({LOGIN, LOGOUT, 'system.listMethods'})
"""Calls without a model; stock has more, e.g. a mail for a forgotten password"""
MAX_LOGIN = 512
KINDS = ('model', 'wizard', 'report')
_MEMBERSHIP = "SELECT kontor_company_of_user(%s)"
_LOGIN = "SELECT company FROM kontor_user_by_login(%s)"
_REPORT = "SELECT 1 FROM ir_action_report WHERE report_name = %s LIMIT 1"
_STATE = "SELECT tenant_state FROM company_company WHERE id = %s"


# Failures are logged by the refusals, without the arguments: a password may be among them
logging.getLogger(dispatcher.__name__).setLevel(logging.CRITICAL)


class Rpc:
    """WSGI application of the routes below.

    gateway: ``databases``, the names of the served ones, and ``line(database)``, which raises a Refusal
    while one is unavailable.
    """
    body_limit = MAX_BODY

    def __init__(self, gateway):
        self.gateway = gateway
        self.routes = Map([
                Rule('/rpc/', endpoint=self.server, methods=['POST']),
                Rule('/<string:database_name>/', endpoint=self.call, methods=['POST']),
                Rule('/<string:database_name>/rpc/', endpoint=self.call, methods=['POST']),
                Rule('/<string:database_name>/session/login', endpoint=self.login, methods=['POST']),
                Rule('/<string:database_name>/session/logout', endpoint=self.logout,
                    methods=['POST']),
                Rule('/<string:database_name>/data/<model>', endpoint=self.data, methods=['GET']),
                ], strict_slashes=False, merge_slashes=False)

    def serves(self, path):
        """Tell if a path is served here: it starts with a served database, or is that of the server"""
        first = path.split('/')[1:2]
        return path == '/rpc/' or bool(first) and first[0] in self.gateway.databases

    def __call__(self, environ, start_response):
        return self.answer(environ)(environ, start_response)

    def answer(self, environ):
        """Return the Response of a request, also of an invalid one"""
        request = None
        try:
            endpoint, arguments = self._route(environ)
            request = read_request(environ)
            request.view_args = arguments
            response = _response(request, endpoint(request, **arguments))
        except Exception as error:
            response = refusal(error, request, Exchange.of(environ).id)
        if 'gzip' not in environ.get('HTTP_ACCEPT_ENCODING', ''):
            # Stock sets the header on every long answer, also on an uncompressed one
            response.headers.pop('Content-Encoding', None)
        return response

    def _route(self, environ):
        origin, host = environ.get('HTTP_ORIGIN'), environ.get('HTTP_HOST')
        endpoint, arguments = self.routes.bind_to_environ(environ).match()
        if arguments.get('database_name', '') not in ('', *self.gateway.databases):
            raise NotFound()
        if origin and urlsplit(origin).netloc != host:
            raise Forbidden("Pages of other hosts are not answered")
        return endpoint, arguments

    # The routes

    def server(self, request):
        """Answer a client's calls before it has chosen a database"""
        check_call(request)
        methods = {
            'common.server.version': lambda *args: dispatcher.__series__,
            'common.authentication.services': lambda *args: []}
        if request.rpc_method not in methods:
            raise NotFound(f"There is no method {request.rpc_method!r}")
        return methods[request.rpc_method](*request.rpc_params)

    def call(self, request, database_name):
        """Answer a call of a model, wizard or report"""
        check_call(request)
        login = request.rpc_params[0] if request.rpc_method == LOGIN and request.rpc_params else None
        if login is not None and not _is_login(login):
            raise BadRequest("The login must be a text")
        with self._tenant(request, database_name, login):
            if request.rpc_method not in SERVED:
                check_method(
                    *self._method(database_name, request.rpc_method), request.rpc_params[:-1])
            try:
                return dispatcher.rpc(request, database_name)
            except DatabaseError as error:
                if user_error := to_user_error(error, database_name, _language(request.rpc_params)):
                    raise user_error from error
                raise

    def login(self, request, database_name):
        """Open a session and keep it in a cookie"""
        params = request.json['params']
        if not _is_login(params[0]):
            raise BadRequest("The login must be a text")
        with self._tenant(request, database_name, params[0]):
            return dispatcher.login_w_cookies(request, database_name)

    def logout(self, request, database_name):
        with self._tenant(request, database_name):
            return dispatcher.logout_w_cookies(request, database_name)

    def data(self, request, database_name, model):
        """Answer records as CSV"""
        with self._tenant(request, database_name):
            if model not in dict(Pool(database_name).iterobject()):
                raise NotFound()
            return data(request, database_name=database_name, model=model)

    # The tenant

    @contextlib.contextmanager
    def _tenant(self, request, database, login=None):
        """Run in the tenant of the caller: of the given login, else of the authenticated user.

        Raises Unauthorized unless the request authenticates a member of that tenant.
        """
        with self.gateway.line(database):
            company = _company_of_login(database, login) if login else _claimed_company(request, database)
            if company is None and not login:
                # Basic authentication of an unknown user: counted as a failed attempt
                _authenticate(request, database, company)
            with tenant_scope(company) if company else contextlib.nullcontext():
                if not login:
                    _check_state(database, company)
                    _authenticate(request, database, company)
                yield

    def _method(self, database, method):
        """Return (name, RPC definition) of a method, with a time limit for its statements.

        Raises NotFound for an unknown one: stock would create a report class for any name in a request.
        """
        kind, _, rest = method.partition('.')
        name, _, verb = rest.rpartition('.')
        pool = Pool(database)
        known = kind in KINDS and (
            name in dict(pool.iterobject(kind))
            or kind == 'report' and _fetch_row(database, _REPORT, name) is not None)
        methods = pool.get(name, type=kind).__rpc__ if known else {}
        if verb not in methods:
            raise NotFound(f"There is no method {method!r}")
        rpc = methods[verb]
        rpc.timeout = min(rpc.timeout or STATEMENT_TIMEOUT, STATEMENT_TIMEOUT)
        return verb, rpc


def _language(params):
    """Return the language of the client's context, None for the default language"""
    context = params[-1] if params else None
    return context.get('language') if isinstance(context, dict) else None


def _fetch_row(database, query, value):
    """Return the row of a query outside any transaction"""
    instance = backend.Database(database).connect()
    connection = instance.get_connection(readonly=True, autocommit=True)
    try:
        return connection.execute(query, (value,)).fetchone()
    finally:
        instance.put_connection(connection)


def _is_login(login):
    """Tell if a value is possible as a login"""
    return isinstance(login, str) and 0 < len(login) <= MAX_LOGIN and '\x00' not in login


def _company_of_login(database, login):
    row = _fetch_row(database, _LOGIN, login)
    return row[0] if row else None


def _claimed_company(request, database):
    """Return the company of the one user that the request claims, None for no user of a company.

    A cookie takes precedence over a header, as in Tryton; the header is then dropped, so that one claim is
    left.
    """
    session = request.session
    if session is not None:
        if session.type == 'cookie':
            request.environ.pop('HTTP_AUTHORIZATION', None)
        company = None
        if 0 < session.userid < 2 ** 31:
            company, = _fetch_row(database, _MEMBERSHIP, session.userid)
        if company is None:
            _do_basic_auth(request)
        return company
    authorization = request.authorization
    if authorization is None or authorization.type != 'basic' or not _is_login(authorization.username):
        _do_basic_auth(request)
    return _company_of_login(database, authorization.username)


def _check_state(database, company):
    """Raise Forbidden for sessions of a suspended or ended tenant"""
    row = _fetch_row(database, _STATE, company)
    if row is None or row[0] not in {'house', 'active'}:
        raise Forbidden("The account is suspended")


def _authenticate(request, database, company):
    """Check session or password; the user must belong to the tenant, in which the whole call runs"""
    user = request.user_id
    if not user or _fetch_row(database, _MEMBERSHIP, user)[0] != company:
        _do_basic_auth(request)


def _response(request, result):
    """Return a result as a Response"""
    return result if isinstance(result, Response) else app.make_response(request, result)
