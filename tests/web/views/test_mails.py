"""A coordinator sends a mail again that did not reach its client."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_message
from tests.web.conftest import NOW
from web.models import Appointment, AuditEntry, Message, Office, db
from web.services import outbox, sending_limits
from web.services.transactions import transaction

BUTTON = "/mails/{}/again"


@pytest.fixture
def failed(coordinator: Browser) -> Message:
    """An invitation that the mail server refused."""
    appointment = make_appointment()
    with transaction() as session:
        outbox.write_news(session, appointment, now=NOW)
        message = session.scalars(select(Message)).one()
        message.state, message.last_answer, message.attempts = "failed", "550 no such user", 1
    return message


def mails() -> list[tuple[str, str]]:
    db.session.expire_all()
    return [(mail.recipient, mail.state) for mail in db.session.scalars(select(Message).order_by(Message.id))]


def test_a_failed_mail_is_sent_again_from_the_clients_page(coordinator: Browser, failed: Message) -> None:
    page = f"/clients/{failed.appointment.client_id}"
    address = BUTTON.format(failed.id)
    assert address in coordinator.get(page).text
    answer = coordinator.post(address, data={"client": failed.appointment.client_id})
    assert (answer.status_code, answer.location) == (303, page)
    assert mails() == [("zahra@example.org", "queued")]
    assert [entry.action for entry in db.session.scalars(
        select(AuditEntry).where(AuditEntry.action.like("mail.%")))] == ["mail.sent-again"]
    text = coordinator.get(page).text
    assert ("on its way to zahra@example.org" in text, address in text) == (True, False)


def test_a_failed_mail_is_sent_again_from_the_rounds_page(coordinator: Browser, failed: Message) -> None:
    page = f"/rounds/{failed.appointment.round_id}"
    assert BUTTON.format(failed.id) in coordinator.get(page).text
    answer = coordinator.post(BUTTON.format(failed.id), data={"round": failed.appointment.round_id})
    assert (answer.location, mails()) == (page, [("zahra@example.org", "queued")])


def test_to_a_corrected_address_the_news_goes_once(coordinator: Browser, failed: Message) -> None:
    failed.appointment.client.email = "zahra.ahmadi@example.org"
    answers = [coordinator.post(BUTTON.format(failed.id)) for _twice in range(2)]
    assert [answer.location for answer in answers] == ["/", "/"]
    assert mails() == [("zahra@example.org", "failed"), ("zahra.ahmadi@example.org", "queued")]


@pytest.mark.parametrize("state", ["queued", "claimed", "handover", "sent", "superseded"])
def test_a_mail_that_came_to_no_bad_end_is_not_sent_again(coordinator: Browser, state: str) -> None:
    message = make_message(make_appointment(), state=state)
    answer = coordinator.post(BUTTON.format(message.id))
    assert (answer.status_code, mails()) == (303, [("zahra@example.org", state)])
    assert "cannot be sent again" in coordinator.get("/").text


@pytest.mark.parametrize("change", [
    {"sequence": 1}, {"starts_at": NOW}, {"client.email": ""},
    {"client.email": "zahra.ahmadi@example.org", "state": "cancelled"}], ids=str)
def test_no_button_is_shown_where_it_would_help_nobody(
        coordinator: Browser, failed: Message, change: dict[str, object]) -> None:
    appointment: Appointment = failed.appointment
    for name, value in change.items():
        target = appointment.client if name.startswith("client.") else appointment
        setattr(target, name.removeprefix("client."), value)
    pages = [coordinator.get(path).text for path in (
        f"/clients/{appointment.client_id}", f"/rounds/{appointment.round_id}")]
    coordinator.post(BUTTON.format(failed.id))
    assert [BUTTON.format(failed.id) in page for page in pages] == [False, False]
    assert mails() == [("zahra@example.org", "failed")]


def test_the_outbox_shows_what_waits_and_what_did_not_arrive(coordinator: Browser, failed: Message) -> None:
    waiting = make_appointment()
    make_message(waiting, state="queued", attempts=2, created_at=NOW - timedelta(minutes=16),
                 next_attempt_at=NOW + timedelta(minutes=4), last_answer="451 try later")
    page = coordinator.get("/mails").text
    assert [sentence in page for sentence in (
        "could not be sent yet", "Next try: Mon, 23 Nov 2026, 10:04", "451 try later", "waits too long",
        "refused by the mail server", BUTTON.format(failed.id))] == [True] * 6
    answer = coordinator.post(BUTTON.format(failed.id), data={"outbox": "1"})
    assert answer.location == "/mails"


@pytest.mark.parametrize(("limit", "channel", "sentence"), [
    ({"mail_per_minute": 1}, "mail", "The limit of your mail provider is reached (1 in one minute)."),
    ({"mail_per_minute": 9, "mail_per_day": 1}, "mail",
     "The limit of your mail provider is reached (1 in 24 hours)."),
    ({"sms_per_minute": 1}, "sms", "The limit of your SMS provider is reached (1 in one minute)."),
])
def test_the_outbox_says_that_a_limit_is_why_mails_wait(
        app: Flask, coordinator: Browser, limit: dict[str, int], channel: str, sentence: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **{"mail_per_minute": 0, **limit})
    make_message(make_appointment(), state="queued", channel=channel, created_at=NOW)
    assert "provider is reached" not in coordinator.get("/mails").text
    with transaction() as session:
        sending_limits.count(session, channel, now=NOW)
    assert sentence in coordinator.get("/mails").text


def test_a_coordinator_stops_all_mails_and_every_page_says_so_until_they_leave_again(
        coordinator: Browser, office: Office) -> None:
    banner = "All mails are stopped since"
    shown = [banner in coordinator.get(path).text for path in ("/", "/clients")]
    for _ in range(2):
        assert coordinator.post("/mails/stop").location == "/mails"
    shown += [banner in coordinator.get(path).text for path in ("/", "/clients")]
    for _ in range(2):
        coordinator.post("/mails/let-go")
    shown += [banner in coordinator.get(path).text for path in ("/", "/clients")]
    assert shown == [False, False, True, True, False, False]
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "mails.stopped", "mails.let-go"]


@pytest.mark.parametrize(("fields", "words"), [
    ({"state": "queued"}, "waits to be sent"), ({"state": "claimed"}, "being sent"),
    ({"state": "handover"}, "being sent"), ({"state": "sent", "sent_at": NOW}, "Mon, 23 Nov 2026, 10:00"),
    ({"state": "queued", "attempts": 1}, "could not be sent yet"),
    ({"state": "failed"}, "refused by the mail server"),
    ({"state": "refused"}, "there is no such mailbox, says the mail server"),
    ({"state": "bounced"}, "came back, not delivered"),
    ({"state": "too-late"}, "too late, not sent"), ({"state": "superseded"}, "replaced by a newer mail"),
    ({"state": "uncertain"}, "may or may not have arrived"),
    ({"kind": "reminder", "hours_ahead": 72}, "Reminder, 3 days before"),
    ({"kind": "reminder", "hours_ahead": 2}, "Reminder, 2 hours before")])
def test_d6_each_state_is_told_beside_the_appointment(
        coordinator: Browser, fields: dict[str, Any], words: str) -> None:
    appointment = make_appointment()
    make_message(appointment, **fields)
    for path in (f"/clients/{appointment.client_id}", f"/rounds/{appointment.round_id}"):
        assert words in coordinator.get(path).text
