"""The ground that every module builds with: clock, ids and rows, uniqueness, secrets, timing, checks."""
