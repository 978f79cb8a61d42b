"""A database of an earlier state of the code, and what it answered then"""
