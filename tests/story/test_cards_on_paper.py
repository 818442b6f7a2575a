"""Cards as a printer gets them: a sheet of A6 each, and nothing of them cut off."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.web.render.test_mail import LINK, facts
from web.i18n import CLIENT_LANGUAGES
from web.render.card import card
from web.render.telling import telling

pytestmark = [pytest.mark.browser]
SHEETS = Path(__file__).parents[2] / "web/static/css"
STYLES = "".join((SHEETS / name).read_text(encoding="utf-8") for name in ("app.css", "cards.css"))
FAR = "Take tram 7 to the old bridge, cross it, and go through the second yard. " * 10
CUT_OFF = "one => [...one.children].filter(part => part.getBoundingClientRect().bottom" \
          " > one.getBoundingClientRect().bottom).length"


def printed(page: Page, language: str, directions: str) -> tuple[int, int]:
    """How much of a card is cut off, and how many sheets it takes."""
    place = {"name": "Office", "address": "Nemanjina 1", "directions": directions}
    tell = telling("invitation", facts("invitation", language, place=place), link=LINK)
    spoken = tell.wording.language
    page.emulate_media(media="print")
    page.set_content(
        f'<style>{STYLES}</style><main><section class="handout"><div class="a6" lang="{spoken.tag}"'
        f' dir="{spoken.direction}">{card(tell)}</div>')
    cut_off = page.locator(".a6").evaluate(CUT_OFF)
    return cut_off, len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_a_card_is_one_sheet_and_long_directions_push_nothing_off_it(page: Page) -> None:
    sheets = {language: (printed(page, language, "Second floor, the door on the left."),
                         printed(page, language, FAR)) for language in CLIENT_LANGUAGES}
    assert sheets == dict.fromkeys(CLIENT_LANGUAGES, ((0, 1), (0, 2)))
