"""Around every change of clocks nothing begins, ends or lies where a local time is skipped or repeated."""
from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.a_round import World, weekly
from tests.web.builders import make_round
from web.models import Appointment, Assistant, Client, PlanVersion, Round, WeeklyHours, db
from web.services import appointments, free_slots, hand, publishing
from web.services.availability import WEEKDAYS, intervals
from web.services.hand import RulesBrokenError
from web.services.local_time import NoSuchTimeError, instant, wall
from web.services.transactions import transaction

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Tehran had summer time until 2022, Kabul never since it has its present offset.
YEARS = {"Europe/Belgrade": (2026, 2027), "Europe/London": (2026, 2027),
         "Asia/Tehran": (2017, 2018, 2019, 2020, 2021, 2022), "Asia/Kabul": (1944, 1945, 2026)}


def offset(moment: datetime, zone: str) -> timedelta | None:
    return moment.astimezone(ZoneInfo(zone)).utcoffset()


def changes(zone: str) -> list[date]:
    """The days around whose midnights, or in which, the clocks change."""
    found = set()
    for year in YEARS[zone]:
        midnight, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        while midnight < end:
            if offset(midnight, zone) != offset(midnight + DAY, zone):
                hours = [midnight + n * HOUR for n in range(25)]
                found |= {later.astimezone(ZoneInfo(zone)).date() for here, later in pairwise(hours)
                          if offset(here, zone) != offset(later, zone)}
            midnight += DAY
    return sorted(found)


CHANGES = [(zone, day) for zone in YEARS for day in changes(zone)]


def clear(local: datetime, zone: str) -> bool:
    """Whether a local time names one moment."""
    try:
        instant(local, zone)
    except NoSuchTimeError:
        return False
    return True


def possible(local: datetime, minutes: int, zone: str) -> bool:
    """Whether a meeting could be then: each of its minutes is one moment, and so is its end."""
    return all(clear(local + timedelta(minutes=minute), zone) for minute in range(minutes + 1))


def rests(local: datetime, zone: str) -> bool:
    """Whether clocks have gone forward less than half an hour of local time before: an assistant's buffer."""
    offsets = [[(local - timedelta(minutes=minute)).replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset()
                for fold in (0, 1)] for minute in range(1, 31)]
    return any(before < after for before, after in offsets)  # type: ignore[operator]


def local_times(day: date, grid: int) -> list[datetime]:
    midnight = datetime.combine(day, time())
    return [midnight + timedelta(minutes=minute) for minute in range(0, 24 * 60, grid)]


def test_the_zones_change_their_clocks_as_often_as_history_says() -> None:
    counts = {zone: len([one for one, _ in CHANGES if one == zone]) for zone in YEARS}
    assert counts == {"Europe/Belgrade": 4, "Europe/London": 4, "Asia/Tehran": 12, "Asia/Kabul": 1}


