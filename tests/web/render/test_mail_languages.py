"""Every mail in every language: nothing in English, nothing unfilled, one kind of digits, closed isolates."""
from __future__ import annotations

import re
from functools import cache

import pytest

from tests.web.render.in_languages import NATIVE_DIGITS, OTHER_SCRIPTS, RIGHT_TO_LEFT
from tests.web.render.test_mail import EVERY, KINDS, LINK, body, calendars, parsed
from web.i18n import CLIENT_LANGUAGES
from web.i18n.clients import built_in
from web.i18n.languages import language_of

REASONS = ("", "declined", "another-time", "withdrawn", "elsewhere")
# What stands in the mails of tests as an office or a person would have written it.
WRITTEN = re.compile("|".join(map(re.escape, (
    LINK + "/reminders", LINK, "Office, Nemanjina 1", "Library, Knez Mihailova 56", "DIRECTIONS", "Nadia",
    "Sara", "TOPIC", "PASSPORT", "PHOTO", "Info Point", "+381 11 000 0000", "Belgrade", "GMT"))))


def sentences() -> list[str]:
    """What the catalogues translate, cut at what is filled in."""
    keys = [key for key in built_in("fr")._catalog if isinstance(key, str) and key and "\x04" not in key]
    pieces = [piece.strip() for key in keys for piece in re.split(r"%\(\w+\)s", key)]
    return [piece for piece in pieces if " " in piece]


SENTENCES = sentences()


@cache
def texts(kind: str, language: str) -> list[str]:
    """The visible texts of a mail in all its turns: subject, plain text, html, the calendar's words."""
    found = []
    for reason in REASONS if kind == "cancellation" else [""]:
        for confirmed in (False, True):
            message = parsed(kind, language, reason=reason, confirmed=confirmed)
            html = re.sub(r"<[^>]*>", "", re.sub("(?s)<head>.*</head>", "", body(message, "html")))
            entry = calendars(message)[0].decode().replace("\r\n ", "")
            words = re.findall(r"(?m)^(?:SUMMARY|DESCRIPTION|LOCATION):(.*)\r$", entry)
            found += [message["Subject"], body(message, "plain"), html,
                      *(word.replace("\\", "") for word in words)]
    return found


@pytest.mark.parametrize(("kind", "language"), [pair for pair in EVERY if pair[1] != "en"])
def test_m6_every_sentence_is_in_the_readers_language(kind: str, language: str) -> None:
    for text in texts(kind, language):
        assert [sentence for sentence in SENTENCES if sentence in text] == []
        assert "%" not in text
        assert re.search(r"[{}]|None|Undefined", text) is None
        if language in OTHER_SCRIPTS:
            assert re.findall(r"[A-Za-z]+", WRITTEN.sub("", text)) == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_t7_a_mail_uses_one_kind_of_digits(kind: str, language: str) -> None:
    for text in texts(kind, language):
        digits = {digit for digit in WRITTEN.sub("", text) if digit.isdigit()}
        assert digits <= set(NATIVE_DIGITS.get(language, "0123456789"))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_m6_every_isolate_is_closed_where_it_was_opened(kind: str, language: str) -> None:
    for text in texts(kind, language):
        for line in text.splitlines():
            depth = 0
            for sign in line:
                depth += (sign in "\u2066\u2067\u2068") - (sign == "\u2069")
                assert depth in (0, 1), line
            assert depth == 0, line
            assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e")


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_m6_names_and_numbers_are_isolated_in_lines_from_right_to_left(language: str) -> None:
    for kind in KINDS:
        text = body(parsed(kind, language, client="Ali"), "plain")
        for name in ("Ali", "Nadia", "Office, Nemanjina 1", "Info Point"):
            assert text.count(name) == text.count(f"\u2068{name}\u2069") > 0
        assert text.count("+381 11 000 0000") == text.count("\u2066+381 11 000 0000\u2069") == 1


@pytest.mark.parametrize(("language", "font"), [
    ("ti", "Noto Sans Ethiopic"), ("ur", "Noto Nastaliq Urdu"), ("ps", "Noto Naskh Arabic"),
    ("ru", "sans-serif")])
def test_html_names_fonts_that_have_the_letters(language: str, font: str) -> None:
    assert font in body(parsed("invitation", language), "html")


def test_m6_the_direction_is_cldrs() -> None:
    assert tuple(code for code in CLIENT_LANGUAGES if language_of(code).rtl) == RIGHT_TO_LEFT
