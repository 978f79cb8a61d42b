"""The processes of a running installation.

`options`, `processes`, `listen` and `tied` need the standard library only.
"""
