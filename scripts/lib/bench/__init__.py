"""scripts/bench: how fast the house is, how it grows, and what it survives.

    modes.py      one line per thing the script can do         prepared.py   instances to do it to
    kill.py       SIGKILL under load: posting.py, victims.py, audit.py
"""
