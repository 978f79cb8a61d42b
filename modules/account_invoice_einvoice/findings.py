"""What a check finds, as data"""
from typing import NamedTuple

ERROR, WARNING = 'error', 'warning'


class Violation(NamedTuple):
    """A rule that a document breaks: its id, where (a path without namespaces) and what the rule says"""
    rule: str
    location: str
    text: str
    severity: str = ERROR


class Findings(NamedTuple):
    """What a document is held against, the name of the file in a PDF, and what was found"""
    syntax: str
    profile: str
    specification: str      # BT-24
    file: str
    violations: list[Violation]

    @property
    def errors(self):
        return [each for each in self.violations if each.severity == ERROR]
