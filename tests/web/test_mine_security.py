"""An assistant who has signed in reaches their own pages and nothing else, whoever they ask for."""
from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from tests.web.browser import Browser
from tests.web.builders import make_assistant
from tests.web.conftest import NOW
from tests.web.routes import MINE, MY_FORMS, PUBLIC
from tests.web.test_security import Ids, content, foreign, own, routes, visit
from web.models import Assistant, Base, BrowserSession, DatedHours, FeedToken, OwnCalendar, User, db
from web.services import assistants

__all__ = ["foreign", "own"]


@pytest.fixture
def assistant(app: Flask, own: Ids) -> Assistant:
    return db.session.get_one(Assistant, own["assistant_id"])


@pytest.fixture
def browser(app: Flask, assistant: Assistant) -> Browser:
    made = app.test_client()
    assert isinstance(made, Browser)
    return made.sign_in_assistant(assistant)


def make_colleague() -> Ids:
    """Another assistant of the office with one of everything that an address of these pages can name."""
    colleague = make_assistant(name="Canary", first_name="Canary", code="Canary")
    made: dict[str, Base] = {
        "token_id": FeedToken(assistant_id=colleague.id, token_hash="x", label="Canary", created_at=NOW),
        "calendar_id": OwnCalendar(assistant_id=colleague.id, host="canary.example", created_at=NOW,
                                   next_read_at=NOW),
        "day_id": DatedHours(assistant_id=colleague.id, day=NOW.date(), available=False),
    }
    db.session.add_all(made.values())
    db.session.commit()
    return {name: row.id for name, row in made.items()}  # type: ignore[attr-defined]


def test_an_assistant_reaches_no_page_of_a_coordinator(app: Flask, browser: Browser, own: Ids) -> None:
    before = content(app)
    known = {*MINE, *MY_FORMS, *PUBLIC}
    others = [(rule, method) for rule, method in routes(app) if rule.endpoint not in known]
    answers = {rule.endpoint: visit(browser, rule, method, own) for rule, method in others}
    assert {endpoint: answer.status_code for endpoint, answer in answers.items()} == {
        rule.endpoint: 303 if method == "GET" else 401 for rule, method in others}
    assert {answer.location.partition("?")[0] for answer in answers.values() if answer.location} == {
        "/sign-in"}
    assert content(app) == before


def test_their_own_pages_open_and_no_get_changes_anything(app: Flask, browser: Browser, own: Ids) -> None:
    before = content(app)
    answers = {rule.endpoint: visit(browser, rule, method, own).status_code
               for rule, method in routes(app) if method == "GET" and rule.endpoint in MINE}
    assert (answers, content(app)) == (MINE, before)


@pytest.mark.parametrize("where", ["another office", "a colleague"])
def test_what_belongs_to_somebody_else_is_not_there(app: Flask, browser: Browser, foreign: Ids,
                                                    where: str) -> None:
    ids = foreign if where == "another office" else make_colleague()
    before = content(app)
    answers = {rule.endpoint: visit(browser, rule, method, ids).status_code
               for rule, method in routes(app) if rule.endpoint in MY_FORMS and rule.arguments}
    assert answers == dict.fromkeys(
        ["mine_calendars.read_soon", "mine_calendars.remove", "mine_devices.renew", "mine_devices.revoke",
         "mine_time.remove_day"], 404)
    assert content(app) == before


def test_their_pages_name_no_client_and_no_colleague(app: Flask, browser: Browser, own: Ids) -> None:
    make_colleague()
    pages = "".join(browser.get(f"/me{path}").text for path in ("", "/calendars", "/devices", "/language"))
    assert [word for word in ("anary", "Zahra", "Ahmadi", "zahra@") if word in pages] == []


def test_a_form_without_its_token_is_refused(app: Flask, browser: Browser, own: Ids) -> None:
    before = content(app)
    browser.sends_csrf = False
    answers = {rule.endpoint: visit(browser, rule, method, own).status_code
               for rule, method in routes(app) if rule.endpoint in MY_FORMS}
    assert answers == dict.fromkeys(MY_FORMS, 400)
    assert content(app) == before


def test_a_coordinator_has_no_pages_of_an_assistant(app: Flask, coordinator: Browser, own: Ids) -> None:
    answers = {rule.endpoint: visit(coordinator, rule, method, own).status_code
               for rule, method in routes(app) if rule.endpoint in {*MINE, *MY_FORMS}}
    assert answers == dict.fromkeys(MINE, 303) | dict.fromkeys(MY_FORMS, 401)


def test_the_session_ends_after_half_an_hour_without_a_click(
        browser: Browser, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=29))
    assert browser.get("/me").status_code == 200
    clock.shift(timedelta(minutes=31))
    answer = browser.get("/me")
    assert (answer.status_code, answer.location) == (303, "/me/outside")


def test_the_session_ends_after_twelve_hours_whatever_they_do(
        browser: Browser, clock: time_machine.Traveller) -> None:
    answers = []
    for _ in range(37):
        clock.shift(timedelta(minutes=20))
        answers.append(browser.get("/me").status_code)
    assert answers == [200] * 36 + [303]


def test_signing_out_ends_the_session_and_what_the_browser_keeps(browser: Browser) -> None:
    answer = browser.post("/me/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache", "storage"')
    assert browser.get("/me").status_code == 303
    assert db.session.query(BrowserSession).filter(BrowserSession.assistant_id.is_not(None)).count() == 0


def test_k4_ending_an_assistant_ends_their_session_in_the_same_transaction(
        assistant: Assistant, browser: Browser, user: User) -> None:
    assistants.end_assistant(assistant_id=assistant.id, day=NOW.date(), today=NOW.date(), cancel=False,
                             user_id=user.id, now=NOW)
    assert db.session.query(BrowserSession).count() == 0
    assert browser.get("/me").status_code == 303


def test_k4_a_day_of_ending_that_has_come_shuts_out_before_any_clean_up(
        assistant: Assistant, browser: Browser, clock: time_machine.Traveller) -> None:
    assistant.ended_on = (NOW + timedelta(days=1)).date()
    before = browser.get("/me").status_code
    clock_now = NOW.replace(hour=22, minute=59)
    clock.move_to(clock_now, tick=False)  # one minute before midnight in Belgrade
    db.session.execute(update(BrowserSession).values(created_at=clock_now, last_seen_at=clock_now))
    at_last = browser.get("/me").status_code
    clock.shift(timedelta(minutes=1))
    assert (before, at_last, browser.get("/me").status_code) == (200, 200, 303)
