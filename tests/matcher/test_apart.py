"""Parts that share nobody: solved apart by anybody, they come to the plan that they come to here."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import pytest

from benchmarks.rounds import office_round
from matcher import Plan, Progress, Round, Stop, solve
from matcher.apart import parts_of
from matcher.candidates import candidates
from matcher.check import check
from tests.builders import a_round, assistant, client, need
from tests.matcher.exact import optimum
from tests.matcher.solving import values
from tests.matcher.witness import faults

Document = dict[str, Any]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of every size are solved apart."""
    monkeypatch.setattr("matcher.apart.SMALLEST", 1)


def offices(clients: int, assistants: int, seed: int = 0) -> Document:
    """Six offices that share nobody."""
    document = office_round(clients, assistants, 5, seed, national=True)
    for person in (*document["clients"], *document["assistants"]):
        person["places"] = person["places"][:1]
    return document


def written(plan: Plan) -> bytes:
    """Everything of a plan but how long it took."""
    return replace(plan, solver=replace(plan.solver, seconds=0.0)).to_json()


def test_offices_that_share_nobody_are_parts_and_whoever_can_meet_nobody_is_in_the_last() -> None:
    document = offices(36, 12)
    document["clients"].append(client("alone", places=["nowhere"], needs=[need("n1", "orientation")]))
    rnd = Round.from_document(document)
    parts = parts_of(candidates(rnd))
    assert sorted(one.id for part in parts for one in part.clients) == sorted(c.id for c in rnd.clients)
    assert sorted(a.id for part in parts for a in part.assistants) == sorted(a.id for a in rnd.assistants)
    places = [{place for a in part.assistants for place in a.places or ()} for part in parts[:-1]]
    assert all(len(one) == 1 for one in places)
    assert "alone" in {one.id for one in parts[-1].clients}
    pairs = [len(candidates(part)) for part in parts]
    assert (pairs, sum(pairs)) == (sorted(pairs, reverse=True), len(candidates(rnd)))


def test_a_round_that_hangs_together_has_no_parts() -> None:
    assert parts_of(candidates(Round.from_document(office_round(20, 4, 5, 0)))) == ()


def test_a_pin_cuts_its_client_off_from_everybody_else() -> None:
    rnd = a_round(
        clients=[client("c1"), client("c2"), client("c3")],
        assistants=[assistant("a1"), assistant("a2")],
        bans=[{"client": "c1", "assistant": "a2"}, {"client": "c3", "assistant": "a1"}],
        pins=[{"client": "c2", "assistant": "a2"}],
    )
    parts = parts_of(candidates(rnd))
    assert [[one.id for one in part.clients] for part in parts] == [["c2", "c3"], ["c1"]]
    assert [[pin.client for pin in part.pins] for part in parts] == [["c2"], []]
    assert [part.bans for part in parts] == [(), ()]


@pytest.mark.parametrize("seed", range(3))
def test_parts_together_are_as_good_as_the_best_plan(seed: int) -> None:
    document = offices(18, 6, seed)
    plan = solve(Round.from_document(document), Stop())
    assert plan.status == "optimal"
    assert values(plan.to_document()) == optimum(document)
    assert faults(document, plan.to_document()) == []


def test_the_plan_is_the_same_whoever_solves_the_parts() -> None:
    rnd = Round.from_document(offices(48, 12))
    with ThreadPoolExecutor(2) as threads:
        assert written(solve(rnd, Stop(), executor=threads)) == written(solve(rnd, Stop()))


def test_progress_of_parts_comes_to_the_plan() -> None:
    rnd, told = Round.from_document(offices(48, 12)), list[Progress]()
    plan = solve(rnd, Stop(), told.append)
    last = {one.level: (one.value, one.bound) for one in told}
    assert last == {level.level: (level.value, level.bound) for level in plan.levels}
    bounds = [one.bound for one in told if one.level == "served" and one.bound is not None]
    assert bounds == sorted(bounds, reverse=True)


def test_pins_of_two_parts_that_contradict_are_named_by_their_place() -> None:
    rnd = a_round(
        clients=[client("c1"), client("c2")], assistants=[assistant("a1"), assistant("a2")],
        bans=[{"client": "c1", "assistant": "a2"}, {"client": "c2", "assistant": "a1"}],
        pins=[{"client": "c1", "assistant": "a1"}, {"client": "c2", "assistant": "a1"}],
    )
    plan = solve(rnd, Stop())
    assert [(one.pins, one.code) for one in plan.conflicts] == [((1,), "not-with")]


def test_the_clock_ends_parts_with_the_plan_that_they_began_with() -> None:
    rnd = Round.from_document(offices(48, 12))
    plan = solve(rnd, Stop(time_limit=0.0))
    assert check(rnd, plan) == []
    assert plan.levels[0].bound >= plan.levels[0].value > 0


class Lost(Executor):
    """Takes everything and gives nothing back."""

    def submit(self, *_work: Any, **_more: Any) -> Future[Any]:
        return Future()


def test_who_does_not_answer_in_time_is_not_waited_for() -> None:
    rnd = Round.from_document(offices(48, 12))
    plan = solve(rnd, Stop(time_limit=0.5), executor=Lost())
    assert check(rnd, plan) == []
    assert plan.solver.seconds < 10


def test_whoever_asks_to_stop_gets_a_plan_though_nobody_answers() -> None:
    rnd, told = Round.from_document(offices(48, 12)), list[Progress]()
    plan = solve(rnd, Stop(cancelled=lambda: bool(told)), told.append, executor=Lost())
    assert check(rnd, plan) == []
    assert plan.levels[0].value > 0


@pytest.mark.long
def test_a_process_that_is_killed_costs_nothing_of_the_plan() -> None:
    rnd = Round.from_document(offices(120, 18))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        killed: list[int] = []

        def kill(_: Progress) -> None:
            for pid in [] if killed else list(pool._processes):
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

        plan = solve(rnd, Stop(), kill, executor=pool)
    assert killed != []
    assert written(plan) == written(solve(rnd, Stop()))


@pytest.mark.long
def test_processes_come_to_the_plan_that_one_comes_to() -> None:
    rnd = Round.from_document(offices(120, 18))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert written(solve(rnd, Stop(), executor=pool)) == written(solve(rnd, Stop()))
