"""Gutschriften: invoices that the tenant issues for supplies of a partner to the tenant.

§ 14 (2) UStG and § 11 (8) UStG 1994 allow it under a prior agreement of both, and let the partner object. The
document itself is issued by ``account_invoice_issue``; this module has the agreement on file, the warnings
about a Gutschrift, and the objection with the correction that follows from it.
"""
