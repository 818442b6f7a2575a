"""Laws of bounds: what a plan promises is true, whenever it was stopped; and it is no worse than greed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchmarks.rounds import office_round
from matcher import Round, Stop, solve
from matcher.candidates import candidates
from matcher.plan import Plan
from matcher.plan_parts import Solver
from matcher.simulation.first_come import first_come
from tests.matcher.exact import ceilings
from tests.matcher.laws import Document, everyday_and_long, lawful
from tests.matcher.rounds import small_rounds
from tests.matcher.solving import values
from tests.matcher.story import Story
from tests.matcher.witness import faults
from tests.matcher.witness import values as counted


def stopped(document: Document, **stop: Any) -> Document:
    """Solve as far as the stop allows; the witness finds no fault in the plan."""
    plan = solve(Round.from_document(document), Stop(**stop)).to_document()
    assert faults(document, plan) == []
    return plan


def asked(times: int) -> Callable[[], bool]:
    """Cancel at a question, not at a time: the same search is cut at the same place at every run."""
    left = iter(range(times))
    return lambda: next(left, None) is None


def assert_bounds_are_true(document: Document, plan: Document) -> None:
    most = ceilings(document, values(plan))
    assert {x["level"]: x["bound"] >= most[x["level"]] for x in plan["levels"]} == dict.fromkeys(most, True)


@everyday_and_long
def test_every_bound_of_a_cancelled_plan_is_true(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.integers(0, 40))
    def law(document: Document, times: int) -> None:
        plan = stopped(document, cancelled=asked(times))
        assume(plan["status"] != "infeasible")
        assert_bounds_are_true(document, plan)

    law()


@everyday_and_long
@pytest.mark.parametrize("few", [1, 65])
def test_every_bound_is_true_where_a_part_was_tried_before_bundles(
    monkeypatch: pytest.MonkeyPatch, few: int, examples: int
) -> None:
    monkeypatch.setattr("matcher.climb.SMALL", 1)
    monkeypatch.setattr("matcher.climb._FEW", few)

    @lawful(examples)
    @given(small_rounds, st.integers(0, 80))
    def law(document: Document, times: int) -> None:
        plan = stopped(document, cancelled=asked(times))
        assume(plan["status"] != "infeasible")
        assert_bounds_are_true(document, plan)

    law()


@everyday_and_long
def test_every_bound_of_a_plan_without_time_is_true(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.sampled_from([1e-9, 0.052, 0.06]))
    def law(document: Document, seconds: float) -> None:
        plan = stopped(document, time_limit=seconds)
        assume(plan["status"] != "infeasible")
        assert_bounds_are_true(document, plan)

    law()


def greedy(document: Document, rng: Random) -> Document:
    """Serve clients in any order, each by the first assistant who has time."""
    rnd = Round.from_document(document)
    table = candidates(rnd)
    order = [client.id for client in table.clients]
    rng.shuffle(order)
    return Plan(
        round_sha256=rnd.sha256, status="feasible", levels=(), unmatched=(),
        pairs=tuple(first_come(table, order)), solver=Solver(version="", seconds=0, seed=0, workers=1),
    ).to_document()  # fmt: skip


def assert_no_worse(document: Document, plan: Document, other: Document) -> None:
    """Compare level after level, as strictly as the policy has it."""
    worth = counted(Story(document, other))
    assert list(values(plan).values()) >= [worth[level] for level in values(plan)]


@everyday_and_long
def test_a_plan_is_never_worse_than_greed_in_any_order(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.randoms(use_true_random=False))
    def law(document: Document, rng: Random) -> None:
        document.pop("pins", None)  # greed knows none
        assert_no_worse(document, stopped(document), greedy(document, rng))

    law()


@everyday_and_long
def test_a_search_never_ends_with_a_worse_plan_than_it_began_with(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.integers(0, 40))
    def law(document: Document, times: int) -> None:
        begun = stopped(document, cancelled=asked(0))
        assume(begun["status"] != "infeasible")
        assert_no_worse(document, stopped(document, cancelled=asked(times)), begun)

    law()


def test_an_office_s_plan_without_time_is_no_worse_than_greed_by_weight() -> None:
    for seed in range(3):
        document = office_round(60, 6, 5, seed)
        document["policy"]["levels"] = ["served"]
        begun = stopped(document, cancelled=asked(0))
        assert_no_worse(document, stopped(document, time_limit=2), begun)
