"""The checker: valid documents have no violation; the rules find each fault and its location"""
import pytest
import saxonche
from lxml import etree
from trytond.modules.account_invoice_einvoice import cii, codes, reading, rules, sheets, ubl
from trytond.modules.account_invoice_einvoice.checker import place

from . import samples

WAYS = [('cii', cii, 'Basic'), ('cii', cii, 'EN16931'), ('cii', cii, 'XRechnung'), ('ubl', ubl, 'XRechnung')]


def found(checker, xml, *against):
    return checker.judge(xml, *against)['violations']


@pytest.mark.parametrize('make', [samples.einvoice, samples.credit_note])
@pytest.mark.parametrize('syntax, writer, profile', WAYS)
def test_what_we_write_breaks_no_rule(checker, syntax, writer, profile, make):
    judged = checker.judge(writer.write(make(profile)))
    assert (judged['syntax'], judged['profile']) == (syntax, profile)
    assert judged['specification'] == codes.specification(profile, samples.ISSUED).identifier
    assert judged['violations'] == []


@pytest.mark.parametrize('syntax, writer', [('cii', cii), ('ubl', ubl)])
def test_xrechnung_without_buyer_reference(checker, syntax, writer):
    (violation,) = found(checker, writer.write(samples.einvoice('XRechnung', buyer_reference='')))
    assert violation.rule == 'BR-DE-15' and violation.severity == 'error'
    assert 'Buyer reference' in violation.text and not violation.text.startswith('[')
    assert violation.location == {'cii': '/CrossIndustryInvoice', 'ubl': '/Invoice'}[syntax]


def test_what_the_schema_refuses_is_found_with_the_rules(checker):
    root = etree.fromstring(cii.write(samples.einvoice('EN16931')))
    number = root.find('{*}ExchangedDocument/{*}ID')
    number.getparent().remove(number)
    rules_broken = {violation.rule for violation in found(checker, etree.tostring(root))}
    assert {'XSD', 'BR-02'} <= rules_broken


def test_an_amount_that_is_no_number_is_refused_by_the_schema_and_stops_nothing(checker):
    root = etree.fromstring(cii.write(samples.einvoice('EN16931')))
    root.find('.//{*}GrandTotalAmount').text = 'much'
    violations = found(checker, etree.tostring(root))
    assert violations[0].rule == 'XSD' and "'much' is not a valid value" in violations[0].text


def test_the_same_rule_at_one_place_is_told_once(checker):
    root = etree.fromstring(cii.write(samples.einvoice('EN16931')))
    root.find('.//{*}GrandTotalAmount').text = '60.66'
    violations = found(checker, etree.tostring(root))
    assert len({(each.rule, each.location) for each in violations}) == len(violations)
    assert 'BR-CO-15' in {each.rule for each in violations}


def test_a_document_is_held_against_what_is_asked(checker):
    xml = cii.write(samples.einvoice('EN16931', buyer_reference=''))
    assert found(checker, xml) == []
    assert 'BR-DE-15' in {each.rule for each in found(checker, xml, 'cii', 'XRechnung')}


@pytest.mark.parametrize('name, syntax, writer, profile', [
    (rules.FERD.format('BASIC'), 'cii', cii, 'Basic'), (rules.FERD.format('EN16931'), 'cii', cii, 'EN16931'),
    (rules.CEN.format('CII'), 'cii', cii, 'EN16931'), (rules.CEN.format('UBL'), 'ubl', ubl, 'XRechnung'),
    (rules.KOSIT.format('CII'), 'cii', cii, 'XRechnung'),
    (rules.KOSIT.format('UBL'), 'ubl', ubl, 'XRechnung')])
def test_sheets_made_ready_come_to_the_verdicts_of_the_official_ones(checker, name, syntax, writer, profile):
    """Complete reports are compared, over documents that violate many rules"""
    official = checker.saxon.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(rules.location(name)))
    broken = 0
    for xml in damaged(writer.write(samples.einvoice(profile))):
        node = checker.saxon.parse_xml(xml_text=xml)
        expected = reports(official, node)
        assert reports(checker.sheet(name), node) == expected
        broken += bool(expected)
    assert broken >= 5


def damaged(xml):
    """Yield a document with each of its elements left out in turn, and with each text changed"""
    for position in range(1, len(list(etree.fromstring(xml).iter())), 4):
        root = etree.fromstring(xml)
        element = list(root.iter())[position]
        if len(element):
            element.getparent().remove(element)
        else:
            element.text = 'X'
        yield etree.tostring(root, encoding='unicode')


def reports(sheet, node):
    """Return the findings of a sheet, or that a rule cannot be computed on this document"""
    try:
        report = sheet.transform_to_string(xdm_node=node)
    except saxonche.PySaxonApiError as error:
        return str(error)
    return [
        (each.get('id'), each.get('location'), ''.join(each.itertext()))
        for each in etree.fromstring(report.encode()).iter('{*}failed-assert', '{*}successful-report')]


def test_only_sheets_of_the_known_form_are_made_ready():
    sheet = (b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="2.0">'
        b'<xsl:template match="//a" mode="M1" priority="1000"><b/></xsl:template></xsl:stylesheet>')
    with pytest.raises(ValueError, match='the rule for //a has another form'):
        sheets.optimised(sheet)


def test_all_rule_sets_can_be_compiled(checker):
    for (syntax, profile), rule_set in rules.RULES.items():
        assert set(checker.schemas(syntax, profile)) <= set(reading.ROOTS)
        for sheet in rule_set.sheets:
            checker.sheet(sheet)


@pytest.mark.parametrize('location, plain', [
    ('/Q{urn:un:a}Crossing[1]/Q{urn:un:b}Line[2]/@unit', '/Crossing/Line[2]/@unit'),
    ("/*:Invoice[namespace-uri()='urn:x'][1]/*:Line[namespace-uri()='urn:x'][3]", '/Invoice/Line[3]'),
    ("/*[local-name()='Invoice' and namespace-uri()='urn']/*[local-name()='Line'][10]", '/Invoice/Line[10]'),
    ('/rsm:Crossing/ram:Line[1]', '/Crossing/Line'),
    ])
def test_places_are_told_without_namespaces(location, plain):
    assert place(location) == plain
