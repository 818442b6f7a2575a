"""A client's calendar proposes another time: a coordinator grants it with one press where it is free."""
from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.web.a_round import World, local
from tests.web.answers_by_mail import Answer, google
from tests.web.browser import Browser
from tests.web.conftest import NOW
from tests.web.receiving import Inbox, tasks
from tests.web.services.test_free_slots import book
from web.models import Appointment, db


@pytest.fixture
def appointment(app: Flask) -> Appointment:
    """An appointment on Monday at ten; both have time until five on every working day."""
    world = World()
    client = world.client()
    client.email = "zahra@example.org"
    return book(world, client, world.assistant(), 0, "10:00")


def propose(appointment: Appointment, start: str) -> None:
    answer = Answer(uid=appointment.uid, answer="TENTATIVE", method="COUNTER", start=start, comment="Later")
    assert Inbox().receive(google(answer)) == "shown"


def test_r1_a_proposed_time_that_is_free_is_granted_with_one_press(
        appointment: Appointment, coordinator: Browser) -> None:
    propose(appointment, "20261201T120000Z")
    (task,) = tasks()
    page = coordinator.get("/").text
    words = re.search(r"Proposed: ([^<]+)<", page)
    assert words is not None
    assert ("Dec" in words[1], "13:00" in words[1]) == (True, True)
    assert f'action="/notices/{task.id}/grant"' in page
    assert coordinator.post(f"/notices/{task.id}/grant").status_code == 303
    db.session.expire_all()
    assert (appointment.starts_at, appointment.state, appointment.sequence) == (
        local(1, "13:00"), "confirmed", 1)
    assert [task.seen_at for task in tasks()] == [NOW]


def test_r1_a_proposed_time_that_is_not_free_is_shown_without_a_button(
        appointment: Appointment, coordinator: Browser) -> None:
    propose(appointment, "20261201T220000Z")
    (task,) = tasks()
    page = coordinator.get("/").text
    assert "/grant" not in page
    assert "Not both are free then, or a rule speaks against it." in page
    coordinator.post(f"/notices/{task.id}/grant")
    db.session.expire_all()
    assert (appointment.sequence, tasks()[0].seen_at) == (0, None)
