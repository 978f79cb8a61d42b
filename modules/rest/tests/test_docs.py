"""The reference page in a real browser: it shows the operations and loads nothing from elsewhere"""
import os
import shutil
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from trytond.modules.rest import docs_build

from . import fakes

CHROMIUM = shutil.which('chromium')
pytestmark = pytest.mark.browser


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def page():
    if not CHROMIUM:
        reason = "Chromium is missing: apt-get install chromium"
        (pytest.fail if os.environ.get('CI') else pytest.skip)(reason)
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=['--no-sandbox'])
        yield browser.new_page()
        browser.close()


@pytest.fixture
def url():
    docs_build.build()
    app = fakes.application()
    server = make_server('127.0.0.1', 0, app, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()


def test_the_reference_page(page, url):
    asked, said = [], []
    page.on('request', lambda request: asked.append(request.url))
    page.on('console', lambda message: said.append(message.text))
    page.goto(f'{url}/docs/things')
    page.get_by_text('Create a thing').first.wait_for(timeout=20_000)
    assert not page.locator('#plain').is_visible()
    assert all(address.startswith((url, 'data:')) for address in asked)
    assert not [text for text in said if 'Content Security Policy' in text]
