"""When people have time, compared with a set of minutes and across every change of clocks."""
from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.round import Round
from web.models import Client, DatedHours, Place, WeeklyHours
from web.services.availability import WEEKDAYS, intervals

OFFICE, CENTRE = Place(code="office"), Place(code="reception-centre")
MONDAY = date(2026, 12, 7)


def weekly(weekdays: str, start: str, end: str, place: Place | None = None) -> WeeklyHours:
    return WeeklyHours(weekdays=weekdays.split(), start=time.fromisoformat(start),
                       end=time.fromisoformat(end), place=place)


def extra(day: date, start: str, end: str, place: Place | None = None) -> DatedHours:
    return DatedHours(day=day, start=time.fromisoformat(start), end=time.fromisoformat(end), available=True,
                      place=place)


def away(day: date, start: str | None = None, end: str | None = None) -> DatedHours:
    return DatedHours(day=day, start=time.fromisoformat(start) if start else None,
                      end=time.fromisoformat(end) if end else None, available=False)


def times(*hours: WeeklyHours | DatedHours, first_day: date = MONDAY, last_day: date | None = None,
          timezone: str = "Europe/Belgrade", closed_days: tuple[date, ...] = (),
          grid_minutes: int = 30) -> list[str]:
    person = Client(weekly_hours=[row for row in hours if isinstance(row, WeeklyHours)],
                    dated_hours=[row for row in hours if isinstance(row, DatedHours)])
    found = intervals(person, first_day=first_day, last_day=last_day or first_day, timezone=timezone,
                      closed_days=closed_days, grid_minutes=grid_minutes)
    return [f"{entry['start']} {entry['end']}" + "".join(f" {place}" for place in entry.get("places", ()))
            for entry in found]


def test_a_weekly_pattern_comes_on_each_of_its_weekdays() -> None:
    assert times(weekly("mon wed", "09:00", "13:00"), last_day=date(2026, 12, 14)) == [
        "2026-12-07T09:00 2026-12-07T13:00",
        "2026-12-09T09:00 2026-12-09T13:00",
        "2026-12-14T09:00 2026-12-14T13:00",
    ]


def test_midnight_as_an_end_is_the_end_of_the_day() -> None:
    assert times(weekly("mon", "22:00", "00:00")) == ["2026-12-07T22:00 2026-12-08T00:00"]


def test_nobody_has_time_on_a_closed_day() -> None:
    assert times(weekly("mon", "09:00", "13:00"), extra(MONDAY, "15:00", "16:00"),
                 closed_days=(MONDAY,)) == []


def test_a_day_off_takes_the_whole_day() -> None:
    assert times(weekly("mon", "09:00", "13:00"), away(MONDAY)) == []


def test_some_hours_off_leave_the_rest_of_the_day() -> None:
    assert times(weekly("mon", "09:00", "13:00"), away(MONDAY, "10:00", "11:00")) == [
        "2026-12-07T09:00 2026-12-07T10:00", "2026-12-07T11:00 2026-12-07T13:00"]


def test_an_extra_time_joins_the_pattern_that_it_touches() -> None:
    assert times(weekly("mon", "09:00", "13:00"), extra(MONDAY, "13:00", "15:00")) == [
        "2026-12-07T09:00 2026-12-07T15:00"]


def test_time_taken_away_wins_over_time_added() -> None:
    assert times(away(MONDAY), extra(MONDAY, "13:00", "15:00")) == []


def test_touching_times_at_two_places_stay_apart() -> None:
    assert times(weekly("mon", "09:00", "11:00", OFFICE), weekly("mon", "11:00", "13:00", CENTRE),
                 weekly("mon", "13:00", "14:00", CENTRE)) == [
        "2026-12-07T09:00 2026-12-07T11:00 office",
        "2026-12-07T11:00 2026-12-07T14:00 reception-centre"]


def test_time_off_counts_at_every_place() -> None:
    assert times(weekly("mon", "09:00", "11:00", OFFICE), away(MONDAY, "09:00", "10:00")) == [
        "2026-12-07T10:00 2026-12-07T11:00 office"]


def test_times_shrink_inwards_to_the_grid() -> None:
    assert times(weekly("mon", "09:10", "11:50"), weekly("mon", "14:05", "14:25")) == [
        "2026-12-07T09:30 2026-12-07T11:30"]


def test_times_join_before_they_shrink() -> None:
    assert times(weekly("mon", "09:00", "10:10"), weekly("mon", "10:10", "11:00")) == [
        "2026-12-07T09:00 2026-12-07T11:00"]


@pytest.mark.parametrize(("timezone", "day", "expected"), [
    # 02:00–03:00 is skipped; 02:00 cannot be written as an end either.
    ("Europe/Belgrade", date(2026, 3, 29), ["00:00 01:30", "03:00 05:00"]),
    # 02:00–03:00 comes twice.
    ("Europe/Belgrade", date(2026, 10, 25), ["00:00 01:30", "03:00 05:00"]),
    ("Europe/London", date(2026, 3, 29), ["00:00 00:30", "02:00 05:00"]),
    ("Europe/London", date(2026, 10, 25), ["00:00 00:30", "02:00 05:00"]),
    # The change is at midnight: 00:00–01:00 is skipped.
    ("Africa/Cairo", date(2026, 4, 24), ["01:00 05:00"]),
    # Half an hour only.
    ("Australia/Lord_Howe", date(2026, 10, 4), ["00:00 01:30", "02:30 05:00"]),
    ("Australia/Lord_Howe", date(2026, 4, 5), ["00:00 01:00", "02:00 05:00"]),
    ("Asia/Tehran", date(2026, 3, 22), ["00:00 05:00"]),
])
def test_a_local_time_that_a_change_of_clocks_skips_or_repeats_is_never_offered(
        timezone: str, day: date, expected: list[str]) -> None:
    found = times(extra(day, "00:00", "05:00"), first_day=day, timezone=timezone)
    assert [entry.replace(f"{day}T", "") for entry in found] == expected


