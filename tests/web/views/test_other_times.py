"""A client chooses another time that is free."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.a_round import World, local
from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_client
from tests.web.conftest import NOW
from tests.web.views.test_answers import browser, kinds, notices, now_, path
from web.models import Appointment, Message, Notice, Office, db
from web.services import appointments
from web.services.transactions import transaction

__all__ = ["browser"]  # a fixture


@pytest.fixture
def movable(app: Flask) -> Appointment:
    """An appointment whose client and assistant have time all week."""
    world = World()
    with transaction() as session:
        start = local(0, "10:00")
        made = appointments.book(
            session, round=world.round, need=world.client(mail_language="fa").needs[0],
            assistant=world.assistant(), place=world.place, starts_at=start,
            ends_at=start + timedelta(hours=1), now=NOW)
        session.scalars(select(Message)).one().state = "sent"
    return made


def starts(text: str) -> list[str]:
    return re.findall(r'name="start" value="([^"]+)"', text)


def test_a_client_takes_another_free_time_and_is_told_of_the_old_and_the_new(
        browser: Browser, movable: Appointment, office: Office) -> None:
    office.moves_at_once = True
    offered = starts(browser.get(path(movable, "/times")).text)
    assert len(offered) == 8
    answer_ = browser.post(path(movable, "/times"), data={"revision": 0, "start": offered[2]})
    assert (answer_.status_code, now_(movable)) == (303, ("confirmed", "", 1))
    assert movable.starts_at.isoformat() == offered[2]
    assert kinds() == ["update"]


def test_a_client_asks_for_a_time_and_a_coordinator_moves_the_appointment_there(
        browser: Browser, coordinator: Browser, movable: Appointment) -> None:
    offered = starts(browser.get(path(movable, "/times")).text)
    browser.post(path(movable, "/times"), data={"revision": 0, "start": offered[0]})
    assert now_(movable) == ("invited", "", 0)
    assert "You asked to come on Tuesday, 24 November 2026" in browser.get(
        path(movable) + "?lang=en").text
    (notice,) = db.session.scalars(select(Notice)).all()
    page = coordinator.get("/").text
    assert "Mon, 30 Nov 2026, 10:00" in page
    assert "Tue, 24 Nov 2026, 09:00" in page
    coordinator.post(f"/notices/{notice.id}/grant")
    assert (now_(movable), movable.starts_at.isoformat()) == (("confirmed", "", 1), offered[0])
    assert coordinator.post(f"/notices/{notice.id}/grant").status_code == 404


@pytest.mark.parametrize(("form", "status"), [
    ({}, 422), ({"start": "soon"}, 422), ({"start": "2026-11-24T08:00"}, 400),
    ({"start": "2026-11-24T08:10:00+00:00"}, 409),
    ({"start": "2026-11-24T08:00:00+00:00", "revision": "x"}, 400)])
def test_a_time_that_is_not_offered_is_not_taken(
        browser: Browser, movable: Appointment, form: dict[str, str], status: int) -> None:
    answer_ = browser.post(path(movable, "/times"), data={"revision": "0", **form})
    assert (answer_.status_code, now_(movable)) == (status, ("invited", "", 0))


def test_looking_at_free_times_changes_nothing_and_tells_of_nobody(
        browser: Browser, movable: Appointment) -> None:
    other = make_appointment(client=make_client(name="Somebody Else", first_name="Somebody"),
                             assistant=movable.assistant, starts_at=local(1, "12:00"))
    text = browser.get(path(movable, "/times")).text
    assert [word in text for word in ("Somebody", other.uid, other.client.code)] == [False] * 3
    assert (now_(movable), notices()) == (("invited", "", 0), [])


@pytest.mark.parametrize("rest", ["", "/times"])
def test_the_clients_pages_are_small_and_work_without_scripts(
        browser: Browser, movable: Appointment, rest: str) -> None:
    text = browser.get(path(movable, rest)).text
    assert 'dir="rtl"' in text
    assert "<script" not in text
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    assert linked != []
    size = len(text.encode()) + sum(len(browser.get(each, buffered=True).data) for each in linked)
    assert size < 50_000
