"""scripts/einvoice check: what a person and a program are told of files"""
import json
import subprocess
import sys

import pytest
from trytond.modules.account_invoice_einvoice import cii, rules, ubl
from trytond.modules.account_invoice_einvoice.tests import samples

from scripts.lib.install import bootstrap
from scripts.lib.admin import einvoice, report


@pytest.fixture
def file(tmp_path):
    def make(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)
    return make


@pytest.fixture
def valid(file):
    return file('valid.xml', cii.write(samples.einvoice('XRechnung')))


@pytest.fixture
def invalid(file):
    return file('invalid.xml', ubl.write(samples.credit_note('XRechnung', buyer_reference='')))


def check(*words):
    return report.run(einvoice.perform, einvoice.parse(['check', *words]))


def test_a_valid_file(valid, capsys):
    assert check(valid) == 0
    assert capsys.readouterr().out == f'{valid}: XRechnung as CII, 0 errors, 0 warnings\n'


def test_findings_are_told_with_rule_place_and_text(valid, invalid, capsys):
    assert check(valid, invalid) == 1
    assert capsys.readouterr().out.splitlines() == [
        f'{valid}: XRechnung as CII, 0 errors, 0 warnings',
        f'{invalid}: XRechnung as UBL, 1 error, 0 warnings',
        '  error   BR-DE-15 /CreditNote',
        '          Das Element "Buyer reference" (BT-10) muss übermittelt werden.']


def test_warnings_are_told_and_are_no_errors(file, capsys):
    """KoSIT only warns of an IBAN with wrong check digits (BR-DE-19)"""
    xml = cii.write(samples.einvoice('XRechnung')).replace(b'DE8937040044', b'DE8837040044')
    assert check(file('warned.xml', xml)) == 0
    out = capsys.readouterr().out
    assert '0 errors, 1 warning\n' in out and '  warning BR-DE-19 /' in out


def test_what_cannot_be_read_is_told_beside_the_rest(invalid, file, tmp_path, capsys):
    text, absent = file('text.txt', b'Guten Tag'), str(tmp_path / 'absent.xml')
    assert check(text, absent, str(tmp_path), invalid) == 2
    out = capsys.readouterr().out
    assert f"{text}: cannot be read: the XML is broken: Start tag expected" in out
    assert f'{absent}: cannot be read: No such file or directory\n' in out
    assert f'{tmp_path}: cannot be read: Is a directory\n' in out
    assert '1 error, 0 warnings' in out


def test_a_stranger_cannot_steer_the_terminal(file, capsys):
    xml = cii.write(samples.einvoice('EN16931')).replace(
        b'>60.65<', '>60.65\u202e\u009b31m<'.encode())
    assert check(file('steering.xml', xml)) == 1
    out = capsys.readouterr().out
    assert '60.65\ufffd\ufffd31m' in out and '\u202e' not in out and '\u009b' not in out


def test_one_json_for_programs(valid, invalid, file, capsys):
    text = file('text.txt', b'')
    assert check('--json', valid, invalid, text) == 2
    found = json.loads(capsys.readouterr().out)
    assert [each['path'] for each in found] == [valid, invalid, text]
    assert found[0]['errors'] == 0 and found[0]['violations'] == []
    assert found[1]['profile'] == 'XRechnung' and found[1]['syntax'] == 'ubl'
    assert found[1]['specification'].endswith('xrechnung_3.0')
    assert found[1]['violations'] == [{
            'rule': 'BR-DE-15', 'location': '/CreditNote', 'severity': 'error',
            'text': 'Das Element "Buyer reference" (BT-10) muss übermittelt werden.'}]
    assert 'broken' in found[2]['error']


def test_rules_that_are_not_ours_are_not_claimed(file, capsys):
    xml = cii.write(samples.einvoice('EN16931')).replace(
        b'urn:cen.eu:en16931:2017', b'urn:cen.eu:en16931:2017#compliant#urn:somebody:1')
    assert check(file('other.xml', xml)) == 0
    out = capsys.readouterr().out
    assert 'held against EN 16931 alone: no rules of urn:cen.eu:en16931:2017#compliant' in out


def test_the_command_itself(invalid):
    result = subprocess.run(
        [sys.executable, 'scripts/einvoice', 'check', invalid], cwd=bootstrap.ROOT, text=True,
        capture_output=True)
    assert result.returncode == 1 and 'BR-DE-15' in result.stdout


def test_an_installation_with_altered_rules_judges_nothing(valid, monkeypatch, capsys):
    from trytond.modules.account_invoice_einvoice import validate

    def altered(content):
        raise rules.RulesAltered('FACTUR-X_BASIC.xslt was altered')
    monkeypatch.setattr(validate, 'inspect', altered)
    assert check(valid) == 2
    told = capsys.readouterr()
    assert told.out == '' and 'the installation is not complete: FACTUR-X_BASIC.xslt was altered' in told.err


@pytest.mark.parametrize('words', [[], ['check'], ['export', '1'], ['export', '1', '--format', 'odt']])
def test_wrong_words_are_refused(words):
    with pytest.raises(SystemExit) as refused:
        einvoice.parse(words)
    assert refused.value.code == 2


def test_a_number_becomes_a_file_name_that_stays_in_its_folder():
    assert einvoice._file_name('INV-2026-11-0001') == 'INV-2026-11-0001'
    assert einvoice._file_name('../a/b c') == '..-a-b-c'
