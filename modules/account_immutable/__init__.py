"""Books that nobody bends: posted moves balance, and what is posted or issued does not change.

The declarations stand in ``move`` and ``invoice``, the guards are those of the module ``immutable``.
``validate`` looks for what should not be there all the same.
"""
