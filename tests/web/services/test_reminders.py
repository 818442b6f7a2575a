"""Reminders: once, by day, and only to who was invited."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from web.models import Appointment, Message, db
from web.services import appointments, reminders
from web.services.transactions import transaction

START = datetime(2026, 11, 30, 9, tzinfo=UTC)  # 10:00 in Belgrade
DUE = START - timedelta(hours=24)
HOUR = timedelta(hours=1)


def invited(*, starts_at: datetime = START, sent_at: datetime | None = NOW, **client: Any) -> Appointment:
    with transaction() as session:
        appointment = appointments.book(
            session, round=make_round(), need=make_need(make_client(**client)), assistant=make_assistant(),
            place=make_place(), starts_at=starts_at, ends_at=starts_at + HOUR, now=NOW)
        if sent_at is not None:
            for message in session.scalars(select(Message).where(Message.state == "queued")):
                message.state, message.sent_at = "sent", sent_at
    return appointment


def written() -> list[tuple[int, int]]:
    db.session.expire_all()
    return [(row.appointment_id, row.revision) for row in db.session.scalars(
        select(Message).where(Message.kind == "reminder", Message.state == "queued").order_by(Message.id))]


def test_a_reminder_is_written_a_day_before_and_once(app: Flask) -> None:
    appointment = invited()
    moments = [DUE + timedelta(minutes=minutes) for minutes in (-1, 0, 1, 60)]
    assert [reminders.write_due(now=moment) for moment in moments] == [0, 1, 0, 0]
    assert written() == [(appointment.id, 0)]  # the same SEQUENCE: an answer given stays given


def test_a_reminder_waits_through_the_night_of_the_office(app: Flask) -> None:
    invited(starts_at=datetime(2026, 12, 1, 2, tzinfo=UTC))  # 03:00 in Belgrade, as night shelters have it
    local = [datetime(2026, 11, 30, 2, tzinfo=UTC), datetime(2026, 11, 30, 5, 59, tzinfo=UTC),
             datetime(2026, 11, 30, 6, 0, tzinfo=UTC)]
    assert [reminders.write_due(now=now) for now in local] == [0, 0, 1]


@pytest.mark.parametrize(("hour", "quiet"), [(19, False), (20, True), (23, True), (5, True), (6, False)])
def test_it_is_quiet_from_nine_in_the_evening_to_seven_in_belgrade(
        app: Flask, hour: int, quiet: bool) -> None:
    assert reminders.is_quiet(db.session(), now=NOW.replace(hour=hour)) is quiet


def test_who_was_invited_only_hours_ago_needs_no_reminder(app: Flask) -> None:
    invited(sent_at=DUE + HOUR)
    assert reminders.write_due(now=DUE + 2 * HOUR) == 0


@pytest.mark.parametrize("client", [{"reminders": False}, {"email": ""}])
def test_who_wants_none_or_has_no_address_gets_none(app: Flask, client: dict[str, Any]) -> None:
    invited(**client)
    assert reminders.write_due(now=DUE) == 0


def test_without_a_sent_invitation_there_is_no_reminder(app: Flask) -> None:
    invited(sent_at=None)
    assert reminders.write_due(now=DUE) == 0


def test_a_cancelled_appointment_takes_its_reminder_with_it(app: Flask) -> None:
    appointment = invited()
    assert reminders.write_due(now=DUE) == 1
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=DUE)
    assert written() == []
    assert reminders.write_due(now=DUE + HOUR) == 0


def test_a_begun_appointment_is_not_remembered(app: Flask) -> None:
    invited()
    assert reminders.write_due(now=START) == 0
