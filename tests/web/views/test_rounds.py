"""The way of a coordinator from choosing dates to publishing, through the pages."""
from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.a_round import MONDAY, World, away
from tests.web.browser import Browser
from tests.web.builders import make_round
from tests.web.conftest import NOW
from web.models import Appointment, PlanVersion, Round, SolveRun, db
from web.services import publishing, rounds, solving


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def text_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def followed(browser: Browser, answer: TestResponse) -> str:
    """The text of the page that an answer sends the browser to."""
    assert answer.status_code == 303
    return text_of(browser.get(answer.location))


def address(world: World, *parts: object) -> str:
    return "/".join(["/rounds", str(world.round.id), *map(str, parts)])


@pytest.fixture
def planned(world: World) -> PlanVersion:
    world.client("C1")
    world.client("C2")
    world.client("C3", languages={"ti": "native"})
    world.assistant("A1")
    world.assistant("A2")
    return world.planned()


def test_an_office_without_rounds_is_invited_to_begin_one(app: Flask, coordinator: Browser) -> None:
    assert "No round yet" in text_of(coordinator.get("/rounds"))


def test_a_new_round_is_next_week_from_monday_to_friday(app: Flask, coordinator: Browser) -> None:
    page = coordinator.get("/rounds/new").get_data(as_text=True)
    assert 'value="2026-11-30"' in page
    assert 'value="2026-12-04"' in page
    answer = coordinator.post("/rounds/new", data={
        "title": "Week 49", "first_day": "2026-11-30", "last_day": "2026-12-04"})
    round = db.session.scalars(select(Round)).one()
    assert (answer.status_code, answer.location) == (303, f"/rounds/{round.id}")
    assert (round.title, round.first_day, round.last_day) == ("Week 49", MONDAY, MONDAY + timedelta(days=4))


def test_a_new_round_is_the_first_week_that_has_none(app: Flask, coordinator: Browser) -> None:
    make_round()  # next week
    make_round(first_day=date(2026, 12, 12), last_day=date(2026, 12, 15), state="published", ended_at=NOW)
    make_round(first_day=date(2026, 12, 21), last_day=date(2026, 12, 24), state="discarded", ended_at=NOW)
    page = coordinator.get("/rounds/new").get_data(as_text=True)
    assert ('value="2026-12-07"' in page, 'value="2026-12-11"' in page, 'value="Week 50"' in page) == (
        True, True, True)
    make_round(first_day=date(2026, 12, 11), last_day=date(2026, 12, 11))
    page = coordinator.get("/rounds/new").get_data(as_text=True)
    assert ('value="2026-12-21"' in page, 'value="2026-12-25"' in page) == (True, True)


@pytest.mark.parametrize(("fields", "field", "sentence"), [
    ({"title": " "}, "title", "Give the round a name"),
    ({"first_day": "2026-11-22"}, "first_day", "This day is over"),
    ({"first_day": "soon"}, "first_day", "Choose a date"),
    ({"last_day": "2026-11-29"}, "last_day", "must not be before"),
    ({"last_day": "2027-01-25"}, "last_day", "eight weeks at most"),
    ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "first_day", "two years"),
])
def test_a_faulty_round_is_shown_again_with_what_to_write(
        app: Flask, coordinator: Browser, fields: dict[str, str], field: str, sentence: str) -> None:
    answer = coordinator.post("/rounds/new", data={
        "title": "Kept", "first_day": "2026-11-30", "last_day": "2026-12-04", **fields})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert f'id="f-{field}-error"' in page
    assert ('value="Kept"' in page) == ("title" not in fields)
    assert db.session.scalars(select(Round)).all() == []