@pytest.mark.parametrize("grid", [5, 15, 30, 60])
@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_availability_is_every_step_that_is_possible_and_no_other(zone: str, day: date, grid: int) -> None:
    person = Client(dated_hours=[], weekly_hours=[
        WeeklyHours(weekdays=list(WEEKDAYS), start=time(), end=time())])
    found = [(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"]))
             for one in intervals(person, first_day=day - DAY, last_day=day + DAY, timezone=zone,
                                  closed_days=(), grid_minutes=grid)]
    for start, end in found:
        assert instant(end, zone) - instant(start, zone) == end - start
    expected = [step for each in (day - DAY, day, day + DAY) for step in local_times(each, grid)
                if possible(step, grid, zone)]
    assert [step for each in (day - DAY, day, day + DAY) for step in local_times(each, grid)
            if any(start <= step < end for start, end in found)] == expected
    assert len(expected) < 3 * 24 * 60 // grid  # something is left out


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def at_work(world: World, zone: str) -> None:
    """An office of this zone, in which two people have time day and night, half an hour apart."""
    world.office.timezone, world.office.public_holidays = zone, False
    world.client(weekly_hours=[weekly("00:00", "00:00", list(WEEKDAYS))])
    world.assistant(buffer_minutes=30, weekly_hours=[weekly("00:00", "00:00", list(WEEKDAYS))])
    db.session.commit()


def booked(world: World, starts_at: datetime, now: datetime) -> Appointment:
    client = db.session.query(Client).one()
    with transaction() as session:
        return appointments.book(session, round=world.round, need=client.needs[0], place=world.place,
                                 assistant=session.query(Assistant).one(), starts_at=starts_at,
                                 ends_at=starts_at + HOUR, now=now)


SOME = [("Europe/Belgrade", date(2027, 3, 28)), ("Europe/Belgrade", date(2026, 10, 25)),
        ("Europe/London", date(2026, 3, 29)), ("Europe/London", date(2027, 10, 31)),
        ("Asia/Tehran", date(2021, 3, 22)), ("Asia/Tehran", date(2021, 9, 21)),
        ("Asia/Kabul", date(1945, 1, 1))]


@pytest.mark.parametrize(("zone", "day"), SOME)
def test_t5_free_times_are_every_time_that_is_possible_and_no_other(
        world: World, zone: str, day: date) -> None:
    assert (zone, day) in CHANGES
    at_work(world, zone)
    now = datetime.combine(day - 2 * DAY, time(6), UTC)
    appointment = booked(world, now + 10 * DAY, now)
    slots = [slot for slot in free_slots.free(appointment, now=now)
             if abs(wall(slot.starts_at, zone).date() - day) <= DAY]
    assert {slot.ends_at - slot.starts_at for slot in slots} == {HOUR}
    # A meeting lies within one day.
    expected = [step for each in (day - DAY, day, day + DAY) for step in local_times(each, 30)
                if possible(step, 60, zone) and not rests(step, zone)
                and step + HOUR <= datetime.combine(each + DAY, time())]
    assert [wall(slot.starts_at, zone) for slot in slots] == expected


def planned(world: World, zone: str, day: date) -> tuple[Round, PlanVersion, datetime]:
    at_work(world, zone)
    now = datetime.combine(day - 5 * DAY, time(6), UTC)
    world.round = make_round(first_day=day - DAY, last_day=day + DAY, created_at=now)
    return world.round, world.planned(now), now


def by_hand(world: World, version: PlanVersion, start: datetime, now: datetime) -> PlanVersion:
    (need,) = version.round_document["clients"][0]["needs"]
    return hand.change(world.round.id, plan_id=version.id, client="C1", assistant="A1", user=world.user,
                       now=now, starts={need["id"]: start})


@pytest.mark.parametrize(("zone", "day"), SOME)
def test_t5_by_hand_nothing_can_be_put_where_the_clocks_change(world: World, zone: str, day: date) -> None:
    _, version, now = planned(world, zone, day)
    unclear = [step for each in (day - DAY, day) for step in local_times(each, 30)
               if not (possible(step, 60, zone) and not rests(step, zone))
               and step + HOUR <= datetime.combine(each + DAY, time())]
    assert 2 <= len(unclear) <= 5
    for start in unclear:
        with pytest.raises(RulesBrokenError):
            by_hand(world, version, start, now)
    near = [step for step in local_times(day, 30) if possible(step, 60, zone) and not rests(step, zone)][:3]
    for start in near:
        version = by_hand(world, version, start, now)
    publishing.publish(world.round.id, version.id, user=world.user, now=now)
    (made,) = db.session.query(Appointment).all()
    assert (wall(made.starts_at, zone), made.ends_at - made.starts_at) == (near[-1], HOUR)


def test_a_buffer_is_kept_in_true_minutes_where_an_hour_is_skipped(world: World) -> None:
    """From 01:30 to 03:00 are thirty minutes in the night in which clocks go forward."""
    at_work(world, "Europe/Belgrade")
    now = datetime(2027, 3, 26, 6, tzinfo=UTC)
    busy = instant(datetime.fromisoformat("2027-03-28T00:30"), "Europe/Belgrade")
    first = booked(world, busy, now)
    first.assistant.buffer_minutes = 60
    other = world.client("C2", weekly_hours=[weekly("00:00", "00:00", list(WEEKDAYS))])
    with transaction() as session:
        moved = appointments.book(
            session, round=world.round, need=other.needs[0], place=world.place, assistant=first.assistant,
            starts_at=now + 10 * DAY, ends_at=now + 10 * DAY + HOUR, now=now)
    starts = [wall(slot.starts_at, "Europe/Belgrade") for slot in free_slots.free(moved, now=now)]
    night = [f"{start:%H:%M}" for start in starts if start.date() == date(2027, 3, 28) and start.hour < 5]
    assert night == ["04:00", "04:30"]


def test_a_plan_keeps_a_buffer_in_true_minutes_where_an_hour_is_skipped(world: World) -> None:
    """The matcher counts on the wall clock, on which 03:00 is ninety minutes after 01:30."""
    world.office.timezone = "Europe/Belgrade"
    world.client("C1", weekly_hours=[weekly("00:30", "01:30", ["sun"])])
    world.client("C2", weekly_hours=[weekly("03:00", "05:00", ["sun"])])
    world.assistant(buffer_minutes=60, weekly_hours=[weekly("00:00", "00:00", list(WEEKDAYS))])
    now = datetime(2027, 3, 24, 6, tzinfo=UTC)
    world.round = make_round(first_day=date(2027, 3, 27), last_day=date(2027, 3, 28), created_at=now)
    publishing.publish(world.round.id, world.planned(now).id, user=world.user, now=now)
    first, second = db.session.scalars(select(Appointment).order_by(Appointment.starts_at))
    assert f"{wall(first.starts_at, world.office.timezone):%H:%M}" == "00:30"
    assert second.starts_at - first.ends_at >= HOUR


def test_a_plan_whose_times_a_new_time_zone_does_not_know_is_not_published(world: World) -> None:
    _, version, now = planned(world, "Asia/Kabul", date(2026, 10, 25))
    version = by_hand(world, version, datetime.fromisoformat("2026-10-25T02:00"), now)
    world.office.timezone = "Europe/Belgrade"
    db.session.commit()
    with pytest.raises(publishing.StalePlanError, match="clocks"):
        publishing.publish(world.round.id, version.id, user=world.user, now=now)
    assert db.session.query(Appointment).all() == []
