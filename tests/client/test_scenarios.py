"""What a bookkeeper does, to be read as a story: each scenario_*.rst by proteus, in a company of its own"""
import doctest

import pytest

from scripts.lib.install.bootstrap import ROOT

SCENARIOS = sorted((ROOT / 'modules').glob('*/tests/scenario_*.rst'))


def test_there_are_scenarios():
    assert len(SCENARIOS) >= 3


@pytest.mark.parametrize('path', SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path, address, database, operator):
    from proteus import config
    login = operator.tenant('AT')['login']
    with config.set_xmlrpc_session(f'{address}/{database}/', login['user'], password=login['password']):
        # A failure is reported with its line; without it pytest would only see a count
        result = doctest.testfile(
            str(path), module_relative=False, encoding='utf-8', raise_on_error=False,
            optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    assert result.attempted > 10
