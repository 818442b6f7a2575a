"""Bit sets and intervals say the same as a plain set of minutes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.parts import Interval
from matcher.times import allowed, earlier, free, free_at, merged, pack, places_of, starts, unpack, weeks
from tests.builders import a_round, assistant, at, client, hours, topic

Bools = npt.NDArray[np.bool_]
# Days of an hour's grid, half-hours, and five minutes: one word, one word, five words.
slots_of_days = st.sampled_from([24, 48, 64, 65, 288])
days_of_flags = slots_of_days.flatmap(lambda n: st.lists(st.booleans(), min_size=n, max_size=n))


@given(days_of_flags)
def test_packing_loses_nothing(flags: list[bool]) -> None:
    assert unpack(pack(np.array(flags)), len(flags)).tolist() == flags


@given(days_of_flags, st.integers(0, 300))
def test_moving_a_day_earlier_drops_what_falls_before_midnight(flags: list[bool], slots: int) -> None:
    moved = flags[slots:] + [False] * min(slots, len(flags))
    assert unpack(earlier(pack(np.array(flags)), slots), len(flags)).tolist() == moved


@given(slots_of_days, st.data())
def test_a_start_has_all_its_slots_within_the_day(slots: int, data: st.DataObject) -> None:
    # Long free stretches, so that long appointments find room too.
    marks = data.draw(st.lists(st.integers(0, slots), min_size=4, max_size=4).map(sorted))
    flags = [marks[0] <= n < marks[1] or marks[2] <= n < marks[3] for n in range(slots)]
    length = data.draw(st.integers(1, slots))
    expected = [n + length <= slots and all(flags[n : n + length]) for n in range(slots)]
    assert unpack(starts(pack(np.array(flags)), length), slots).tolist() == expected


MONDAY = datetime.fromisoformat(at(0, "00:00"))
half_hours = st.integers(0, 5 * 48)


@st.composite
def some_intervals(draw: st.DrawFn) -> list[Interval]:
    out = []
    for _ in range(draw(st.integers(0, 5))):
        first, last = sorted(draw(st.lists(half_hours, min_size=2, max_size=2, unique=True)))
        places = draw(st.sampled_from([None, ("office",), ("centre", "office"), ()]))
        start, end = (MONDAY + timedelta(minutes=30 * n) for n in (first, last))
        out.append(Interval(start=start, end=end, places=places))
    return out


def naive(intervals: list[Interval]) -> set[datetime]:
    out = set()
    for interval in intervals:
        moment = interval.start
        while moment < interval.end:
            out.add(moment)
            moment += timedelta(minutes=30)
    return out


@given(some_intervals())
def test_merging_keeps_the_same_time_in_fewer_apart_pieces(intervals: list[Interval]) -> None:
    found = merged(intervals)
    assert naive([Interval(start=start, end=end) for start, end in found]) == naive(intervals)
    assert [a for a, b in pairwise(found) if b[0] <= a[1]] == []


def written(intervals: list[Interval]) -> list[dict[str, Any]]:
    return [
        {
            "start": i.start.isoformat(timespec="minutes"),
            "end": i.end.isoformat(timespec="minutes"),
            **({} if i.places is None else {"places": list(i.places)}),
        }
        for i in intervals
    ]


@given(some_intervals(), st.sampled_from([None, ["office"], ["park"], []]), st.sampled_from([15, 30]))
def test_bit_sets_are_free_where_intervals_are(
    intervals: list[Interval], own: list[str] | None, grid: int
) -> None:
    person = client(availability=written(intervals))
    if own is not None:
        person["places"] = own
    # The round starts on Tuesday and ends on Thursday, so that some time lies outside it.
    rnd = a_round(clients=[person], first_day="2026-12-08", last_day="2026-12-10", grid_minutes=grid)
    one = rnd.client("c1")
    places = (None, "centre", "office", "park")
    bits = unpack(free(rnd, rnd.clients, places), rnd.slots_per_day)[:, 0]
    for place, found in zip(places, bits, strict=True):
        there = [i for i in one.availability if (p := places_of(one, i)) is None or place in p]
        moments = [[rnd.moment(day, slot) for slot in range(rnd.slots_per_day)] for day in range(3)]
        expected = [[any(i.start <= m < i.end for i in there) for m in day] for day in moments]
        assert found.tolist() == expected
        assert naive([Interval(start=s, end=e) for s, e in free_at(one, place)]) == naive(there)


def starting_times(flags: Bools, grid: int) -> list[str]:
    return [f"{day}T{n * grid // 60:02}:{n * grid % 60:02}" for day, n in np.argwhere(flags).tolist()]


def test_an_appointment_starts_inside_one_window_and_on_no_closed_day() -> None:
    windows = [
        {"days": ["mon", "tue", "wed"], "from": "09:00", "to": "10:30"},
        {"days": ["wed"], "from": "10:30", "to": "11:00"},
        {"days": ["thu"], "from": "23:00", "to": "24:00"},
    ]
    rnd = a_round(topics=[topic(windows=windows)], closed_days=["2026-12-08"])
    found = unpack(allowed(rnd, rnd.topic("talk"), 2), rnd.slots_per_day)
    # On Wednesday ten o'clock would touch two windows and lie inside neither.
    assert starting_times(found, 30) == ["0T09:00", "0T09:30", "2T09:00", "2T09:30", "3T23:00"]


@pytest.mark.parametrize(("length", "count"), [(1, 48), (2, 47), (48, 1)])
def test_without_windows_any_time_within_the_day_will_do(length: int, count: int) -> None:
    rnd = a_round(last_day="2026-12-07")
    found = unpack(allowed(rnd, rnd.topic("talk"), length), rnd.slots_per_day)
    assert found.tolist() == [[n < count for n in range(48)]]


def test_a_window_shorter_than_the_appointment_has_no_start() -> None:
    rnd = a_round(topics=[topic(windows=[{"days": ["mon"], "from": "00:00", "to": "00:30"}])])
    assert unpack(allowed(rnd, rnd.topic("talk"), 2), rnd.slots_per_day).sum() == 0


@pytest.mark.parametrize("first", ["2026-12-07", "2026-12-10", "2026-12-13", "2026-12-28"])
def test_weeks_change_on_mondays_and_not_with_the_year(first: str) -> None:
    last = date.fromisoformat(first) + timedelta(days=20)
    rnd = a_round(first_day=first, last_day=last.isoformat())
    iso = [day.isocalendar()[:2] for day in rnd.days]
    assert weeks(rnd).tolist() == [sorted(set(iso)).index(week) for week in iso]


def test_touching_intervals_at_two_places_join_where_both_allow_it() -> None:
    rnd = a_round(
        assistants=[assistant(availability=[
            hours(0, "09:00", "10:00"), hours(0, "10:00", "11:00", places=["office"]),
        ])]
    )  # fmt: skip
    found = unpack(starts(free(rnd, rnd.assistants, (None, "office", "park")), 4), 48)[:, 0]
    assert [starting_times(place, 30) for place in found] == [[], ["0T09:00"], []]
