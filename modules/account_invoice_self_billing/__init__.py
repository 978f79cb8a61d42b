"""Gutschriften: invoices that the tenant writes for what a partner supplied to it.

§ 14 (2) UStG and § 11 (8) UStG 1994 allow it where both agreed before, and let the partner object. The
document itself goes through the door of ``account_invoice_issue``; here stand the agreement on file, what
is doubtful about a Gutschrift, and the objection with the correction that follows from it.
"""
