"""Tools for the tests of any contract: recordings of its answers, wrong values made from its shapes"""
