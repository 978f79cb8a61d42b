"""The catalogue: the items that a tenant sells repeatedly, and their units.

An item is a product with a key; ``item`` reads and writes items set-based. Eleven units of measure
are built in and shared; further ones (``product.unit``) belong to the tenant and carry the code required
by an e-invoice.
"""
