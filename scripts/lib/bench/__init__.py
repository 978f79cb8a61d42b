"""scripts/bench: speed, growth with size, and recovery after crashes.

modes.py      one line per mode of the script              prepared.py   prepared instances
kill.py       SIGKILL under load: posting.py, victims.py, audit.py
"""
