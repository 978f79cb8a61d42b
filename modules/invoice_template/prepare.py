"""The initial template of a new tenant"""
from trytond.modules.account_dach import tables
from trytond.pool import Pool

NAMES = {'DE': "Standard DE", 'AT': "Standard AT"}


def prepare(company, chart, today):
    """Create the only template, the default, of the prepared company of a chart"""
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
