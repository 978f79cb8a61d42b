"""The initial template of a new tenant"""
from trytond.modules.account_dach import tables
from trytond.pool import Pool

NAMES = {'DE': "Standard DE", 'AT': "Standard AT"}


def fill(company, chart, today):
    """Give the template company of a chart its one template, the default"""
    country = tables.chart(chart)['country']
    Template = Pool().get('invoice.template')
    before = Template.search([('company', '=', company)])
    Template.create([{
                'name': NAMES[country],
                'language': 'de',
                'tax_rate': tables.standard_rate(country, today),
                'tax_label': "USt",
                'is_default': True}])
    Template.delete(before)
