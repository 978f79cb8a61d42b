"""The demo: data of the demo tenants, demo.json, and the text printed by scripts/serve.

Customers, items and units are created over the REST contract, as a user's are. Standard library only.
"""
import json
import os
import urllib.error
import urllib.request

from ..run import processes
from .bootstrap import say
from .home import read_json, write_json

_FILLED = '_filled'
"""Ids of the customer and the template that the printed curl line uses"""
CUSTOMERS = {
    'DE': [
        {'name': 'Beispiel Bau GmbH', 'vatId': 'DE111111125', 'country': 'DE',
            'address': 'Hauptstraße 1, 80331 München', 'email': 'einkauf@beispielbau.example',
            'phone': '+49 89 5550110', 'buyerReference': 'BB-1042'},
        {'name': 'Probe Handel KG', 'country': 'DE', 'address': 'Marktplatz 3, 20095 Hamburg',
            'email': 'buchhaltung@probehandel.example'}],
    'AT': [
        {'name': 'Beispiel Technik GmbH', 'vatId': 'ATU13585627', 'country': 'AT',
            'address': 'Musterstraße 1, 1010 Wien', 'email': 'einkauf@beispieltechnik.example',
            'phone': '+43 1 5550110', 'buyerReference': 'BT-1042'},
        {'name': 'Probe Gastro KG', 'country': 'AT', 'address': 'Hauptplatz 3, 8010 Graz',
            'email': 'buchhaltung@probegastro.example'}],
    }
ITEMS = [
    {'itemKey': 'DEV-01', 'description': 'Software development', 'defaultPrice': 95, 'unit': 'Hour'},
    {'itemKey': 'MAT-01', 'description': 'Material, flat rate', 'defaultPrice': 40, 'unit': 'Piece'},
    ]
UNITS = [{'label': 'Sprint', 'eInvoiceCode': 'DAY'}, {'label': 'Pauschale', 'eInvoiceCode': 'LS'}]
INVOICE_ITEM = {
    'itemKey': 'DEV-01', 'description': 'Software development', 'quantity': 8, 'unit': 'Hour',
    'pricePerUnit': 95}


class Unfilled(Exception):
    """The demo data was refused; the text has the call and its answer."""


def call(url, key, method, path, body=None, idempotency=None):
    """Return (status, parsed answer) of a call of the billing contract."""
    headers = {'X-Api-Key': key, 'Content-Type': 'application/json'}
    if idempotency:
        headers['Idempotency-Key'] = idempotency
    request = urllib.request.Request(
        url + path, method=method, headers=headers,
        data=json.dumps(body).encode() if body is not None else None)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b'null')
    except urllib.error.HTTPError as error:
        with error:
            text = error.read().decode(errors='replace')
        try:
            return error.code, json.loads(text)
        except ValueError:
            return error.code, text


def fill(url, home):
    """Create customers, items and units for the demo tenants without any; may be repeated."""
    tenants = read_json(home.tenants) or []
    for tenant in tenants:
        if _FILLED not in tenant:
            say(f'filling the demo tenant {tenant["name"]}')
            tenant[_FILLED] = _fill(url, tenant)
            write_json(home.tenants, tenants)


def _fill(url, tenant):
    key = tenant['credentials']['billing']

    def create(path, body, number):
        status, answer = call(
            url, key, 'POST', path, body, f'demo-{tenant["company"]}{path}/{number}')
        if status == 409:       # exists since an interrupted attempt
            return answer.get('existingId')
        if status != 201:
            raise Unfilled(f'POST {path} answered {status}: {answer}')
        return answer['id']

    customers = [
        create('/api/customers', body, number)
        for number, body in enumerate(CUSTOMERS[tenant['country']])]
    for path, bodies in (('/api/units', UNITS), ('/api/items', ITEMS)):
        for number, body in enumerate(bodies):
            create(path, body, number)
    status, templates = call(url, key, 'GET', '/api/invoice-templates')
    if status != 200 or not templates:
        raise Unfilled(f'GET /api/invoice-templates answered {status}: {templates}')
    return {'customer': customers[0], 'template': templates[0]['id']}


class Board:
    """Keeps demo.json current, whose pids change"""

    def __init__(self, home, url, database, postgres):
        self._home = home
        self._content = {
            'url': url, 'database': database, 'rpc': f'{url}/{database}/', 'postgres': postgres}
        self._written = None

    def alive(self, kind):
        """Return the pids of a kind of process; pid files of dead ones are removed."""
        pids = self._home.pids(kind)
        for pid in [pid for pid in pids if not processes.alive(pid)]:
            self._home.forget(kind, pid)
            pids.remove(pid)
        return pids

    def update(self):
        """Write demo.json if a process has started or ended."""
        pids = {'web': self.alive('web'), 'documents': self.alive('document')}
        if pids != self._written:
            write_json(self._home.demo, self.content(pids))
            self._written = pids

    def content(self, pids):
        tenants = [
            {name: value for name, value in tenant.items() if name != _FILLED}
            for tenant in read_json(self._home.tenants) or []]
        return self._content | {'pids': pids, 'tenants': tenants}


def curl(url, tenant):
    """Return a line for a shell that issues an invoice of a demo tenant."""
    filled = tenant[_FILLED]
    body = json.dumps({
        'customerId': filled['customer'], 'invoiceTemplateId': filled['template'],
        'customItems': [INVOICE_ITEM]})
    return (
        f"curl -sS -X POST {url}/api/invoices -H 'X-Api-Key: {tenant['credentials']['billing']}'"
        " -H 'Content-Type: application/json' -H 'Idempotency-Key: first-invoice'"
        f" -d '{body}'")


def report(home, url, database):
    """Return the text for the user after the start."""
    tenants = read_json(home.tenants)
    lines = ['', f'Kontor serves {url}', '']
    for tenant in tenants:
        lines += [
            f'  {tenant["name"]} ({tenant["country"]}, chart {tenant["chart"].upper()})',
            *(f'    {name} key   {key}' for name, key in tenant['credentials'].items()),
            f'    login         {tenant["login"]["user"]}  {tenant["login"]["password"]}'
            f'   (database {database})']
    key = tenants[0]['credentials']['billing']
    return '\n'.join([
        *lines, '',
        'Issue an invoice (the same line again answers the same invoice):', '',
        f'  {curl(url, tenants[0])}', '',
        'Its PDF, with the id of the answer in place of 1:', '',
        f"  curl -sS {url}/api/invoices/1/pdf -H 'X-Api-Key: {key}' -o invoice.pdf", '',
        f'Everything above as JSON: {_short(home.demo)}',
        f'Logs: {_short(home.log)}/*.log',
        'Stop with Ctrl-C.', ''])


def _short(path):
    """Return a path relative to the working directory where that is shorter."""
    return min(str(path), os.path.relpath(path), key=len)