def test_a_draft_shows_who_takes_part_and_who_cannot_and_why(world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.client("C2", weekly_hours=[])
    world.client("C3", languages={"ti": "native"})
    world.assistant("A1")
    page = text_of(coordinator.get(address(world)))
    assert "has no time on these dates" in page
    assert "1 client whom nobody can serve" in page
    assert "They share no language well enough." in page


def test_somebody_is_taken_out_and_in_again(world: World, coordinator: Browser) -> None:
    world.client("C1")
    coordinator.post(address(world, "participants"), data={"client": "C1", "deed": "out"})
    assert "taken out of this round by hand" in text_of(coordinator.get(address(world)))
    coordinator.post(address(world, "participants"), data={"client": "C1", "deed": "in"})
    db.session.expire_all()
    assert world.round.excluded_clients == []


def test_solving_is_watched_until_the_plan_is_there(world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.assistant("A1")
    answer = coordinator.post(address(world, "solve"), data={"time_limit": "20"})
    run = db.session.scalars(select(SolveRun)).one()
    assert answer.location == f"{address(world)}/runs/{run.id}"
    page = coordinator.get(answer.location)
    assert "Waits for a worker." in text_of(page)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page.get_data(as_text=True)
    data = coordinator.get(f"{answer.location}/progress").get_json()
    assert (data["state"], data["active"], len(data["levels"])) == ("queued", True, 9)
    assert solving.run_next(now=NOW, worker="test")
    data = coordinator.get(f"{answer.location}/progress").get_json()
    assert (data["state"], data["active"]) == ("done", False)
    assert [level["level"] for level in data["levels"] if level["proven"]] == world.office.levels
    assert coordinator.get(answer.location).location == address(world, "plan")


def test_watching_does_not_keep_a_session_alive(
        world: World, coordinator: Browser, clock: time_machine.Traveller) -> None:
    coordinator.post(address(world, "solve"), data={"time_limit": "20"})
    run = db.session.scalars(select(SolveRun)).one()
    for _ in range(4):
        clock.shift(timedelta(minutes=10))
        answer = coordinator.get(address(world, "runs", run.id, "progress"))
    assert answer.status_code == 303


def test_a_second_solve_at_the_same_time_is_refused_in_words(world: World, coordinator: Browser) -> None:
    coordinator.post(address(world, "solve"), data={"time_limit": "20"})
    answer = coordinator.post(address(world, "solve"), data={"time_limit": "20"})
    assert "This round is being solved already." in followed(coordinator, answer)


@pytest.mark.parametrize("limit", ["0", "-3", "soon", "999999999999", "٣"])
def test_an_absurd_time_limit_is_refused(world: World, coordinator: Browser, limit: str) -> None:
    answer = coordinator.post(address(world, "solve"), data={"time_limit": limit})
    assert answer.status_code == 422
    assert "between 1 and 3600 seconds" in text_of(answer)


def test_a_run_is_stopped(world: World, coordinator: Browser) -> None:
    coordinator.post(address(world, "solve"), data={"time_limit": "20"})
    run = db.session.scalars(select(SolveRun)).one()
    coordinator.post(address(world, "runs", run.id, "stop"))
    db.session.expire_all()
    assert run.state == "stopped"


def test_publishing_is_confirmed_first(world: World, planned: PlanVersion, coordinator: Browser) -> None:
    world.client("C4", email="", phone="+381 60 111")
    version = world.planned()
    page = coordinator.get(address(world, "publish"))
    assert "Invitations 3" in text_of(page)
    assert "English 2" in text_of(page)
    assert "Client C4 C4 +381 60 111" in text_of(page)
    seal = re.search(r'name="seal" value="(\w+)"', page.get_data(as_text=True))
    assert seal is not None
    answer = coordinator.post(address(world, "publish"), data={"plan": version.id, "seal": seal[1]})
    page_after = followed(coordinator, answer)
    assert "Published. 2 mails are on their way." in page_after
    assert "waits for an answer 3" in page_after
    assert "1 client has no e-mail address: please phone them." in page_after
    assert "Published by Mira, Mon, 23 Nov 2026, 10:00." in page_after
    assert len(db.session.scalars(select(Appointment)).all()) == 3


def test_a_place_and_a_telephone_that_are_missing_are_told_before_publishing(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    world.office.phone = "+381 11 400 0000"
    db.session.commit()
    page = text_of(coordinator.get(address(world, "publish")))
    assert ("where to meet" in page, "whom to call" in page) == (False, False)
    world.office.phone, world.place.active = "", False
    world.planned()
    page = text_of(coordinator.get(address(world, "publish")))
    assert "2 appointments have no place: their mails cannot say where to meet." in page
    assert "The office has no telephone number: mails cannot say whom to call." in page


@pytest.mark.parametrize("fields", [
    {}, {"plan": "x"}, {"plan": "1", "seal": "forged"}, {"plan": "99999999999"}])
def test_nothing_is_published_without_having_been_seen(
        world: World, planned: PlanVersion, coordinator: Browser, fields: dict[str, str]) -> None:
    answer = coordinator.post(address(world, "publish"), data=fields)
    assert answer.status_code == 303
    db.session.expire_all()
    assert world.round.state == "draft"


def test_a_stale_plan_says_who_changed_and_offers_to_solve_again(
        world: World, coordinator: Browser) -> None:
    client = world.client("C1")
    world.assistant("A1")
    world.planned()
    client.dated_hours = [away(MONDAY)]
    page = text_of(coordinator.get(address(world, "publish")))
    assert "Client C1: The time does not fit" in page
    assert "Solve again" in page
    assert "Publish now" not in page


def test_a_published_round_shows_answers_and_is_repaired(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    publishing.publish(world.round.id, planned.id, user=world.user, now=NOW)
    assert "Invitation waits to be sent" in text_of(coordinator.get(address(world)))
    answer = coordinator.post(address(world, "repair"))
    repair = db.session.scalars(select(Round).order_by(Round.id.desc())).first()
    assert repair is not None
    assert answer.location == f"/rounds/{repair.id}"
    assert (repair.title, repair.first_day, repair.last_day) == (
        "Week 49 – repair", MONDAY, MONDAY + timedelta(days=4))
    assert "Announced appointments, protected 2" in text_of(coordinator.get(answer.location))


def test_a_round_that_is_over_is_not_repaired(
        world: World, planned: PlanVersion, coordinator: Browser, clock: time_machine.Traveller) -> None:
    publishing.publish(world.round.id, planned.id, user=world.user, now=NOW)
    world.round.first_day = world.round.last_day = NOW.date() - timedelta(days=1)
    answer = coordinator.post(address(world, "repair"))
    assert "This round is over." in followed(coordinator, answer)


def test_a_discarded_round_can_only_be_looked_at(world: World, coordinator: Browser) -> None:
    assert "Discard A discarded round can still be read, but no longer changed or published." in (
        text_of(coordinator.get(address(world))))
    coordinator.post(address(world, "discard"))
    assert "Discarded by Mira, Mon, 23 Nov 2026, 10:00." in text_of(coordinator.get(address(world)))
    answer = coordinator.post(address(world, "participants"), data={"client": "C1", "deed": "out"})
    assert answer.status_code == 409


@pytest.mark.parametrize("path", [
    "/rounds/99", "/rounds/99/plan", "/rounds/99/calendar", "/rounds/99/publish", "/rounds/99/compare",
    "/rounds/99/runs/1", "/rounds/99/change?client=C1"])
def test_a_round_that_is_not_there_is_not_found(app: Flask, coordinator: Browser, path: str) -> None:
    assert coordinator.get(path).status_code == 404


def test_a_draft_without_a_plan_has_no_plan_pages(world: World, coordinator: Browser) -> None:
    for part in ("plan", "calendar", "compare", "publish", "change?client=C1"):
        assert coordinator.get(address(world, part)).status_code == 404


def test_a_run_is_watched_under_its_own_round_only(world: World, coordinator: Browser) -> None:
    other = rounds.create(title="Other", first_day=MONDAY, last_day=MONDAY, user=world.user, now=NOW)
    run = solving.request_solve(other.id, user=world.user, now=NOW)
    assert coordinator.get(address(world, "runs", run.id)).status_code == 404
    assert coordinator.post(address(world, "runs", run.id, "stop")).status_code == 404


def test_strangers_see_no_round(world: World, planned: PlanVersion, anonymous: Browser) -> None:
    for part in ("", "plan", "calendar", "compare", "publish"):
        assert anonymous.get(address(world, part).rstrip("/")).status_code == 303
    assert anonymous.post(address(world, "discard")).status_code == 401
