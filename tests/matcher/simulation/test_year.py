"""A year keeps account of everybody, and no rule lets anybody wait for ever."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from benchmarks.rounds import office_round
from matcher import Round
from matcher.candidates import candidates
from matcher.check import check
from matcher.plan import Plan
from matcher.plan_parts import Solver
from matcher.simulation.figures import waiting
from matcher.simulation.first_come import first_come
from matcher.simulation.people import newcomers
from matcher.simulation.year import INVITED, WAITING, Year, simulate
from tests.matcher.simulation.scenarios import CAPPED, DOUBLING, FIRST_COME, helper, rates, scenario


def year(index: int = 0, **fields: Any) -> Year:
    """Live through a scenario by its index-th rule, in rounds of its first length."""
    made = scenario(**fields)
    return simulate(made, made.contenders[index], made.round_weeks[0])


def test_everybody_who_comes_in_time_for_a_round_is_invited_once() -> None:
    early = {one.client.id: one for one in newcomers(scenario()) if one.arrived.isoformat() < "2026-01-26"}
    waits = year().waits
    assert [wait.client.id for wait in waits if wait.end == INVITED] == sorted(early)
    assert {wait.days for wait in waits} <= set(range(8))


def test_the_same_scenario_gives_the_same_year_and_another_seed_another() -> None:
    assert year() == year()
    assert year().waits != year(seed=2).waits


@pytest.mark.parametrize("weeks", [1, 2])
def test_the_same_people_come_whatever_the_rule(weeks: int) -> None:
    rules = [DOUBLING, FIRST_COME]
    first, second = (year(n, contenders=rules, round_weeks=[weeks]).waits for n in range(2))
    assert sorted((w.client.id, w.client.gender) for w in first) == sorted(
        (w.client.id, w.client.gender) for w in second
    )


def test_who_does_not_come_waits_again() -> None:
    waits = year(rates=rates(missed=1.0)).waits
    assert {wait.came for wait in waits} == {False}
    often = Counter(wait.client.id for wait in waits)
    assert max(often.values()) > 1
    assert year(rates=rates(missed=1.0)).minutes == {"a1": 0}


def test_who_is_not_served_gives_up_when_patience_ends() -> None:
    waits = year(rates=rates(leaves_per_week=1.0), helpers=[helper(languages={"de": "native"})]).waits
    assert [wait.end for wait in waits if wait.days >= 7] == ["left"] * sum(w.days >= 7 for w in waits)
    assert {wait.possible for wait in waits} == {False}


def test_an_assistant_who_is_away_meets_nobody() -> None:
    assert {wait.end for wait in year(rates=rates(assistant_away=1.0)).waits} == {WAITING}


def test_minutes_are_those_of_clients_who_came() -> None:
    told = year()
    assert told.minutes == {"a1": 60 * waiting(told.waits).served}


@pytest.mark.parametrize("seed", range(4))
def test_first_come_first_served_keeps_every_rule(seed: int) -> None:
    rnd = Round.from_document(office_round(40, 5, 5, seed))
    order = [client.id for client in rnd.clients]
    pairs = tuple(first_come(candidates(rnd), order))
    plan = Plan(
        round_sha256=rnd.sha256, status="feasible", levels=(), pairs=pairs, unmatched=(),
        solver=Solver(version="", seconds=0, seed=0, workers=1),
    )  # fmt: skip
    assert [fault for fault in check(rnd, plan) if fault.pointer.startswith("/pairs")] == []
    assert len(pairs) > 10


# One hour a week; three in four want half of it, one in four wants all of it; half of all are urgent.
STRESS = {
    "weeks": 60, "helpers": [helper(max_minutes_per_week=60)], "asked": {"short": 3, "long": 1},
    "topics": [{"id": "short", "minutes": 30}, {"id": "long", "minutes": 60}], "urgencies": {"1": 1, "5": 1},
    "contenders": [CAPPED, DOUBLING],
}  # fmt: skip


def test_under_stress_nobody_who_can_be_served_waits_for_ever_if_weights_double() -> None:
    # A third more come than can be served, for more than a year, and nobody gives up.
    often = rates(arrivals_per_week=2.0)
    capped, doubling = (waiting(year(n, **STRESS, rates=often).waits) for n in range(2))
    assert (capped.longest > 40, doubling.longest < 26) == (True, True)
