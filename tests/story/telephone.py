"""Pages and mails on the narrow screen of a telephone."""
from __future__ import annotations

from playwright.sync_api import Page

from tests.web.render.in_languages import RIGHT_TO_LEFT
from web.i18n import CLIENT_LANGUAGES


def too_wide(page: Page, name: str, language: str) -> list[str]:
    """Where a page does not fit a telephone; its language and direction are checked on the way."""
    language_and_direction = page.evaluate("""() => {
      document.querySelectorAll('details').forEach(one => { one.open = true })
      return [document.documentElement.lang, getComputedStyle(document.body).direction]
    }""")
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    assert language_and_direction == [CLIENT_LANGUAGES[language].tag, direction]
    faults = []
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if (across := page.evaluate("document.documentElement.scrollWidth")) > width:
            faults.append(f"{name}, {width}: {across} wide")
    return faults
