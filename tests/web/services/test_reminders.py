"""Reminders: once, by day, and only to who was invited."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from web.models import Appointment, Message, Notice, Office, db
from web.services import appointments, claims, reminders
from web.services.quiet import quiet_of
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
        office: Office, hour: int, quiet: bool) -> None:
    assert quiet_of(office).at(NOW.replace(hour=hour)) is quiet


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


def reminded(office: Office, *hours: int) -> None:
    office.reminder_hours = sorted(hours, reverse=True)
    db.session.commit()


def all_reminders() -> list[tuple[int, str]]:
    db.session.expire_all()
    return [(row.hours_ahead, row.state) for row in db.session.scalars(
        select(Message).where(Message.kind == "reminder").order_by(Message.hours_ahead.desc()))]


def send(now: datetime) -> None:
    for message in db.session.scalars(select(Message).where(Message.state == "queued")):
        message.state, message.sent_at = "sent", now
    db.session.commit()


def test_each_of_the_offices_reminders_is_written_once(office: Office) -> None:
    reminded(office, 72, 24, 2)
    invited(sent_at=NOW, starts_at=START)
    counts = []
    for hours in (73, 72, 71, 25, 24, 23, 3, 2, 1):
        moment = START - hours * HOUR
        counts.append(reminders.write_due(now=moment))
        send(moment)
    assert counts == [0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert all_reminders() == [(72, "sent"), (24, "sent"), (2, "sent")]


def test_after_an_outage_one_reminder_says_what_several_would_have_said(office: Office) -> None:
    reminded(office, 72, 24, 2)
    invited()
    assert reminders.write_due(now=START - HOUR) == 1
    assert all_reminders() == [(72, "superseded"), (24, "superseded"), (2, "queued")]


def test_a_reminder_that_could_not_leave_gives_way_to_the_next(office: Office) -> None:
    reminded(office, 24, 2)
    invited()
    assert reminders.write_due(now=DUE) == 1
    assert reminders.write_due(now=START - 2 * HOUR) == 1
    assert all_reminders() == [(24, "superseded"), (2, "queued")]


def test_a_reminder_that_left_late_stands_for_the_next_as_well(office: Office) -> None:
    reminded(office, 24, 2)
    invited()
    reminders.write_due(now=DUE)
    send(START - HOUR)
    assert reminders.write_due(now=START - HOUR / 2) == 0
    assert all_reminders() == [(24, "sent"), (2, "superseded")]


def test_a_reminder_that_nobody_wrote_before_the_start_is_told_of_as_too_late(office: Office) -> None:
    reminded(office, 24, 2)
    appointment = invited()
    for _ in range(2):
        assert reminders.write_due(now=START + 2 * HOUR) == 0
    assert all_reminders() == [(24, "superseded"), (2, "too-late")]
    assert [(row.kind, row.appointment_id) for row in db.session.scalars(select(Notice))] == [
        ("mail-too-late", appointment.id)]


@pytest.mark.parametrize(("starts", "moments"), [
    # Two hours before 08:00 is 06:00, in the night: at its end there is an hour left.
    ("2026-12-01T08:00", ["2026-12-01T07:00"]),
    # Two hours before 07:15: the end of the night is too near, so that it comes the evening before.
    ("2026-12-01T07:15", ["2026-11-30T20:00"]),
    ("2026-12-01T07:30", ["2026-12-01T07:00"]),
    ("2026-12-01T01:00", ["2026-11-30T20:00"]),
    ("2026-12-01T22:00", ["2026-12-01T20:00"]),
    # The clocks go back on 25 October 2026 at 03:00, and forward on 28 March 2027 at 02:00.
    ("2026-10-25T08:00", ["2026-10-25T07:00"]), ("2027-03-28T07:15", ["2027-03-27T20:00"]),
])
def test_d7_a_reminder_of_the_night_comes_after_it_or_before_where_that_is_too_late(
        office: Office, starts: str, moments: list[str]) -> None:
    zone = ZoneInfo(office.timezone)
    start = datetime.fromisoformat(starts).replace(tzinfo=zone)
    reminded(office, 2)
    with transaction() as session:
        appointments.book(
            session, round=make_round(), need=make_need(make_client()), assistant=make_assistant(),
            place=make_place(), starts_at=start, ends_at=start + HOUR, now=start - timedelta(days=3))
        for message in session.scalars(select(Message)):
            message.state, message.sent_at = "sent", start - timedelta(days=3)
    found = []
    for minutes in range(36 * 60, 0, -15):
        moment = start.astimezone(UTC) - timedelta(minutes=minutes)
        if reminders.write_due(now=moment):
            found.append(moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes"))
    assert found == moments


def test_rl11_a_clock_that_ran_a_day_ahead_costs_no_reminder_and_doubles_none(office: Office) -> None:
    reminded(office, 24, 2)
    invited()
    ahead = START - 20 * HOUR  # in truth there are 44 hours left
    reminders.write_due(now=ahead)
    send(ahead)
    truth = ahead - 24 * HOUR
    for hours in range(24 + 19):
        moment = truth + hours * HOUR
        reminders.write_due(now=moment)
        send(moment)
    assert all_reminders() == [(24, "sent"), (2, "sent")]


def test_rl11_what_a_wrong_clock_called_too_late_goes_when_the_clock_is_right(office: Office) -> None:
    reminded(office, 24)
    with transaction() as session:
        appointment = appointments.book(
            session, round=make_round(), need=make_need(make_client()), assistant=make_assistant(),
            place=make_place(), starts_at=START, ends_at=START + HOUR, now=NOW)
        claims.give_up_late(session, now=START + HOUR)
    assert [row.kind for row in db.session.scalars(select(Notice))] == ["mail-too-late"]
    reminders.write_due(now=NOW + HOUR)
    assert [row.state for row in db.session.scalars(
        select(Message).where(Message.appointment_id == appointment.id))] == ["queued"]
    assert db.session.scalars(select(Notice)).all() == []
