"""Another time: what is offered keeps every rule, and who takes it first has it."""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.a_round import MONDAY, World, away, local, weekly
from tests.web.builders import make_place
from tests.web.conftest import NOW
from web.models import Appointment, AuditEntry, ClosedDay, Message, Notice, Office, db
from web.services import appointments, free_slots, moving, tokens, wishes
from web.services.errors import ConflictError
from web.services.local_time import wall
from web.services.transactions import transaction


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def book(world: World, client: Any, assistant: Any, day: int, clock: str) -> Appointment:
    with transaction() as session:
        start = local(day, clock)
        made = appointments.book(
            session, round=world.round, need=client.needs[0], assistant=assistant, place=world.place,
            starts_at=start, ends_at=start + timedelta(hours=1), now=NOW)
        for message in session.scalars(select(Message).where(Message.state == "queued")):
            message.state, message.sent_at = "sent", NOW
    return made


def on(appointment: Appointment, day: date) -> list[str]:
    """The free times of a day by the office's clock."""
    found = (wall(slot.starts_at, "Europe/Belgrade") for slot in free_slots.free(appointment, now=NOW))
    return [f"{start:%H:%M}" for start in found if start.date() == day]


HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(9, 16) for minute in (0, 30)] + ["16:00"]


def test_every_time_that_both_have_is_free_but_the_present_one(world: World) -> None:
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    assert on(made, MONDAY) == [clock for clock in HALF_HOURS if clock != "10:00"]
    assert on(made, MONDAY + timedelta(days=5)) == []  # a Saturday
    days = {wall(slot.starts_at, "Europe/Belgrade").date() for slot in free_slots.free(made, now=NOW)}
    # From tomorrow, since nobody is invited to what begins within twelve hours, for four weeks more.
    assert (min(days), max(days)) == (date(2026, 11, 24), date(2026, 12, 25))


@pytest.mark.parametrize(("field", "value", "left"), [
    ("weekly_hours", lambda: [weekly("09:00", "11:00")], ["09:00", "09:30"]),
    ("dated_hours", lambda: [away(MONDAY, "09:00", "15:00")], ["15:00", "15:30", "16:00"]),
    ("dated_hours", lambda: [away(MONDAY)], []),
    ("ended_on", lambda: MONDAY, []),
])
def test_the_assistants_time_limits_what_is_offered(
        world: World, field: str, value: Callable[[], Any], left: list[str]) -> None:
    made = book(world, world.client(), world.assistant(**{field: value()}), 0, "10:00")
    assert on(made, MONDAY) == [clock for clock in left if clock != "10:00"]


def test_other_appointments_with_their_buffer_and_the_hours_of_a_day_are_kept(world: World) -> None:
    assistant = world.assistant(buffer_minutes=30)
    book(world, world.client("C2"), assistant, 0, "12:00")
    made = book(world, world.client(), assistant, 0, "09:00")
    taken = {"11:00", "11:30", "12:00", "12:30", "13:00"}
    assert on(made, MONDAY) == [clock for clock in HALF_HOURS if clock not in taken | {"09:00"}]
    assistant.max_minutes_per_day = 60
    db.session.commit()
    assert on(made, MONDAY) == []
    assert on(made, MONDAY + timedelta(days=1)) == HALF_HOURS


def test_a_full_week_or_enough_clients_of_the_assistant_are_respected(world: World) -> None:
    assistant = world.assistant(max_minutes_per_week=60)
    book(world, world.client("C2"), assistant, 7, "12:00")
    made = book(world, world.client(), assistant, 0, "09:00")
    assert (on(made, MONDAY) != [], on(made, MONDAY + timedelta(days=8))) == (True, [])
    assistant.max_minutes_per_week, assistant.max_clients = None, 1
    db.session.commit()
    assert (on(made, MONDAY) != [], on(made, MONDAY + timedelta(days=8))) == (True, [])


def test_the_clients_own_day_place_deadline_and_the_offices_closed_days_are_kept(world: World) -> None:
    client = world.client(needs=2)
    made = book(world, client, world.assistant(), 0, "09:00")
    with transaction() as session:
        other = next(need for need in client.needs if need.id != made.need_id)
        appointments.book(session, round=world.round, need=other, assistant=world.assistant("A2"),
                          place=world.place, starts_at=local(1, "12:00"), ends_at=local(1, "13:00"), now=NOW)
        session.add(ClosedDay(day=MONDAY + timedelta(days=2)))
        made.need.by = MONDAY + timedelta(days=10)
    days = [bool(on(made, MONDAY + timedelta(days=day))) for day in (1, 2, 7, 10, 11)]
    assert days == [False, False, True, True, False]
    made.client.places = [make_place(code="elsewhere")]
    made.assistant.places = [world.place]
    db.session.commit()
    assert free_slots.free(made, now=NOW) == []


@pytest.mark.parametrize("state", ["cancelled", "confirmed"])
def test_nothing_is_offered_for_what_is_cancelled_or_done(world: World, state: str) -> None:
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    made.state = state
    made.need.state = "open" if state == "cancelled" else "done"
    db.session.commit()
    assert free_slots.free(made, now=NOW) == []


def test_at_most_eight_times_are_offered_over_days_and_parts_of_the_day(world: World) -> None:
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    slots = [wall(slot.starts_at, "Europe/Belgrade") for slot in free_slots.offered(made, now=NOW)]
    told = [f"{start:%a %d %H:%M}" for start in slots]
    assert told == ["Tue 24 09:00", "Tue 24 12:00", "Wed 25 09:00", "Wed 25 12:00", "Thu 26 09:00",
                    "Fri 27 12:00", "Mon 30 09:00", "Tue 01 12:00"]


