"""Every door: who gets in, what changes, and what each answer tells the browser."""
from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.browser import Browser
from tests.web.builders import (
    make_appointment,
    make_assistant,
    make_client,
    make_message,
    make_need,
    make_place,
    make_round,
    make_topic,
)
from tests.web.conftest import NOW
from tests.web.routes import DEEDS, FORMS, MINE, MY_FORMS, PAGES, PUBLIC, TOKEN_IN_ADDRESS
from web.models import (
    AuditEntry,
    Base,
    ClosedDay,
    DatedHours,
    FeedToken,
    ImportFile,
    Notice,
    Office,
    OwnCalendar,
    PlanVersion,
    Question,
    SolveRun,
    db,
    use_office,
)
from web.security import HEADERS, is_public, local_path

Ids = dict[str, int | str]


def make_world() -> Ids:
    """One of everything that an address can name, in the chosen office; ids by argument."""
    client, assistant, round = make_client(), make_assistant(), make_round()
    topic, place = make_topic(), make_place()
    make_need(client, topic)
    appointment = make_appointment(client=client, assistant=assistant)
    made: dict[str, Base] = {
        "run": SolveRun(round_id=round.id, time_limit=1, created_at=NOW, state="stopped", ended_at=NOW),
        "message": make_message(appointment),
        "token": FeedToken(assistant_id=assistant.id, token_hash=str(round.id), label="Phone",
                           created_at=NOW),
        "calendar": OwnCalendar(assistant_id=assistant.id, host="example.org", address="sealed",
                                created_at=NOW, next_read_at=NOW),
        "day": DatedHours(assistant_id=assistant.id, day=NOW.date(), available=False),
        "notice": Notice(kind="declined", client_id=client.id, created_at=NOW),
        "closed_day": ClosedDay(day=NOW.date()),
        "file": ImportFile(kind="clients", filename="people.csv", created_at=NOW,
                           table={"sheets": [{"name": "", "rows": [[1, ["Name"]], [2, ["Zahra"]]]}],
                                  "sheet": 0, "header": 1, "done": {}}),
        "plan": PlanVersion(round_id=round.id, number=1, made_by="hand", created_at=NOW, read_at=NOW,
                            round_document={}, plan_document={}),
    }
    db.session.add_all(made.values())
    db.session.commit()
    made["question"] = Question(plan_id=made["plan"].id, kind="fixes", time_limit=1,  # type: ignore[attr-defined]
                                created_at=NOW, state="stopped", ended_at=NOW)
    db.session.add(made["question"])
    db.session.commit()
    ids: Ids = {f"{name}_id": row.id for name, row in made.items()}  # type: ignore[attr-defined]
    return ids | {
        "client_id": client.id, "assistant_id": assistant.id, "round_id": round.id, "topic_id": topic.id,
        "place_id": place.id, "appointment_id": appointment.id, "token": "x" * 43, "filename": "nothing.css",
        "number": 2, "code": "xx", "sentence": "0" * 12,
    }


@pytest.fixture
def own(app: Flask) -> Ids:
    return make_world()


