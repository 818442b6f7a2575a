"""An appointment card in every language: nothing untranslated, in the language's own digits and direction."""
from __future__ import annotations

import html
import re

import pytest

from tests.web.render.in_languages import BANNED, NATIVE_DIGITS, OTHER_SCRIPTS
from tests.web.render.test_mail import LINK, bare, facts
from tests.web.render.test_mail_languages import SENTENCES
from web.i18n import CLIENT_LANGUAGES
from web.render.card import card
from web.render.telling import telling

GIVEN = re.compile("|".join(map(re.escape, (
    "Info Point", "Office, Nemanjina 1", "DIRECTIONS", "Nadia", "PASSPORT", "PHOTO", "+381 11 000 0000"))))


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_m6_a_card_is_in_the_clients_language(language: str) -> None:
    page = card(telling("invitation", facts("invitation", language), link=LINK))
    text = html.unescape(re.sub(r"<[^>]*>", " ", page))
    own = GIVEN.sub("", bare(text).replace("\u00a0", " "))
    assert {sign for sign in own if sign.isdigit()} <= set(NATIVE_DIGITS.get(language, "0123456789"))
    assert [word for word in BANNED[language] if word in own.lower()] == []
    assert re.search(r"%\(|[{}]|None|Undefined", own) is None
    assert text.count("\u2069") == len(re.findall("[\u2066-\u2068]", text))
    if language != "en":
        assert [sentence for sentence in SENTENCES if sentence in text] == []
    if language in OTHER_SCRIPTS:
        assert re.findall(r"[A-Za-z]+", own) == []