def test_t5_a_time_that_the_clocks_skip_or_repeat_is_not_offered(world: World) -> None:
    client, assistant = (make(weekly_hours=[weekly("00:00", "06:00", ["sun"])])
                         for make in (world.client, world.assistant))
    made = book(world, client, assistant, 6, "04:00")
    before = datetime(2027, 3, 22, 9, tzinfo=UTC)
    with transaction():
        made.starts_at, made.ends_at = before + timedelta(days=20), before + timedelta(days=20, hours=1)
    slots = [wall(slot.starts_at, "Europe/Belgrade") for slot in free_slots.free(made, now=before)]
    assert [f"{start:%H:%M}" for start in slots if start.date() == date(2027, 3, 28)] == [
        "00:00", "00:30", "03:00", "03:30", "04:00", "04:30", "05:00"]


def token(appointment: Appointment) -> str:
    return tokens.answer_token(appointment.uid)


def take(appointment: Appointment, start: datetime) -> None:
    moving.choose(token(appointment), revision=appointment.sequence, starts_at=start, now=NOW)


def at_once_(office: Office) -> None:
    office.moves_at_once = True
    db.session.commit()


def messages() -> list[tuple[str, str, int]]:
    rows = db.session.scalars(select(Message).order_by(Message.id))
    return [(row.kind, row.state, row.revision) for row in rows]


def test_s2_choosing_moves_at_once_where_the_office_lets_it(world: World) -> None:
    at_once_(world.office)
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    uid = made.uid
    for _ in range(2):  # a second tap changes nothing
        moving.choose(token(made), revision=0, starts_at=local(1, "12:00"), now=NOW)
    assert (made.uid, made.state, made.sequence, made.starts_at) == (uid, "confirmed", 1, local(1, "12:00"))
    assert messages() == [("invitation", "sent", 0), ("update", "queued", 1)]
    update = db.session.scalars(select(Message).where(Message.kind == "update")).one()
    assert (update.facts["old"]["starts_at"], update.facts["starts_at"], update.facts["confirmed"]) == (
        local(0, "10:00").isoformat(), local(1, "12:00").isoformat(), True)
    assert [row.kind for row in db.session.scalars(select(Notice))] == ["moved"]
    assert [row.action for row in db.session.scalars(select(AuditEntry))] == ["appointment.moved-by-client"]


def test_choosing_asks_the_office_which_grants_it(world: World) -> None:
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    for clock in ("12:00", "12:00", "13:00"):
        take(made, local(1, clock))
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.kind, notice.details["start"], made.state, made.sequence) == (
        "asks-for", local(1, "13:00").isoformat(), "invited", 0)
    wishes.grant(notice_id=notice.id, user_id=1, now=NOW)
    db.session.expire_all()
    assert (made.state, made.sequence, made.starts_at) == ("confirmed", 1, local(1, "13:00"))
    assert messages() == [("invitation", "sent", 0), ("update", "queued", 1)]


def test_a_time_that_another_client_has_asked_for_is_not_offered(world: World) -> None:
    assistant = world.assistant(buffer_minutes=30)
    first = book(world, world.client("C1"), assistant, 0, "10:00")
    second = book(world, world.client("C2"), assistant, 0, "14:00")
    take(first, local(1, "12:00"))
    assert [clock for clock in HALF_HOURS if clock not in on(second, MONDAY + timedelta(days=1))] == [
        "11:00", "11:30", "12:00", "12:30", "13:00"]
    with pytest.raises(moving.TakenError, match="taken this time"):
        take(second, local(1, "12:00"))


def test_what_the_office_decides_first_takes_the_wish_with_it(world: World) -> None:
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    take(made, local(1, "12:00"))
    with transaction() as session:
        appointments.revise(session, made, round=world.round, assistant=made.assistant, place=world.place,
                            starts_at=local(2, "09:00"), ends_at=local(2, "10:00"), now=NOW)
    assert db.session.scalars(select(Notice)).all() == []


def test_a_wish_whose_time_is_gone_is_not_granted(world: World) -> None:
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    take(made, local(1, "12:00"))
    made.assistant.dated_hours = [away(MONDAY + timedelta(days=1))]
    db.session.commit()
    notice = db.session.scalars(select(Notice)).one()
    with pytest.raises(ConflictError, match="no longer free"):
        wishes.grant(notice_id=notice.id, user_id=1, now=NOW)
    db.session.expire_all()
    assert (made.sequence, notice.seen_at) == (0, None)


def test_what_begins_within_hours_is_moved_by_people(world: World) -> None:
    at_once_(world.office)
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    late = local(0, "10:00") - timedelta(hours=11)
    moving.choose(token(made), revision=0, starts_at=local(1, "12:00"), now=late)
    assert ([row.kind for row in db.session.scalars(select(Notice))], made.sequence) == (["asks-for"], 0)


def test_a_time_off_the_grid_or_never_offered_is_refused(world: World) -> None:
    made = book(world, world.client(), world.assistant(), 0, "10:00")
    for start in (local(1, "12:10"), local(5, "12:00"), NOW - timedelta(days=1), NOW + timedelta(hours=1)):
        with pytest.raises(moving.TakenError):
            take(made, start)

