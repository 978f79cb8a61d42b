"""Books that nobody bends: posted moves balance, and what is posted or issued does not change.

``validate`` looks for what should not be there.
"""
