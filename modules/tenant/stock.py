"""Stock models that belong to a tenant: each is extended with :class:`TenantOwned`"""
from trytond.pool import PoolMeta

from .ownership import TenantOwned
from .scope import current_company

OWNED = """
account.account
account.account-account.tax
account.account.deferral
account.account.type
account.configuration
account.configuration.default_account
account.configuration.default_payment_term
account.configuration.default_tax_rule
account.configuration.journal
account.configuration.payment_reference
account.configuration.sequence
account.configuration.tax_rounding
account.fiscalyear
account.fiscalyear.invoice_sequence
account.invoice
account.invoice-account.move.line
account.invoice-additional-account.move
account.invoice.alternative_payee
account.invoice.line
account.invoice.line-account.tax
account.invoice.payment.mean
account.invoice.payment.mean.rule
account.invoice.payment.method
account.invoice.payment_term
account.invoice.payment_term.line
account.invoice.payment_term.line.delta
account.invoice.report.revision
account.invoice.tax
account.journal
account.journal.period
account.move
account.move.line
account.move.line.template
account.move.reconcile.write_off
account.move.reconciliation
account.move.template
account.move.template.keyword
account.period
account.tax
account.tax.code
account.tax.code.line
account.tax.group
account.tax.line
account.tax.rule
account.tax.rule.line
bank
bank.account
bank.account-party.party
bank.account.number
company.company
company.company.logo.cache
company.company.tax_identifier
company.employee
ir.attachment
ir.avatar
ir.avatar.cache
ir.chat.channel
ir.chat.follower
ir.chat.message
ir.email
ir.email.address
ir.export
ir.export-res.group
ir.export-write-res.group
ir.export.line
ir.model.button.click
ir.model.log
ir.note
ir.note.read
ir.queue
ir.sequence
ir.sequence.strict
ir.session
ir.session.wizard
ir.ui.menu.favorite
ir.ui.view_search
ir.ui.view_tree_optional
ir.ui.view_tree_state
ir.ui.view_tree_width
party.address
party.category
party.configuration
party.configuration.party_lang
party.configuration.party_sequence
party.contact_mechanism
party.contact_mechanism.language
party.identifier
party.party
party.party-party.category
party.party.account
party.party.lang
party.party.payment_term
product.category
product.category-customer-account.tax
product.category-supplier-account.tax
product.category.account
product.configuration
product.configuration.default_cost_price_method
product.cost_price
product.cost_price_method
product.identifier
product.list_price
product.product
product.template
product.template-product.category
res.notification
res.user
res.user-company.company
res.user-company.employee
res.user-ir.action
res.user-res.group
res.user.application
res.user.device
res.user.warning
""".split()


class TenantValues(TenantOwned):
    """The values of a configuration's fields, one row per company.

    Stock reads those of all companies and picks one; the owner, whom no wall stops, would read everybody's.
    """
    __slots__ = ()

    @classmethod
    def values(cls):
        company = current_company()
        if not company:
            return super().values()
        cache = cls._values_cache()
        ids = cache.get(None)
        if ids is None:
            ids = cache.set(None, [value.id for value in cls.search([('company', '=', company)])])
        return cls.browse(ids)


def owned_classes():
    """Return one extension class per model name of OWNED"""
    return [
        PoolMeta(name, (TenantValues if '.configuration.' in name else TenantOwned,), {
                '__name__': name,
                '__module__': __name__,
                '__global_unique__': frozenset({'login_key'} if name == 'res.user' else ()),
                })
        for name in OWNED]
