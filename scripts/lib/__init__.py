"""The implementation of the scripts, by topic; a command's code is in the file of its name.

install: from a bare Python to a prepared database. run: the processes of a running installation. admin:
commands on tenants, keys and documents. quality: style, layout, tests. bench: measurements.
"""
