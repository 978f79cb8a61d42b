"""Tools for the tests of any contract"""
