"""Mails to assistants in every language: nothing in English, unfilled, or that tells too much."""
from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.web.render.in_languages import BANNED, NATIVE_DIGITS, OTHER_SCRIPTS, RIGHT_TO_LEFT
from tests.web.render.test_mail import ID, body, facts
from tests.web.render.test_mail_languages import SENTENCES
from web.i18n import CLIENT_LANGUAGES
from web.render.assistant_mail import make_assistant_mail, make_sign_in_mail

KINDS = ("assistant-new", "assistant-moved", "assistant-cancelled", "sign-in")
LINK = "https://appointments.example.org/me/enter/" + "x" * 43
WRITTEN = re.compile("|".join(map(re.escape, (
    LINK, "Office, Nemanjina 1", "Library, Knez Mihailova 56", "C-7", "Info Point", "+381 11 000 0000",
    "Belgrade", "GMT"))))


def parsed(kind: str, language: str) -> EmailMessage:
    """One mail as it is sent."""
    given = facts("update" if kind == "assistant-moved" else "invitation", language, client="مینا",
                  assistant="C-7", own_story=False, topic="", bring=[], until="2026-12-07T09:30:00+00:00")
    if kind == "sign-in":
        made = make_sign_in_mail(given, link=LINK, message_id=ID)
    else:
        given["place"]["directions"] = ""
        if given["old"]:
            given["old"]["assistant"] = "C-7"
        made = make_assistant_mail(kind, given, message_id=ID)
    return message_from_bytes(made.octets, policy=default)


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_m6_every_sentence_is_in_the_assistants_language(kind: str, language: str) -> None:
    message = parsed(kind, language)
    html = body(message, "html")
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    assert f'<html lang="{CLIENT_LANGUAGES[language].tag}" dir="{direction}">' in html
    for text in (message["Subject"], body(message, "plain"),
                 re.sub(r"<[^>]*>", "", re.sub("(?s)<head>.*</head>", "", html))):
        own = WRITTEN.sub("", text)
        assert re.search(r"[%{}]|None|Undefined", text) is None
        assert [word for word in BANNED[language] if word in own.lower()] == []
        assert {sign for sign in own if sign.isdigit()} <= set(NATIVE_DIGITS.get(language, "0123456789"))
        assert text.count("\u2069") == len(re.findall("[\u2066\u2067\u2068]", text))
        if language != "en":
            assert [sentence for sentence in SENTENCES if sentence in text] == []
        if language in OTHER_SCRIPTS:
            assert re.findall(r"[A-Za-z]+", own) == []
