"""The processes of a running house.

`options`, `processes`, `listen` and `tied` need the standard library only.
"""
