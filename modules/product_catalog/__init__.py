"""The catalogue: items a tenant sells again and again, and the units they are counted in.

An item is a product with a key; ``item`` reads and writes them set-based. Eleven units of measure
are built in and shared, further ones (``product.unit``) are the tenant's own and carry the code an
e-invoice needs.
"""
