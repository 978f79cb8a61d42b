"""What every numbered document shares, and the one way to issue it.

``issued`` is the pipeline and the mixin of the records, ``paper`` a document on its way through it.
``ledger``, ``seller``, ``parties``, ``lookups`` and ``templates`` read what a document is made of;
``taxation`` and ``rounding`` compute; ``series`` and ``numbering`` give numbers; ``printed`` and
``typesetting`` make the page; ``columns`` says who decides a column.
"""
