"""Playing a case in a tenant: issue, credit, pay.

The clock stands still at noon of the case's day. In the second tenant a customer is printed under the number
that its twin has in the first, so that documents can be the same to the byte.
"""
import contextlib
import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal as D
from unittest import mock

from trytond.exceptions import UserError

from tests.oracle import rows


@dataclass
class Played:
    """rows: {table: rows}; documents: [(of the sealed file, anew of the rows)]; refused: text, '' if all
    went
    """
    rows: dict
    documents: list
    refused: str = ''


def play(case, world, printed_as, prepare=contextlib.nullcontext, reread=None):
    """Play a case in a world and undo it; return Played.

    printed_as: {party: number that is printed}; prepare: context within which it is done; reread: function
    that makes a document anew of an issued invoice.
    """
    from trytond.modules.account_invoice_issue import lookups
    from trytond.modules.kernel import clock
    noon = dt.datetime.combine(case.today, dt.time(11), dt.UTC)
    real = lookups.read_parties

    def parties(ids, books):
        positions, customers = real(ids, books)
        return positions, {
            id: replace(customer, id=printed_as.get(id, id)) for id, customer in customers.items()}
    with world.inside() as transaction, mock.patch.object(clock, 'now', lambda: noon), \
            mock.patch.object(lookups, 'read_parties', parties), \
            mock.patch.object(world.pool.get('ir.date'), 'today', lambda timezone=None: case.today), \
            prepare():
        player, before = Player(case, world, reread), rows.written()
        try:
            player.play()
            # What PostgreSQL checks at COMMIT
            transaction.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            played = Played(rows.read(rows.touched(before), world.names), player.documents)
        except UserError as error:
            played = Played({}, player.documents, f'{type(error).__name__}: {error.message}')
        finally:
            transaction.rollback()
    return played


class Player:
    def __init__(self, case, world, reread):
        self.case, self.world, self.reread = case, world, reread
        self.get = world.pool.get
        self.Invoice = self.get('account.invoice')
        self.documents = []

    def play(self):
        together = [paper for paper in self.case.papers if paper.kind != 'project']
        made = self.Invoice.issue([self.draft(paper) for paper in together])
        self.read(made)
        issued = [*zip(together, made, strict=True)]
        for paper in self.case.papers:
            if paper.kind == 'project':
                issued.append((paper, self.project(paper)))
        for paper, invoice in issued:
            for step in paper.then:
                getattr(self, f'do_{step}')(self.Invoice(invoice.id))

    def read(self, invoices):
        if self.reread:
            self.documents += [self.reread(invoice) for invoice in invoices]

    # Drafts

    def draft(self, paper):
        lines = [self.line(paper, n, row) for n, row in enumerate(paper.lines, 1)]
        due = self.case.today + dt.timedelta(days=paper.due) if paper.due is not None else None
        values = {
            'party': self.world.ids[paper.party], 'template': self.world.ids[paper.template],
            'supply_date': paper.supply, 'due_date': due, 'self_billed': paper.kind == 'gutschrift',
            'introduction': 'Guten Tag', 'comment': 'Danke'}
        if paper.stored:
            return self.stored(paper, values, lines)
        if len(lines) % 2:
            return self.plain(values, lines)
        Line = self.get('account.invoice.line')
        return self.Invoice(**values, lines=[Line(**line) for line in lines])

    def plain(self, values, lines):
        """As the contract hands in what it is sent"""
        from trytond.modules.account_invoice_issue.draft import Draft, DraftLine, RecordId
        Tax = self.get('account.tax')
        named = {name: RecordId(values[name]) for name in ('party', 'template')}
        return Draft(**values | named, lines=[
                DraftLine(**line | {
                        'unit': RecordId(line['unit']) if 'unit' in line else None,
                        'taxes': Tax.browse(line.get('taxes', ()))})
                for line in lines])

    def line(self, paper, number, row):
        if row.price is None:
            return {'type': 'comment', 'description': f'Hinweis {number}'}
        values = {
            'description': f'Position {number}', 'quantity': float(row.quantity),
            'unit_price': D(row.price)}
        if row.unit:
            values['unit'] = self.get('product.uom').search([('unece_code', '=', row.unit)])[0].id
        if row.goods and not paper.stored:
            values |= {'item_key': 'W-1'}
        if row.tax:
            tax, = self.get('account.tax').search([('name', '=', row.tax), ('parent', '=', None)])
            values['taxes'] = [tax.id]
        return values

    def stored(self, paper, values, lines):
        party = self.get('party.party')(values['party'])
        if not party.addresses:
            self.get('party.address').create([{'party': party.id}])
        Account = self.get('account.account')
        revenue, = Account.search([('code', '=', '4400' if self.case.country == 'DE' else '4000')])
        with_type = [{'type': 'line', 'invoice_type': 'out', 'sequence': n, **line,
                **({'account': revenue.id} if 'unit_price' in line else {}),
                'taxes': [('add', line.get('taxes', []))]} for n, line in enumerate(lines, 1)]
        draft, = self.Invoice.create([{
                    **values, 'type': 'out',
                    'invoice_address': self.get('party.party')(party.id).addresses[0].id,
                    'account': party.account_receivable_used.id,
                    'journal': self.get('account.journal').search([('type', '=', 'revenue')])[0].id,
                    'payment_term': self.world.ids[paper.term] if paper.term else None,
                    'lines': [('create', with_type)]}])
        return draft

    def project(self, paper):
        rows = [row for row in paper.lines if D(row.quantity) > 0][:200]
        project, = self.get('flat_rate.project').create([{
                    'party': self.world.ids[paper.party], 'name': 'Umbau',
                    'pricing_strategy': ('ItemPrice', 'Combined', 'ProjectPrice')[len(rows) % 3],
                    'total_price': D('1234.56') if len(rows) % 3 else None,
                    'items': [('create', [{
                                    'description': f'Teil {n}', 'quantity': D(row.quantity),
                                    **({'price': D(row.price)} if row.price else {})}
                                for n, row in enumerate(rows, 1)])]}])
        invoice = self.get('flat_rate.project.invoice').bill(project, template=self.world.ids[paper.template])
        self.read([invoice])
        return invoice

    # What happens afterwards

    def do_paid(self, invoice):
        if invoice.state == 'posted':
            self.Invoice.mark_paid([invoice], self.case.today)

    def do_less(self, invoice):
        self.receive(invoice, D('0.5'))

    def do_more(self, invoice):
        self.receive(invoice, D('1.5'))

    def receive(self, invoice, part):
        if invoice.state == 'posted' and invoice.amount_to_pay > 1:
            amount = (invoice.amount_to_pay * part).quantize(D('0.01'))
            self.Invoice.receive_payment(invoice, amount, self.case.today)

    def do_credit(self, invoice):
        if invoice.state in ('posted', 'paid') and not invoice.credits:
            self.read(self.Invoice.credit([invoice], refund=True, invoice_date=self.case.today))

    def do_part(self, invoice):
        if invoice.state != 'posted':
            return
        credit = invoice._credit(invoice_date=self.case.today)
        lines = [line for line in credit.lines if line.type == 'line' and line.quantity and line.quantity < 0]
        credit.lines = lines[:1]
        if lines:
            self.read(self.Invoice.issue([credit]))
