"""The engine held against Tryton's own workflow: random cases, played both ways in two tenants alike.

``cases`` draws them as plain data, ``world`` makes the twins, ``play`` issues, credits and pays, ``rows``
reads and compares every row, ``reading`` makes the document anew of the rows, ``reference`` switches;
``comparison`` does all of it for a case. ``extension`` is a module with columns of its own, which `extended`
activates.
"""
