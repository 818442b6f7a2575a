"""Every page that an assistant opens, in every language."""
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.a_round import weekly
from tests.web.browser import Browser
from tests.web.builders import make_assistant, make_place
from tests.web.conftest import NOW
from tests.web.render.in_languages import NATIVE_DIGITS, OTHER_SCRIPTS, RIGHT_TO_LEFT
from tests.web.views.test_client_pages import visible
from web.i18n import CLIENT_LANGUAGES
from web.models import Assistant, DatedHours, FeedToken, Message, Office, OwnCalendar, User, db
from web.services import sign_in_links
from web.translations.catalogues import ASSISTANT, read_catalogue

# What stands there as an office or the assistant would have written it, names of programs, what is to be
# found under these words in a program that does not speak the language, addresses, and what to type.
WRITTEN = re.compile("|".join((
    r"Info Point|Saputnik|Library|Office|\+381 11 000 0000|PHONE|FILE\.ics",
    r"calendar\.google\.com|outlook\.com|Google Calendar|Google|Apple|iPhone|iPad|Mac\b|Outlook|Thunderbird",
    r"iCloud|Windows|webcal\b|https?://|webcal://|QR|ICS|iCal|URL|\.ics|calendar\.example",
    r"[“«”](?:[A-Z][\w’/ ]+)[”»“]")), re.ASCII)
PROBLEMS = ("", "no-address", "plain-http", "password-in-address", "unknown-host", "not-public",
            "certificate", "redirects", "forbidden", "not-found", "server-error", "no-answer", "too-slow",
            "too-large", "too-many", "not-a-calendar", "not-understood", "incomplete", "sealed")


def sentences() -> list[str]:
    """What the catalogue of assistants translates, cut at what is filled in."""
    keys = [each for message in read_catalogue(ASSISTANT, "fr") if message.id
            for each in ([message.id] if isinstance(message.id, str) else message.id)]
    pieces = [piece.strip() for key in keys for piece in re.split(r"%\(\w+\)s", key)]
    return [piece for piece in pieces if re.search(r"\w \w", piece)]


