"""References for the figures: our own targets, and alternative products.

To beat: Odoo Community 18 on two cores, measured with the same invoice (two lines at 19 %) over its JSON-RPC
with one client, the fixed second of its report engine subtracted; for the chart of a new tenant, Tryton's
own.
"""
TARGETS = {
    # key: (milliseconds to beat or None, their source, target in milliseconds)
    'no_op': (6.9, 'Odoo, no-op call', None),
    'list': (12.5, 'Odoo, 50 of 1,000', 8),
    'list_10000': (27.7, 'Odoo, 50 of 20,000', 10),
    'list_100000': (27.7, 'Odoo, 50 of 20,000', 10),
    'read': (10.9, 'Odoo', 4),
    'read_10000': (10.9, 'Odoo', 4),
    'read_100000': (10.9, 'Odoo', 4),
    'pdf': (230, 'Odoo', None),
    'issue_2': (465, 'Odoo with PDF', None),
    'einvoice_2': (605, 'Odoo with PDF and XRechnung', 60),
    'einvoice_400': (None, '', 900),
    'door_2': (257, 'Odoo without PDF', 15),
    'tenant_10': (23_000, 'chart of Tryton itself', 500),
    'tenant_100': (23_000, 'chart of Tryton itself', 500),
    'tenant_1000': (23_000, 'chart of Tryton itself', 500),
    'tenant_10000': (23_000, 'chart of Tryton itself', 500),
    }
RATES = {
    # key: (calls per second to beat, their source, target)
    'no_op_per_worker': (128, 'Odoo, four clients', 800),
    'einvoice_2_crowd': (2.2, 'Odoo, four clients', 25),
    'issue_2_crowd': (2.2, 'Odoo with XML, four clients', 25),
    'batch_1000': (18.6, 'Odoo, batches of 100 without PDF', 1000),
    }
MEMORY = {'web': (144, 'Odoo, one tenant', 220), 'document': (None, '', 600)}
"""Megabytes (PSS)"""
