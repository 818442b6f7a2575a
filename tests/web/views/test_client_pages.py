"""Every page that a client opens, in every language."""
from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.web.a_round import weekly
from tests.web.browser import Browser
from tests.web.builders import (
    make_appointment,
    make_assistant,
    make_client,
    make_need,
    make_place,
    make_topic,
)
from tests.web.conftest import NOW
from tests.web.render.in_languages import BANNED, NATIVE_DIGITS, OTHER_SCRIPTS, RIGHT_TO_LEFT
from tests.web.render.test_mail_languages import SENTENCES
from web.i18n import CLIENT_LANGUAGES
from web.models import Appointment, Office, WeeklyHours, db
from web.services import clients
from web.services.tokens import answer_token

WRITTEN = re.compile("|".join(map(re.escape, (
    "Info Point", "Office, Nemanjina 1", "DIRECTIONS", "Nadia", "TOPIC", "PHOTO", "+381 11 000 0000",
    "Belgrade", "GMT"))))
STATES: dict[str, dict[str, Any]] = {
    "invited": {}, "confirmed": {"state": "confirmed"},
    "declined": {"state": "cancelled", "cancel_reason": "declined"},
    "another-time": {"state": "cancelled", "cancel_reason": "another-time"},
    "over": {"state": "cancelled", "cancel_reason": "replanned"},
}


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A telephone that was never here."""
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


def made(language: str, *, hours: tuple[WeeklyHours, ...] = (), **fields: object) -> Appointment:
    client = make_client(first_name="زهرا", mail_language=language, languages={"wo": "native", "fa": "B2"},
                         weekly_hours=list(hours))
    topic = make_topic(names={"en": "TOPIC"}, bring={"en": ["PHOTO"]})
    return make_appointment(need=make_need(client=client, topic=topic),
                            place=make_place(directions={"en": "DIRECTIONS"}), **fields)


def pages(browser: Browser, language: str) -> dict[str, str]:
    """Each page by a name for it."""
    found = {}
    for state, fields in STATES.items():
        appointment = made(language, **fields)
        path = f"/a/{answer_token(appointment.uid)}"
        found[state] = browser.get(path).text
        revision = {"revision": "7"}
        if state == "invited":
            found["conflict"] = browser.post(f"{path}/confirm", data=revision).text
            found["refused"] = browser.post(f"{path}/confirm", data={"revision": "x"}).text
            found["times"] = browser.get(f"{path}/times").text
            found["no-time"] = browser.post(f"{path}/times", data={"revision": "0"}).text
            found["reminders"] = browser.get(f"{path}/reminders").text
            found["no-reminders"] = browser.post(f"{path}/reminders").text
            found |= with_free_times(browser, language)
        if state == "declined":
            made(language, assistant=appointment.assistant)  # has its time now
            found["taken"] = browser.post(f"{path}/confirm", data={"revision": "0"}).text
        if state == "over":
            found["too-late"] = browser.post(f"{path}/confirm", data=revision).text
    tag = CLIENT_LANGUAGES[language].tag
    found["unknown"] = browser.get("/a/nobodys", headers={"Accept-Language": f"xx, {tag};q=0.8"}).text
    return found


def with_free_times(browser: Browser, language: str) -> dict[str, str]:
    """The pages on which times are chosen, and the one that a link shows after its end."""
    appointment = made(language, hours=(weekly(),), starts_at=NOW + timedelta(days=7),
                       assistant=make_assistant(first_name="Nadia", weekly_hours=[weekly()]))
    path, office = f"/a/{answer_token(appointment.uid)}", db.session.get_one(Office, 1)
    found = dict[str, str]()
    found["slots"] = browser.get(f"{path}/times").text
    starts = re.findall(r'name="start" value="([^"]+)"', found["slots"])
    assert len(starts) == 8
    at_ten_past = starts[0].replace(":00:00", ":10:00")
    found["gone"] = browser.post(f"{path}/times", data={"revision": "0", "start": at_ten_past}).text
    office.moves_at_once = True
    db.session.commit()
    found["slots-at-once"] = browser.get(f"{path}/times").text
    office.moves_at_once = False
    db.session.commit()
    assert browser.post(f"{path}/times", data={"revision": "0", "start": starts[0]}).status_code == 303
    found["asked"] = browser.get(path).text
    clients.renew_links(client_id=appointment.client_id, user_id=1, now=NOW)
    found["ended"] = browser.get(path).text
    return found


def visible(page: str) -> str:
    """What a reader or a screen reader gets, without the names of languages at the foot."""
    page = re.sub("(?s)<footer.*</footer>|<head>.*?<title>|</title>.*?</head>", "", page)
    attributes = " ".join(re.findall(r'(?:aria-label|placeholder|title)="([^"]*)"', page))
    return html.unescape(re.sub(r"<[^>]*>", " ", page) + attributes)


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_m6_every_page_is_in_the_clients_language_and_direction(browser: Browser, language: str) -> None:
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    digits = set(NATIVE_DIGITS.get(language, "0123456789"))
    found = pages(browser, language)
    assert len({visible(page) for page in found.values()}) == len(found)
    for name, page in found.items():
        text = visible(page)
        own = WRITTEN.sub("", text)
        assert f'<html lang="{CLIENT_LANGUAGES[language].tag}" dir="{direction}">' in page, name
        assert len(page.encode()) < 50_000
        assert re.search(r"%\(|[{}]|None(?! of these)|Undefined", text) is None, name
        assert [word for word in BANNED[language] if word in own.lower()] == [], name
        assert {sign for sign in own if sign.isdigit()} <= digits, name
        assert text.count("\u2069") == len(re.findall("[\u2066\u2067\u2068]", text)), name
        if language != "en":
            assert [sentence for sentence in SENTENCES if sentence in text] == [], name
        if language in OTHER_SCRIPTS:
            assert re.findall(r"[A-Za-z]+", own) == [], name


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_m6_names_on_pages_from_right_to_left_stand_in_isolates(browser: Browser, language: str) -> None:
    seen = set()
    for name, page in pages(browser, language).items():
        body = page.partition("<body")[2].partition("<footer")[0]
        for before, word in re.findall(
                r"(.{0,16})(Nadia|Office, Nemanjina|DIRECTIONS|TOPIC|PHOTO|\+381 11)", body):
            assert re.search(r'(?:<bdi>|<bdi dir="ltr">|[\u2066\u2068])$', before), (name, before, word)
            seen.add(word)
    assert len(seen) == 6


def test_a_client_may_look_at_the_page_in_any_language_that_we_write(browser: Browser) -> None:
    appointment = made("so")
    path = f"/a/{answer_token(appointment.uid)}"
    page = browser.get(path).text
    links = re.findall(r'<a href="\?lang=([^"]+)" lang="([^"]+)"', page)
    assert links == [(code, language.tag) for code, language in CLIENT_LANGUAGES.items()]
    assert '<html lang="ti" dir="ltr">' in browser.get(f"{path}?lang=ti").text
    assert f'action="{path}/decline?lang=ti"' in browser.get(f"{path}?lang=ti").text
    assert appointment.starts_at > NOW


def test_coordinators_pages_stay_in_the_languages_of_the_interface(anonymous: Browser) -> None:
    page = anonymous.get("/sign-in?lang=prs").text
    assert '<html lang="fa" dir="rtl">' in page
    assert "lang=ti" not in page
