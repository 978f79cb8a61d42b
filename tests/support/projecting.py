"""Flat-rate projects of the billing contract: bodies to send, and what stands on their documents"""
import hashlib
import io

import pypdf

from tests.support.invoicing import ACME, default_template

PATH = '/api/paushal-projects'
ITEMS = [
    {'description': 'UX concept & wireframes', 'price': 2400.0},
    {'description': 'Frontend implementation', 'price': 4000.0},
    ]
RELAUNCH = {
    'name': 'Website Relaunch', 'description': 'Full redesign incl. CMS migration',
    'pricingStrategy': 'ItemPrice', 'items': ITEMS}
"""The document's own example: 6400.00 net"""


class Planner:
    """A tenant with a customer and its default template, who plans projects"""

    def __init__(self, api, customer=ACME):
        self.api = api
        self.customer = api.made('/api/customers', customer)['id']
        self.template = default_template(api)

    def plan(self, **others):
        """Make a project and return it"""
        return self.api.made(PATH, {'customerId': self.customer, **RELAUNCH, **others})

    def post(self, project, what, headers=None, **others):
        return self.api.post(
            f"{PATH}/{project['id']}/{what}", {'invoiceTemplateId': self.template, **others},
            **(headers or {}))

    def issue(self, project, what, **others):
        """Issue an offer, delivery-note or invoices and return it"""
        answer = self.post(project, what, **others)
        assert answer.status_code == 201, answer.text
        return answer.json

    def read(self, project):
        return self.api.get(f"{PATH}/{project['id']}").json

    def items(self, project):
        return self.api.get(f"{PATH}/{project['id']}/items").json

    def pdf(self, paper):
        answer = self.api.get(paper['pdfUrl'])
        assert answer.status_code == 200, answer.text
        hashing = hashlib.sha512 if len(paper['archivedPdfHash']) == 128 else hashlib.sha256
        assert hashing(answer.data).hexdigest() == paper['archivedPdfHash']
        return answer.data

    def text(self, paper):
        """Return the text of a document, blanks made one"""
        reader = pypdf.PdfReader(io.BytesIO(self.pdf(paper)))
        return ' '.join(' '.join(page.extract_text() for page in reader.pages).split())
