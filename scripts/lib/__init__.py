"""What the scripts share, by topic; a file with the name of a command does what that command does.

install: from a bare Python to a prepared database. run: the processes of a running house. admin: commands on
tenants, keys and documents. quality: style, layout, tests. bench: measurements.
"""
