"""Results of a validation, as data"""
from typing import NamedTuple

ERROR, WARNING = 'error', 'warning'


class Violation(NamedTuple):
    """A violated rule: its id, the location (a path without namespaces) and the rule's message"""
    rule: str
    location: str
    text: str
    severity: str = ERROR


class Findings(NamedTuple):
    """Syntax, profile and specification applied, the name of the file in a PDF, and the violations"""
    syntax: str
    profile: str
    specification: str      # BT-24
    file: str
    violations: list[Violation]

    @property
    def errors(self):
        return [each for each in self.violations if each.severity == ERROR]
