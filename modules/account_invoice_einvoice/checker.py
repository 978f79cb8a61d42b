"""The work of a document process that checks electronic invoices: XML or PDF in, findings out.

Each schema and each sheet is compiled once per process, when first needed or while no job waits. Nothing
here is safe for threads: a process does one job at a time, `validate` is the way in.
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
"""Stand for a rule where a schema speaks, where a rule has no id, where a rule could not be computed"""
MOST_OF_A_SCHEMA = 50
AHEAD = (('cii', 'EN16931'), ('cii', 'XRechnung'), ('cii', 'Basic'), ('ubl', 'XRechnung'))


def warm(root):
    """Return the work of a document process; it compiles ahead what our own documents need"""
    with open(os.devnull, 'wb') as nowhere:     # Saxon writes there what is in its errors too
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
    """Everything that is compiled"""

    def __init__(self):
        self.compiled = {}

    @cached_property
    def saxon(self):
        return saxonche.PySaxonProcessor(license=False)

    def judge(self, content, syntax=None, profile=None):
        """Return a dictionary: syntax, profile, specification (BT-24), file (its name in a PDF) and
        violations, each as a list. Raises Unreadable, RulesMissing, RulesAltered.

        A syntax and a profile that are given are what the document is held against, whatever it says, and
        no rule is taken more lightly than its sheet does: nothing of ours leaves on another's indulgence.
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
        said = reading.identify(root)
        strict = profile is not None
        syntax, profile = syntax or said.syntax, profile or said.profile
        return {
            'syntax': syntax, 'profile': profile, 'specification': said.specification, 'file': '',
            'violations': self.violations(root, syntax, profile, strict)}

    def violations(self, root, syntax, profile, strict):
        """Return the Violations of a root element, each once, in the order in which they were found"""
        found = self.schema_violations(root, syntax, profile)
        node = self.saxon.parse_xml(xml_text=etree.tostring(root, encoding='unicode'))
        for sheet in rules.RULES[syntax, profile].sheets:
            found += self.sheet_violations(node, sheet, bool(found))
        levels = {
            rule: level for rule, level in rules.LEVELS.get(profile, {}).items()
            if level == ERROR or not strict}
        return list({(each.rule, each.location): levelled(each, levels) for each in found}.values())

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
            if broken:      # a rule cannot compute with what the schema has refused
                return []
            return [Violation(FAILED, '/', plain(str(error)), ERROR)]
        if not any(f'svrl:{tag.removeprefix(SVRL)}' in report for tag in FOUND):
            return []
        return [violation(each) for each in etree.fromstring(report.encode()).iter(*FOUND)]

    def sheet(self, name):
        if name not in self.compiled:
            text = sheets.ready(rules.read(name))
            compiled = self.saxon.new_xslt30_processor().compile_stylesheet(stylesheet_text=text)
            if name.startswith(rules.FERD.partition('{}')[0]):
                codes = rules.read(name.replace('.xslt', '_codedb.xml')).decode()
                compiled.set_parameter(sheets.CODES, self.saxon.parse_xml(xml_text=codes))
            self.compiled[name] = compiled
        return self.compiled[name]


class Verified(etree.Resolver):
    """Schemas import what stands beside them: it is read like themselves, and nothing else is"""

    def resolve(self, url, public_id, context):
        name = url.removeprefix('verified:/')
        return self.resolve_string(rules.read(name).decode(), context, base_url=url)


def levelled(found, levels):
    """Return a Violation as grave as its profile takes it"""
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
    """Return where something was found as a path without namespaces; a first of its kind has no number"""
    for pattern, new in _PLACES:
        location = pattern.sub(new, location)
    return location
