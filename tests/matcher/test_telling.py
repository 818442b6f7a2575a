"""Progress every second, one at a time, until the plan is there and no longer; and limits that are kept."""

from __future__ import annotations

import itertools
import time

import pytest

from benchmarks.rounds import office_round
from matcher import Progress, Round, Stop, solve
from matcher.check import check
from matcher.clock import Clock
from matcher.telling import Teller
from tests.builders import a_round, assistant, client

# Seconds that a promise of one may take where other tests run beside it; `make bench` times it alone.
_BUSY = 10.0
# Clients, assistants, working days, whether there are six offices.
SIZES = {
    "office": (120, 12, 5, False), "city": (200, 20, 10, False), "large office": (300, 30, 10, False),
    "offices": (300, 30, 10, True), "town": (400, 40, 10, False), "national": (1_000, 100, 10, True),
    "country": (4_000, 400, 10, True),
}


def test_the_last_progress_is_told_again_where_a_second_would_pass_in_silence() -> None:
    told = list[Progress]()
    with Teller(Clock(Stop()), "served", told.append) as report:
        report("served", 3, 5)
        deadline = time.monotonic() + 20
        while len(told) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert [(one.level, one.value, one.bound) for one in told[:3]] == [("served", 3, 5)] * 3
    assert told[0].seconds < told[1].seconds < told[2].seconds


def test_a_level_is_named_before_anything_is_known_of_it_and_nothing_is_told_after_the_end() -> None:
    told = list[Progress]()
    with Teller(Clock(Stop()), "served", told.append):
        deadline = time.monotonic() + 20
        while not told and time.monotonic() < deadline:
            time.sleep(0.05)
    count = len(told)
    time.sleep(1.0)
    assert (told[0].level, told[0].value, told[0].bound) == ("served", None, None)
    assert len(told) == count


def test_who_does_not_listen_is_told_nothing() -> None:
    with Teller(Clock(Stop()), "served", None) as report:
        report("served", 1, 1)


def test_before_there_is_a_plan_it_is_told_that_nobody_is_served_of_all_who_could_be() -> None:
    told = list[Progress]()
    rnd = a_round(
        clients=[client("c1", weight=3), client("c2", weight=2, languages={"ti": "native"})],
        assistants=[assistant()],
    )
    solve(rnd, Stop(), told.append)
    different = list(dict.fromkeys((one.level, one.value, one.bound) for one in told))
    assert different[:2] == [("served", 0, 5), ("served", 0, 3)]


@pytest.mark.long
@pytest.mark.parametrize("seconds", [3.0, 12.0])
@pytest.mark.parametrize("size", SIZES)
def test_a_limit_is_kept_and_nobody_waits_in_silence(size: str, seconds: float) -> None:
    clients, assistants, days, national = SIZES[size]
    rnd = Round.from_document(office_round(clients, assistants, days, 0, national=national))
    solve(rnd, Stop(time_limit=0.1))  # what has to be compiled is compiled here
    told = [time.monotonic()]
    plan = solve(rnd, Stop(time_limit=seconds), lambda _: told.append(time.monotonic()))
    told.append(time.monotonic())
    assert check(rnd, plan) == []
    assert told[-1] - told[0] < seconds + _BUSY
    assert max(later - sooner for sooner, later in itertools.pairwise(told)) < _BUSY


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("after", [0.5, 4.0])
def test_who_asks_to_stop_has_a_plan_with_bounds_soon(size: str, after: float) -> None:
    clients, assistants, days, national = SIZES[size]
    rnd = Round.from_document(office_round(clients, assistants, days, 0, national=national))
    solve(rnd, Stop(time_limit=0.1))
    begun = time.monotonic()
    plan = solve(rnd, Stop(cancelled=lambda: time.monotonic() > begun + after))
    assert time.monotonic() < begun + after + _BUSY
    assert check(rnd, plan) == []
    assert all(level.bound >= level.value for level in plan.levels)
