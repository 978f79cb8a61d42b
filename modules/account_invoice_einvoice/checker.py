"""Document process that validates electronic invoices: XML or PDF in, findings out.

Each schema and each stylesheet is compiled once per process, on first use or while no job waits. Nothing here
is thread-safe: a process does one job at a time, the entry point is `validate`.
"""
import json
import os
import re
import sys
from functools import cached_property

import saxonche
from lxml import etree

from . import container, reading, rules, sheets
from .findings import ERROR, WARNING, Violation

SVRL = '{http://purl.oclc.org/dsdl/svrl}'
FOUND = (f'{SVRL}failed-assert', f'{SVRL}successful-report')
WARNINGS = (WARNING, 'information', 'info')
SCHEMA, NAMELESS, FAILED = 'XSD', 'SCH', 'XSLT'
"""Rule ids for a violation of the schema, of a rule without an id, and of a rule that failed to compute"""
MOST_OF_A_SCHEMA = 50
AHEAD = (('cii', 'EN16931'), ('cii', 'XRechnung'), ('cii', 'Basic'), ('ubl', 'XRechnung'))


def warm(root):
    """Return the work of a document process; its ``ahead`` tasks compile the sheets of Kontor's own documents
    """
    with open(os.devnull, 'wb') as nowhere:     # Saxon writes there, but its errors contain the same text
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    return Work()


class Work:
    """A job is one line of JSON, then the file; the answer is JSON"""

    def __init__(self):
        self.checker = Checker()

    def __call__(self, job):
        asked, _, content = job.partition(b'\n')
        return json.dumps(self.checker.judge(content, **json.loads(asked))).encode()

    @property
    def ahead(self):
        for key in AHEAD:
            for sheet in rules.RULES[key].sheets:
                self.checker.sheet(sheet)
                yield
            self.checker.schemas(*key)
            yield


class Checker:
    """Cache of compiled schemas and stylesheets"""

    def __init__(self):
        self.compiled = {}

    @cached_property
    def saxon(self):
        return saxonche.PySaxonProcessor(license=False)

    def judge(self, content, syntax=None, profile=None):
        """Return a dictionary: syntax, profile, specification (BT-24), file (its name in a PDF) and
        violations, each as a list. Raises Unreadable, RulesMissing, RulesAltered.

        A given syntax and profile take precedence over those the document declares, and the profile's
        relaxations of rules do not apply then: Kontor's own invoices must pass without them.
        """
        if not reading.is_pdf(content):
            return self.judge_xml(content, syntax, profile)
        with reading.opened(content) as pdf:
            name, xml = reading.embedded(pdf)
            judged = self.judge_xml(xml, syntax, profile)
            of_pdf = container.violations(pdf, name, judged['profile'])
        return judged | {'file': name, 'violations': of_pdf + judged['violations']}

    def judge_xml(self, xml, syntax, profile):
        root = reading.parse(xml)
        declared = reading.identify(root)
        strict = profile is not None
        syntax, profile = syntax or declared.syntax, profile or declared.profile
        return {
            'syntax': syntax, 'profile': profile, 'specification': declared.specification, 'file': '',
            'violations': self.violations(root, syntax, profile, strict)}

    def violations(self, root, syntax, profile, strict):
        """Return the Violations of a root element, each once, in the order of discovery"""
        found = self.schema_violations(root, syntax, profile)
        node = self.saxon.parse_xml(xml_text=etree.tostring(root, encoding='unicode'))
        for sheet in rules.RULES[syntax, profile].sheets:
            found += self.sheet_violations(node, sheet, bool(found))
        levels = {
            rule: level for rule, level in rules.LEVELS.get(profile, {}).items()
            if level == ERROR or not strict}
        return list({
            (each.rule, each.location): with_profile_severity(each, levels) for each in found}.values())

    # schemas

    def schema_violations(self, root, syntax, profile):
        schema = self.schemas(syntax, profile)[root.tag]
        if schema.validate(root):
            return []
        return [
            Violation(SCHEMA, place(error.path or ''), plain(error.message), ERROR)
            for error in list(schema.error_log)[:MOST_OF_A_SCHEMA]]

    def schemas(self, syntax, profile):
        """Return {root element: compiled schema}"""
        path = rules.RULES[syntax, profile].schema
        return {
            tag: self.schema(path.format(tag.rpartition('}')[2]))
            for tag, its in reading.ROOTS.items() if its == syntax}

    def schema(self, path):
        if path not in self.compiled:
            parser = etree.XMLParser(no_network=True)
            parser.resolvers.add(Verified())
            document = etree.fromstring(rules.read(path), parser, base_url=f'verified:/{path}')
            self.compiled[path] = etree.XMLSchema(document)
        return self.compiled[path]

    # sheets

    def sheet_violations(self, node, name, broken):
        try:
            report = self.sheet(name).transform_to_string(xdm_node=node)
        except saxonche.PySaxonApiError as error:
            if broken:      # a rule cannot be computed on parts that violate the schema
                return []
            return [Violation(FAILED, '/', plain(str(error)), ERROR)]
        if not any(f'svrl:{tag.removeprefix(SVRL)}' in report for tag in FOUND):
            return []
        return [violation(each) for each in etree.fromstring(report.encode()).iter(*FOUND)]

    def sheet(self, name):
        if name not in self.compiled:
            text = sheets.optimised(rules.read(name))
            compiled = self.saxon.new_xslt30_processor().compile_stylesheet(stylesheet_text=text)
            if name.startswith(rules.FERD.partition('{}')[0]):
                codes = rules.read(name.replace('.xslt', '_codedb.xml')).decode()
                compiled.set_parameter(sheets.CODES, self.saxon.parse_xml(xml_text=codes))
            self.compiled[name] = compiled
        return self.compiled[name]


class Verified(etree.Resolver):
    """Resolver for imports between schemas: reads neighbouring files with verified checksums, nothing else"""

    def resolve(self, url, public_id, context):
        name = url.removeprefix('verified:/')
        return self.resolve_string(rules.read(name).decode(), context, base_url=url)


def with_profile_severity(found, levels):
    """Return a Violation with the severity of its profile"""
    level = levels.get(found.rule)
    return found._replace(severity=WARNING if level in WARNINGS else ERROR) if level else found


def violation(element):
    severity = element.get('flag') or element.get('role') or ''
    text = plain(''.join(element.find(f'{SVRL}text').itertext()))
    rule = element.get('id') or NAMELESS
    return Violation(
        rule, place(element.get('location')), text.removeprefix(f'[{rule}]').lstrip(' -'),
        WARNING if severity in WARNINGS else ERROR)


def plain(text):
    return ' '.join(text.split())


_PLACES = (
    (re.compile(r"\*:(\w+)\[namespace-uri\(\)='[^']*'\]"), r'\1'),
    (re.compile(r"\*\[local-name\(\)='(\w+)'(?: and namespace-uri\(\)='[^']*')?\]"), r'\1'),
    (re.compile(r'Q\{[^}]*\}|\{[^}]*\}'), ''),
    (re.compile(r'(?<=[/@])\w+:'), ''),
    (re.compile(r'\[1\]'), ''),
    )


def place(location):
    """Return the location as a path without namespaces; the index of a first element is omitted"""
    for pattern, new in _PLACES:
        location = pattern.sub(new, location)
    return location