@pytest.fixture
def foreign(app: Flask, own: Ids) -> Ids:
    """The same of another office, which the coordinator does not belong to."""
    other = Office(name="Niš", public_name="Niš", levels=["served"])
    db.session.add(other)
    db.session.commit()
    use_office(other.id)
    ids = make_world()
    use_office(1)
    return ids


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Every route with each of its methods."""
    return [(rule, method) for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})]


def visit(browser: Browser, rule: Rule, method: str, ids: Ids, **kwargs: Any) -> TestResponse:
    """Go to a route with the ids that its address needs."""
    with browser.application.test_request_context():
        adapter = browser.application.url_map.bind("localhost")
        path = adapter.build(rule.endpoint, {name: ids[name] for name in rule.arguments}, method)
    return browser.open(path, method=method, data=DEEDS.get(rule.endpoint), buffered=True, **kwargs)


def is_mine(rule: Rule) -> bool:
    """Whether a route is for an assistant on their own pages."""
    return rule.endpoint in MINE or rule.endpoint in MY_FORMS


def content(app: Flask) -> str:
    """A fingerprint of every row of every table, but for the trail that looking at a person leaves."""
    with db.engine.connect() as connection:
        rows = [(table.name, connection.execute(select(table).order_by(*table.primary_key)).all())
                for table in Base.metadata.sorted_tables if table is not AuditEntry.__table__]
        deeds = AuditEntry.id, AuditEntry.action, AuditEntry.subject
        rows.append(("audit", connection.execute(
            select(*deeds).where(AuditEntry.action.not_like("%.read")).order_by(AuditEntry.id)).all()))
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def test_every_route_says_whom_it_answers(app: Flask) -> None:
    known = {rule.endpoint: is_public(rule.endpoint) for rule in app.url_map.iter_rules()}
    assert known == dict.fromkeys(PUBLIC, True) | dict.fromkeys((*PAGES, *FORMS, *MINE, *MY_FORMS), False)


def test_nobody_gets_in_without_signing_in(app: Flask, anonymous: Browser, own: Ids) -> None:
    before = content(app)
    answers = {rule.endpoint: visit(anonymous, rule, method, own).status_code
               for rule, method in routes(app)}
    expected = {rule.endpoint: PUBLIC.get(rule.endpoint, 303 if method == "GET" else 401)
                for rule, method in routes(app)}
    assert answers == expected
    assert content(app) == before


def test_the_ids_of_another_office_are_ids_of_nothing(app: Flask, coordinator: Browser, foreign: Ids) -> None:
    before = content(app)
    named = [(rule, method) for rule, method in routes(app) if rule.arguments and not is_mine(rule)]
    answers = {rule.endpoint: visit(coordinator, rule, method, foreign).status_code
               for rule, method in named}
    assert answers == dict.fromkeys(answers, 404)
    assert content(app) == before


def test_a_foreign_id_beneath_an_own_one_is_an_id_of_nothing(
        app: Flask, coordinator: Browser, own: Ids, foreign: Ids) -> None:
    before = content(app)
    answers = {}
    for rule, method in (each for each in routes(app) if not is_mine(each[0])):
        named = sorted(name for name in rule.arguments if name.endswith("_id"))
        for name in named if len(named) > 1 else ():
            answers[rule.endpoint, name] = visit(
                coordinator, rule, method, own | {name: foreign[name]}).status_code
    assert answers == dict.fromkeys(answers, 404)
    assert content(app) == before


def test_a_coordinator_gets_in_and_no_get_changes_anything(
        app: Flask, coordinator: Browser, own: Ids) -> None:
    before = content(app)
    for method in ("GET", "HEAD"):
        answers = {rule.endpoint: visit(coordinator, rule, method, own).status_code
                   for rule, verb in routes(app) if verb == "GET" and rule.endpoint not in PUBLIC}
        assert answers == PAGES | dict.fromkeys(MINE, 303)
        assert content(app) == before


def test_every_form_without_its_token_is_refused(app: Flask, coordinator: Browser, own: Ids) -> None:
    before = content(app)
    coordinator.sends_csrf = False
    answers = {rule.endpoint: visit(coordinator, rule, method, own).status_code
               for rule, method in routes(app) if method != "GET"}
    assert answers == (dict.fromkeys(answers, 400) | dict.fromkeys(TOKEN_IN_ADDRESS, 404)
                       | dict.fromkeys(MY_FORMS, 401))
    assert content(app) == before


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
    {"Origin": "https://localhost.evil.example"}], ids=str)
def test_every_form_from_elsewhere_is_refused(
        app: Flask, coordinator: Browser, own: Ids, headers: dict[str, str]) -> None:
    before = content(app)
    answers = {rule.endpoint: visit(coordinator, rule, method, own, headers=headers).status_code
               for rule, method in routes(app) if method != "GET"}
    assert answers == dict.fromkeys(answers, 403)
    assert content(app) == before


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://localhost"},
    {"Origin": "null"}, {}], ids=str)
def test_a_form_of_our_own_is_taken(coordinator: Browser, headers: dict[str, str]) -> None:
    answer = coordinator.post("/account", data={"name": "Mira", "language": "sr"}, headers=headers)
    assert answer.status_code == 303


def test_every_answer_carries_the_headers(
        app: Flask, coordinator: Browser, anonymous: Browser, own: Ids) -> None:
    app.testing = False
    answers = [visit(browser, rule, method, own) for browser in (anonymous, coordinator)
               for rule, method in routes(app)]
    answers += [coordinator.get("/nothing-here"), coordinator.open("/account", method="TRACE"),
                coordinator.get("/static/css/app.css", buffered=True),
                anonymous.get("/", headers={"Host": "evil.example"})]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.request.path
        assert "Cache-Control" in answer.headers


def test_pages_behind_the_sign_in_are_not_kept_by_the_browser(coordinator: Browser) -> None:
    assert coordinator.get("/account").headers["Cache-Control"] == "no-store"


def broken() -> str:
    raise ZeroDivisionError


def test_a_crash_tells_a_reference_and_nothing_else(
        app: Flask, coordinator: Browser, caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    app.testing = False
    monkeypatch.setitem(app.view_functions, "accounts.show", broken)
    answer = coordinator.get("/account")
    reference = answer.text.split("reference: ")[1][:8]
    assert (answer.status_code, "ZeroDivision" in answer.text, reference in caplog.text) == (500, False, True)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_a_crash_of_the_error_page_is_answered_too(
        app: Flask, coordinator: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    app.testing = False
    monkeypatch.setitem(app.view_functions, "accounts.show", broken)
    monkeypatch.setitem(app.jinja_env.globals, "current_language", broken)
    answer = coordinator.get("/account")
    assert (answer.status_code, answer.text[:33]) == (500, "Something went wrong. Reference: ")


def test_another_host_name_is_refused(anonymous: Browser) -> None:
    answer = anonymous.get("/sign-in", headers={"Host": "evil.example"})
    assert (answer.status_code, "evil" in answer.text) == (400, False)


def test_h6_robots_may_read_calendars_and_nothing_else(anonymous: Browser) -> None:
    assert anonymous.get("/robots.txt").text.splitlines() == [
        "User-agent: *", "Allow: /calendars/", "Disallow: /"]


# Cookies and sessions


# Where sign-in leads

@pytest.mark.parametrize("wanted", [
    "//evil.example", "\\\\evil.example", "/\\evil.example", "https:evil.example", "https://evil.example",
    "javascript:alert(1)", "/\r\nLocation: https://evil.example", "evil.example", "", "/\t/evil.example"])
def test_sign_in_leads_nowhere_else(wanted: str) -> None:
    assert local_path(wanted) == "/"


@pytest.mark.parametrize("wanted", ["/clients?name=Zahra&page=2", "/", "/rounds/3", "/clients?q=a//b"])
def test_sign_in_leads_to_the_page_that_was_wanted(wanted: str) -> None:
    assert local_path(wanted) == wanted


@given(st.text())
@example("//x")
@settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
def test_sign_in_stays_on_this_host(wanted: str) -> None:
    path = local_path(wanted)
    assert (path[:1], path[1:2] in ("/", "\\"), path.isprintable()) == ("/", False, True)
