"""What the scripts share: from a bare Python to a running house.

`bootstrap`, `options`, `home`, `processes`, `listen` and `tied` need the standard library only, since they
run before anything is installed; the others run inside the venv.
"""
