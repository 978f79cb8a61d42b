"""What the tests of the oracle share"""
import pickle
from unittest import mock

import pytest


@pytest.fixture
def typeset(pool):
    """The same document is typeset once: that the same data give the same bytes is a law of the renderer"""
    from trytond.modules import document_render
    known, real = {}, document_render.render

    def render(document, finish=None):
        key = pickle.dumps((document, finish))
        if key not in known:
            known[key] = real(document, finish)
        return known[key]
    with mock.patch.object(document_render, 'render', render):
        yield