def test_a_day_does_not_end_at_a_midnight_that_is_skipped() -> None:
    assert times(extra(date(2026, 4, 23), "22:00", "00:00"), first_day=date(2026, 4, 23),
                 timezone="Africa/Cairo") == ["2026-04-23T22:00 2026-04-23T23:30"]


def test_the_matcher_reads_what_comes_out() -> None:
    person = Client(dated_hours=[], weekly_hours=[
        weekly("mon tue", "09:10", "00:00"), weekly("tue", "08:00", "10:00", OFFICE)])
    entries = intervals(person, first_day=MONDAY, last_day=MONDAY + timedelta(days=6),
                        timezone="Europe/Belgrade", closed_days=(), grid_minutes=30)
    document: dict[str, Any] = {
        "format": "r4r-round/1", "timezone": "Europe/Belgrade", "first_day": "2026-12-07",
        "last_day": "2026-12-13", "grid_minutes": 30,
        "policy": {"levels": ["served"], "minimum_level": "B1"}, "topics": [], "assistants": [],
        "clients": [{"id": "c", "gender": "female", "origin": "SY", "languages": {"apc": "native"},
                     "needs": [], "availability": entries}],
    }
    assert Round.from_document(document).to_document()["clients"][0]["availability"] == entries


places = st.sampled_from([None, OFFICE, CENTRE])
clock = st.integers(0, 24 * 60).map(lambda minute: time(minute % (24 * 60) // 60, minute % 60))
FIRST = date(2026, 10, 23)  # the clocks go back on the third day


@st.composite
def hours(draw: st.DrawFn) -> list[WeeklyHours | DatedHours]:
    rows: list[WeeklyHours | DatedHours] = []
    for _ in range(draw(st.integers(0, 4))):
        rows.append(WeeklyHours(
            weekdays=draw(st.lists(st.sampled_from(WEEKDAYS), unique=True, min_size=1)),
            start=draw(clock), end=draw(clock), place=draw(places)))
    for _ in range(draw(st.integers(0, 4))):
        whole = draw(st.booleans())
        rows.append(DatedHours(
            day=FIRST + timedelta(days=draw(st.integers(0, 4))), available=draw(st.booleans()),
            start=None if whole else draw(clock), end=None if whole else draw(clock), place=draw(places)))
    return rows


@lru_cache(maxsize=64)
def clear(day: date, timezone: str) -> set[datetime]:
    """Find the local times from a day's midnight to the next that exactly one moment has."""
    moments = (datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=minute)
               for minute in range(-14 * 60, 39 * 60))
    counted = Counter(moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) for moment in moments)
    return {local for local, times in counted.items() if times == 1}


def minutes(row: WeeklyHours | DatedHours, day: date) -> set[int]:
    if WEEKDAYS[day.weekday()] not in row.weekdays if isinstance(row, WeeklyHours) else row.day != day:
        return set()
    start, end = row.start or time(0), row.end or time(0)
    return set(range(start.hour * 60 + start.minute, end.hour * 60 + end.minute or 24 * 60))


def naively(rows: list[WeeklyHours | DatedHours], days: list[date], grid: int,
            timezone: str) -> set[tuple[datetime, str | None]]:
    """Decide each step of the grid by looking at each of its minutes."""
    found = set()
    for day in days:
        midnight = datetime.combine(day, time())
        taken = set().union(*(minutes(row, day) for row in rows
                              if isinstance(row, DatedHours) and not row.available))
        for place in (None, "office", "reception-centre"):
            free = set().union(*(minutes(row, day) for row in rows
                                 if (isinstance(row, WeeklyHours) or row.available)
                                 and (row.place.code if row.place else None) == place)) - taken
            for slot in range(0, 24 * 60, grid):
                locals_ = {midnight + timedelta(minutes=slot + minute) for minute in range(grid + 1)}
                if set(range(slot, slot + grid)) <= free and locals_ <= clear(day, timezone):
                    found.add((midnight + timedelta(minutes=slot), place))
    return found


@settings(max_examples=40, deadline=None)
@given(hours(), st.sampled_from([15, 30, 60]),
       st.sets(st.sampled_from([FIRST, FIRST + timedelta(days=3)])),
       st.sampled_from(["Europe/Belgrade", "Asia/Tehran", "America/St_Johns"]))
def test_intervals_hold_exactly_the_steps_whose_every_minute_is_free(
        rows: list[WeeklyHours | DatedHours], grid: int, closed: set[date], timezone: str) -> None:
    days = [FIRST + timedelta(days=n) for n in range(5)]
    person = Client(weekly_hours=[row for row in rows if isinstance(row, WeeklyHours)],
                    dated_hours=[row for row in rows if isinstance(row, DatedHours)])
    entries = intervals(person, first_day=days[0], last_day=days[-1], timezone=timezone, closed_days=closed,
                        grid_minutes=grid)
    steps = []
    for entry in entries:
        at, end = datetime.fromisoformat(entry["start"]), datetime.fromisoformat(entry["end"])
        assert at < end
        while at < end:
            steps.append((at, entry.get("places", [None])[0]))
            at += timedelta(minutes=grid)
    assert len(steps) == len(set(steps))
    assert set(steps) == naively(rows, [day for day in days if day not in closed], grid, timezone)
