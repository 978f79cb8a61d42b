"Each contract against its documented OpenAPI file, for the operations that exist"
from pathlib import Path

import pytest
import yaml
from trytond.modules.rest.openapi import document
from trytond.modules.rest.tests.comparison import differences
from trytond.modules.rest.installed import contracts

DOCUMENTED = Path(__file__).resolve().parents[2] / 'shared' / 'contracts'


@pytest.mark.parametrize('contract', contracts(), ids=lambda contract: contract.name)
def test_generated_and_documented(contract):
    path = DOCUMENTED / f'{contract.name}.yaml'
    if not path.exists():
        pytest.skip(f"{path.name} is not there to compare with")
    documented = yaml.safe_load(path.read_text())
    assert differences(document(contract), documented) == []
