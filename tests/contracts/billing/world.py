"""What a caller of the API cannot do himself, but tests of the API need: plans, drafts of the client,
damage
"""
from tests.support.invoicing import inside


class World:
    """The operator, the client and a hand in the database"""

    def __init__(self, pool, superuser, operator):
        self.pool = pool
        self.superuser = superuser
        self.operator = operator

    def enter(self, api):
        """Make this world known to a caller; returns it"""
        api.world = self
        return api

    def features(self, api, features):
        """Change what the plan of a tenant includes"""
        self.operator.call('tenant_provision.provision.set_features', api.tenant['company'], features)

    def draft(self, api, quantity=2, price=50, self_billed=False):
        """Make an undated draft of one line in the client, for a new Austrian customer; returns its id"""
        type_, journal, codes = (
            ('in', 'expense', ('3300', '5010')) if self_billed else ('out', 'revenue', ('2000', '4000')))
        customer = api.made('/api/customers', {'name': 'Beta', 'country': 'AT'})['id']
        with inside(self.pool, api.tenant):
            Account, Invoice, Journal, Party, Uom = map(self.pool.get, [
                    'account.account', 'account.invoice', 'account.journal', 'party.party',
                    'product.uom'])
            party = Party(customer)
            account, other = (Account.search([('code', '=', code)])[0] for code in codes)
            invoice, = Invoice.create([{
                        'type': type_, 'self_billed': self_billed, 'party': customer,
                        'invoice_address': party.addresses[0].id, 'account': account.id,
                        'journal': Journal.search([('type', '=', journal)], limit=1)[0].id,
                        'lines': [('create', [{
                                        'type': 'line', 'quantity': quantity, 'unit_price': price,
                                        'unit': Uom.search([('unece_code', '=', 'HUR')])[0].id,
                                        'description': 'x', 'account': other.id}])]}])
            return invoice.id

    def corrupt(self, api, issued):
        """Change one byte of an archived PDF, known by its hash, where no trigger looks"""
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            changed = self.superuser.execute(
                "UPDATE archive_content c SET data = set_byte(data, 100, get_byte(data, 100) # 1)"
                " FROM archive_document d WHERE d.content = c.id AND c.company = %s"
                " AND %s IN (d.sha512, d.sha256)",
                (api.tenant['company'], issued['archivedPdfHash']))
            assert changed.rowcount == 1
