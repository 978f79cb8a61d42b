import pytest
from trytond.modules.document_render.renderer import Renderer


@pytest.fixture(scope='session')
def renderer(tmp_path_factory):
    return Renderer(tmp_path_factory.mktemp('root'))
