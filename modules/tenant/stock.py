"""Whose the rows of Tryton's own models are, and the rights of the database roles on them: one line each.

Kontor's own models say the same on their class, see ``ownership``. A model that is in neither place is an
error.
"""
from dataclasses import dataclass

OWNED, SHARED, OPERATOR = 'owned', 'shared', 'operator'
EVERYTHING = 'SELECT, INSERT, UPDATE, DELETE'
MEMBER = (
    'SELECT, UPDATE ("name", "password_hash", "password_reset", "password_reset_expire", "signature", "menu",'
    ' "language", "email", "notifications", "company_filter", "employee", "write_uid", "write_date")')
"""On users: what a member changes of itself, neither login, activity nor membership"""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of a model.

    kind: OWNED, SHARED or OPERATOR; web and worker: rights of the two roles in SQL; reason: why it is no
    tenant's; copied: whether a new tenant gets a copy of the rows; lasting: whether references may outlive
    their target.
    """
    kind: str
    web: str
    worker: str
    reason: str = ''
    copied: bool = True
    lasting: bool = False


def _owned(web=EVERYTHING, **more):
    return Declared(OWNED, web, EVERYTHING, **more)


def _shared(reason):
    """Reference data that all tenants read and none writes"""
    return Declared(SHARED, 'SELECT', 'SELECT', reason)


def _operator(reason, worker=''):
    """No tenant reads or writes it; worker: rights of queue and cron"""
    return Declared(OPERATOR, '', worker, reason)


STOCK = {
    'account.account': _owned(),
    'account.account-account.tax': _owned(),
    'account.account.deferral': _owned(),
    'account.account.template': _shared('charts as delivered'),
    'account.account.template-account.tax.template': _shared('charts as delivered'),
    'account.account.type': _owned(),
    'account.account.type.template': _shared('charts as delivered'),
    'account.configuration': _owned(),
    'account.configuration.default_account': _owned(),
    'account.configuration.default_payment_term': _owned(),
    'account.configuration.default_tax_rule': _owned(),
    'account.configuration.journal': _owned(),
    'account.configuration.payment_reference': _owned(),
    'account.configuration.sequence': _owned(),
    'account.configuration.tax_rounding': _owned(),
    'account.fiscalyear': _owned(),
    'account.fiscalyear.invoice_sequence': _owned(),
    'account.invoice': _owned(),
    'account.invoice-account.move.line': _owned(),
    'account.invoice-additional-account.move': _owned(),
    'account.invoice.alternative_payee': _owned(),
    'account.invoice.line': _owned(),
    'account.invoice.line-account.tax': _owned(),
    'account.invoice.payment.mean': _owned(),
    'account.invoice.payment.mean.rule': _owned(),
    'account.invoice.payment.method': _owned(),
    'account.invoice.payment_term': _owned(),
    'account.invoice.payment_term.line': _owned(),
    'account.invoice.payment_term.line.delta': _owned(),
    'account.invoice.report.revision': _owned(),
    'account.invoice.tax': _owned(),
    'account.journal': _owned(),
    'account.journal.period': _owned(),
    'account.move': _owned(),
    'account.move.line': _owned(),
    'account.move.line.template': _owned(),
    'account.move.reconcile.write_off': _owned(),
    'account.move.reconciliation': _owned(),
    'account.move.template': _owned(),
    'account.move.template.keyword': _owned(),
    'account.period': _owned(),
    'account.tax': _owned(),
    'account.tax.code': _owned(),
    'account.tax.code.line': _owned(),
    'account.tax.code.line.template': _shared('charts as delivered'),
    'account.tax.code.template': _shared('charts as delivered'),
    'account.tax.group': _owned(),
    'account.tax.line': _owned(),
    'account.tax.line.template': _shared('charts as delivered'),
    'account.tax.rule': _owned(),
    'account.tax.rule.line': _owned(),
    'account.tax.rule.line.template': _shared('charts as delivered'),
    'account.tax.rule.template': _shared('charts as delivered'),
    'account.tax.template': _shared('charts as delivered'),
    'bank': _owned(),
    'bank.account': _owned(),
    'bank.account-party.party': _owned(),
    'bank.account.number': _owned(),
    'company.company': _owned('SELECT'),
    'company.company.logo.cache': _owned(),
    'company.company.tax_identifier': _owned('SELECT'),
    'company.employee': _owned(),
    'country.country': _shared('ISO 3166'),
    'country.organization': _shared('unions of countries'),
    'country.organization.member': _shared('unions of countries'),
    'country.postal_code': _shared('public post codes'),
    'country.region': _shared('UN M49'),
    'country.subdivision': _shared('ISO 3166-2'),
    'currency.cron': _operator('schedule of the rate import', 'SELECT, UPDATE'),
    'currency.cron-currency.currency': _operator('schedule of the rate import', 'SELECT'),
    'currency.currency': _shared('ISO 4217'),
    'currency.currency.rate': _shared('public rates, loaded by the operator'),
    'ir.action': _shared('the application itself'),
    'ir.action-res.group': _shared('the application itself'),
    'ir.action.act_window': _shared('the application itself'),
    'ir.action.act_window.domain': _shared('the application itself'),
    'ir.action.act_window.view': _shared('the application itself'),
    'ir.action.keyword': _shared('the application itself'),
    'ir.action.report': _shared('the application itself'),
    'ir.action.url': _shared('the application itself'),
    'ir.action.wizard': _shared('the application itself'),
    'ir.attachment': _owned(),
    'ir.avatar': _owned(copied=False),
    'ir.avatar.cache': _owned(copied=False),
    'ir.cache': _operator("the processes' own bookkeeping"),
    'ir.calendar.day': _shared('names of days'),
    'ir.calendar.month': _shared('names of months'),
    'ir.chat.channel': _owned(),
    'ir.chat.follower': _owned(),
    'ir.chat.message': _owned(),
    'ir.configuration': _shared('language and series of the database'),
    'ir.cron': _operator('schedule of the server', 'SELECT, UPDATE'),
    'ir.cron-company.company': _operator('schedule of the server', 'SELECT'),
    'ir.cron.log': _operator('schedule of the server', 'SELECT, INSERT, DELETE'),
    'ir.email': _owned(),
    'ir.email.address': _owned(),
    'ir.email.template': _shared('the application itself'),
    'ir.email.template-ir.action.report': _shared('the application itself'),
    'ir.error': _operator("the server's errors, whose texts may hold anybody's data", EVERYTHING),
    'ir.export': _owned(),
    'ir.export-res.group': _owned(),
    'ir.export-write-res.group': _owned(),
    'ir.export.line': _owned(),
    'ir.filestore.queue': _operator("the server's files", 'SELECT, DELETE'),
    'ir.lang': _shared('languages'),
    'ir.message': _shared('texts of the application'),
    'ir.model': _shared('the application itself'),
    'ir.model.access': _shared('rights per role'),
    'ir.model.button': _shared('the application itself'),
    'ir.model.button-button.reset': _shared('the application itself'),
    'ir.model.button-res.group': _shared('rights per role'),
    'ir.model.button.click': _owned(),
    'ir.model.button.rule': _shared('rights per role'),
    'ir.model.data': _shared('the application itself'),
    'ir.model.field': _shared('the application itself'),
    'ir.model.field.access': _shared('rights per role'),
    'ir.model.log': _owned(copied=False, lasting=True),
    'ir.module': _shared('the application itself'),
    'ir.module.config_wizard.item': _shared('the application itself'),
    'ir.module.dependency': _shared('the application itself'),
    'ir.note': _owned(),
    'ir.note.read': _owned(),
    'ir.queue': _owned(copied=False),
    'ir.rule': _shared('rights per role'),
    'ir.rule.group': _shared('rights per role'),
    'ir.rule.group-res.group': _shared('rights per role'),
    'ir.sequence': _owned(),
    'ir.sequence.strict': _owned(),
    'ir.sequence.type': _shared('kinds of numbers'),
    'ir.sequence.type-res.group': _shared('rights per role'),
    'ir.session': _owned(copied=False),
    'ir.session.wizard': _owned(copied=False),
    'ir.translation': _shared('texts of the application'),
    'ir.trigger': _shared('the application itself'),
    'ir.trigger.log': _operator("the server's triggers", 'SELECT, INSERT, DELETE'),
    'ir.ui.icon': _shared('the application itself'),
    'ir.ui.menu': _shared('the application itself'),
    'ir.ui.menu-res.group': _shared('rights per role'),
    'ir.ui.menu.favorite': _owned(),
    'ir.ui.view': _shared('the application itself'),
    'ir.ui.view_search': _owned(),
    'ir.ui.view_tree_optional': _owned(),
    'ir.ui.view_tree_state': _owned(),
    'ir.ui.view_tree_width': _owned(),
    'party.address': _owned(),
    'party.address.format': _shared('address formats of the countries'),
    'party.address.subdivision_type': _shared('address formats of the countries'),
    'party.category': _owned(),
    'party.configuration': _owned(),
    'party.configuration.party_lang': _owned(),
    'party.configuration.party_sequence': _owned(),
    'party.contact_mechanism': _owned(),
    'party.contact_mechanism.language': _owned(),
    'party.identifier': _owned(),
    'party.party': _owned(),
    'party.party-party.category': _owned(),
    'party.party.account': _owned(),
    'party.party.lang': _owned(),
    'party.party.payment_term': _owned(),
    'product.category': _owned(),
    'product.category-customer-account.tax': _owned(),
    'product.category-supplier-account.tax': _owned(),
    'product.category.account': _owned(),
    'product.configuration': _owned(),
    'product.configuration.default_cost_price_method': _owned(),
    'product.cost_price': _owned(),
    'product.cost_price_method': _owned(),
    'product.identifier': _owned(),
    'product.list_price': _owned(),
    'product.product': _owned(),
    'product.template': _owned(),
    'product.template-product.category': _owned(),
    'product.uom': _shared('units of measure, UN/ECE Rec 20'),
    'product.uom.category': _shared('units of measure'),
    'res.group': _shared('the roles'),
    'res.notification': _owned(copied=False),
    'res.user': _owned(MEMBER, copied=False),
    'res.user-company.company': _owned('SELECT', copied=False),
    'res.user-company.employee': _owned('SELECT', copied=False),
    'res.user-ir.action': _owned('SELECT', copied=False),
    'res.user-res.group': _owned('SELECT', copied=False),
    'res.user.application': _owned('', copied=False),
    'res.user.device': _owned(copied=False),
    'res.user.login.attempt': _operator('kept in memory instead: the tenant is not known yet'),
    'res.user.warning': _owned(copied=False),
    }
