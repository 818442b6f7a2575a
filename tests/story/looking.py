"""Pages in a real browser: whether they fit, are accessible, and say nothing wrong."""
from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from web.demo.office import COORDINATOR, PASSWORD
from web.models import db

WIDTHS = (1280, 390, 320)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# Each language in one width: the rules are about markup and colours, and axe takes its time. What is checked
# every day is a page's width, its direction, and what it says to the console.
LANGUAGES = pytest.mark.parametrize(("language", "ruled_at"), [
    pytest.param("en", None, id="en"), pytest.param("ar", None, id="ar"),
    pytest.param("en", 1280, id="en-rules", marks=pytest.mark.long),
    pytest.param("ar", 320, id="ar-rules", marks=pytest.mark.long)])


class Silent(WSGIRequestHandler):
    """Notes no request: a failure's own words are what there is to read."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application at the address that is given."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


def sign_in(page: Page, url: str) -> None:
    """Sign the demonstration's coordinator in."""
    page.goto(f"{url}/sign-in")
    page.locator("[name=email]").fill(COORDINATOR)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():  # a page that is on its way somewhere may never close
        page.locator("main button").click()


def listened(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what it says to the console; the browser's words on blocked content are among it."""
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def broken_rules(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def faults_of(page: Page, said: list[str], address: str, language: str, ruled_at: int | None) -> list[str]:
    """All that is wrong with a page at every width; the rules of accessibility are tried at one or none."""
    faults: list[str] = []
    said.clear()
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if (across := page.evaluate("document.documentElement.scrollWidth")) > width:
            faults.append(f"{width}: {across} wide")
        if width == ruled_at:
            faults += [f"{width}: {found}" for found in broken_rules(page)]
    if page.locator("html").get_attribute("dir") != ("rtl" if language == "ar" else "ltr"):
        faults.append("not in its language")
    expected = "404" if address.endswith("/nothing-here") else None
    return faults + [text for text in said if expected is None or expected not in text]