SENTENCES = sentences()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A telephone that was never here."""
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


def made(language: str) -> Assistant:
    """An assistant with something on each of their pages."""
    assistant = make_assistant(name="مینا", first_name="مینا", mail_language=language, weekly_hours=[
        weekly("09:00", "13:00", ["mon", "tue", "wed"]), weekly("09:00", "13:00", ["fri", "sun"])])
    make_place(code="library", name="Library")
    make_place(code="office", name="Office")
    for start, end in ((None, None), (time(9), time(10))):
        db.session.add_all(DatedHours(assistant_id=assistant.id, day=date(2026, 12, 7), available=available,
                                      start=start, end=end) for available in (True, False))
    for number, problem in enumerate(PROBLEMS):
        db.session.add(OwnCalendar(
            assistant_id=assistant.id, host="calendar.example", created_at=NOW, tried_at=NOW,
            next_read_at=NOW, read_at=NOW, problem=problem, failures=number and problem != "incomplete",
            busy=["2026-11-30T09:00Z/2026-11-30T10:00Z"] * (number + 1)))
    db.session.add(OwnCalendar(assistant_id=assistant.id, filename="FILE.ics", created_at=NOW))
    for fetched, revoked in ((None, None), (NOW, None), (NOW, NOW)):
        db.session.add(FeedToken(assistant_id=assistant.id, token_hash=f"{fetched}{revoked}", label="PHONE",
                                 created_at=NOW, last_fetched_at=fetched, revoked_at=revoked,
                                 last_user_agent="dataaccessd" if fetched else ""))
    db.session.commit()
    return assistant


def bare(language: str) -> Assistant:
    """An assistant with nothing yet, whose office lets calendars tell first names."""
    db.session.scalars(select(Office)).one().first_name_in_feed = True
    return make_assistant(name="رضا", first_name="رضا", mail_language=language)


def strangers(browser: Browser, language: str, link: str) -> Iterator[tuple[str, str]]:
    """Each page that is open to who is not signed in, by a name for it."""
    asks = {"Accept-Language": f"xx, {CLIENT_LANGUAGES[language].tag};q=0.8"}
    yield "programs", browser.get(f"/calendars/programs?lang={language}").text
    yield "enter", browser.get(link).text
    yield "outside", browser.get("/me/outside", headers=asks).text
    yield "nobody's", browser.get("/me/enter/nobodys", headers=asks).text
    yield "signed out", browser.post("/me/week", headers=asks).text


def own(browser: Browser, assistant: Assistant) -> Iterator[tuple[str, str]]:
    """Each page of an assistant's own, with the sentences that answer what they send."""
    version = {"version": str(assistant.version)}
    yield "time", browser.get("/me").text
    yield "faulty week", browser.post("/me/week", data={**version, "mon-0-from": "9", "mon-0-to": "10:00",
                                                        "tue-0-from": "10:00", "tue-0-to": "09:00"}).text
    yield "changed", browser.post("/me/week", data={
        "version": "999", "mon-0-from": "09:00", "mon-0-to": "10:00"}).text
    yield "faulty days", browser.post("/me/days", data={
        **version, "first": "x", "last": "2026-12-01", "from": "9", "to": "10:00"}).text
    yield "faulty last", browser.post("/me/days", data={
        **version, "first": "2026-12-01", "last": "2027-12-01", "from": "10:00", "to": "09:00"}).text
    browser.post("/me/days", data={**version, "kind": "less", "first": "2026-12-24"})
    yield "saved", browser.get("/me").text
    yield "calendars", browser.get("/me/calendars").text
    yield "no address", browser.post("/me/calendars/address", data={"address": "calendar"}).text
    yield "ours", browser.post("/me/calendars/address", data={"address": "https://localhost/x.ics"}).text
    yield "no file", browser.post("/me/calendars/file").text
    yield "too many", browser.post("/me/calendars/address",
                                   data={"address": "https://calendar.example/x.ics"}).text
    browser.post("/me/calendars/1/read")
    yield "read soon", browser.get("/me/calendars").text
    browser.post("/me/calendars/1/remove")
    yield "removed", browser.get("/me/calendars").text
    yield "devices", browser.get("/me/devices").text
    yield "no label", browser.post("/me/devices").text
    yield "address", browser.post("/me/devices", data={"label": "PHONE"}).text
    browser.post("/me/devices/1/revoke")
    yield "revoked", browser.get("/me/devices").text
    yield "no device", browser.post("/me/devices/99/renew").text
    yield "nothing here", browser.get("/me/nothing").text
    yield "not so", browser.get("/me/week").text
    browser.sign_in_assistant(bare(assistant.mail_language))
    for page in ("", "/calendars", "/devices"):
        yield f"bare {page}", browser.get(f"/me{page}").text
    browser.post("/me/week", data=version)
    yield "the same", browser.get("/me").text
    names = r'<label class="choice">.*?</label>'  # each in itself
    yield "language", re.sub(names, "", browser.get("/me/language").text)
    browser.sends_csrf = False
    yield "too old", browser.post("/me/week", data=version).text


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_m6_every_page_is_in_the_assistants_language_and_direction(
        user: User, browser: Browser, language: str) -> None:
    assistant = made(language)
    sign_in_links.send(assistant_id=assistant.id, user_id=user.id, now=NOW)
    facts = db.session.scalars(select(Message.facts)).one()
    link = urlsplit(sign_in_links.address_of(facts["uid"], facts["language"])).path
    found = dict(strangers(browser, language, link))
    found |= dict(own(browser.sign_in_assistant(assistant), assistant))
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    digits = set(NATIVE_DIGITS.get(language, "0123456789"))
    for name, page in found.items():
        text = WRITTEN.sub("", visible(page))
        assert f'<html lang="{CLIENT_LANGUAGES[language].tag}" dir="{direction}">' in page, name
        assert re.search(r"%\(|[{}]|None\b(?!:)|Undefined", text) is None, name
        assert {sign for sign in text if sign.isdigit()} <= digits, name
        if language != "en":
            assert [sentence for sentence in SENTENCES if sentence in text] == [], name
        if language in OTHER_SCRIPTS:
            assert re.findall(r"[A-Za-z]+", text) == [], name
