"""What serves thousands, on rounds small enough for the oracle: true bounds, plans that keep every rule."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from benchmarks.rounds import office_round
from matcher import Plan, Round, Stop, solve
from matcher.candidates import candidates
from matcher.check import check
from matcher.explanation.whatif import whatif
from matcher.highs import Limits
from matcher.large.book import book
from matcher.large.bounds import Bounds
from tests.matcher.exact import ceilings, optimum
from tests.matcher.laws import seeds
from tests.matcher.rounds import small_round
from tests.matcher.solving import values
from tests.matcher.witness import faults

Document = dict[str, Any]


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of every size are searched, as only large ones are otherwise."""
    monkeypatch.setattr("matcher.solver.PROVEN_PAIRS", -1)


def searched(document: Document, **stop: Any) -> Plan:
    rnd = Round.from_document(document)
    plan = solve(rnd, Stop(**stop))
    assert check(rnd, plan) == []
    assert faults(document, plan.to_document()) == []
    return plan


@pytest.mark.parametrize("seed", seeds(15, 150))
def test_no_plan_that_is_as_good_before_beats_a_bound(seed: int) -> None:
    document = small_round(Random(seed))
    plan = searched(document)
    if plan.status == "infeasible":
        assert optimum(document) is None
        return
    most = ceilings(document, values(plan.to_document()))
    assert [level.level for level in plan.levels if level.bound < most[level.level]] == []


@pytest.mark.parametrize("seed", seeds(25, 500))
def test_no_plan_beats_a_bound_of_a_round_that_is_too_large_for_programs(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.large.bounds.MOST_BOUNDED", -1)
    monkeypatch.setattr("matcher.large.solve.MOST_BOUNDED", -1)
    test_no_plan_that_is_as_good_before_beats_a_bound(seed)


def test_small_rounds_are_mostly_searched_to_the_best_plan() -> None:
    documents = [small_round(Random(seed)) for seed in range(1000, 1030)]
    bests = [(document, best) for document in documents if (best := optimum(document)) is not None]
    found = sum(values(searched(document).to_document()) == best for document, best in bests)
    assert found >= 0.9 * len(bests)


def test_the_order_of_a_document_changes_nothing() -> None:
    document = office_round(30, 4, 5, 0, national=True)
    turned = {**document, "clients": document["clients"][::-1], "assistants": document["assistants"][::-1]}
    one, other = searched(document), searched(turned)
    assert (one.pairs, one.levels, one.unmatched) == (other.pairs, other.levels, other.unmatched)


@pytest.mark.long
def test_the_order_of_a_thousand_clients_changes_nothing() -> None:
    document = office_round(1000, 100, 10, 1, national=True)
    # Without a limit, the proof of every level takes longer than a test should.
    document["policy"]["levels"] = ["served", "balance", "extras", "early"]
    draw = Random(1)
    turned = {**document, **{name: draw.sample(document[name], len(document[name])) for name in (
        "clients", "assistants", "topics"
    )}}
    one, other = searched(document), searched(turned)
    assert (one.pairs, one.levels, one.unmatched) == (other.pairs, other.levels, other.unmatched)
    assert one.levels[0].value == one.levels[0].bound


def test_the_clock_ends_a_search_with_a_plan_and_true_bounds() -> None:
    plan = searched(office_round(30, 4, 5, 1), time_limit=0.0)
    assert plan.levels[0].bound >= plan.levels[0].value > 0


def test_a_plan_before_a_ban_is_changed_instead_of_made_anew() -> None:
    document = office_round(40, 5, 5, 0)
    plan = searched(document)
    banned = {"client": plan.pairs[0].client, "assistant": plan.pairs[0].assistant}
    rnd = Round.from_document({**document, "bans": [banned]})
    again = solve(rnd, Stop(), before=(Round.from_document(document), plan))
    assert check(rnd, again) == []
    assert again.levels[0].value >= solve(rnd, Stop()).levels[0].value


def test_a_round_that_did_not_change_keeps_its_plan() -> None:
    document = office_round(40, 5, 5, 0)
    rnd, plan = Round.from_document(document), searched(document)
    assert solve(rnd, Stop(), before=(rnd, plan)).pairs == plan.pairs


def test_only_those_whom_a_change_concerns_are_planned_anew() -> None:
    document = office_round(90, 12, 5, 0, national=True)
    # Nobody works for two offices.
    for person in (*document["clients"], *document["assistants"]):
        person["places"] = person["places"][:1]
    rnd, plan = Round.from_document(document), searched(document)
    changed = plan.pairs[0]
    place = next(one for one in rnd.clients if one.id == changed.client).places
    elsewhere = {one.id for one in rnd.clients if one.places != place}
    ban = {"client": changed.client, "assistant": changed.assistant}
    again = solve(Round.from_document({**document, "bans": [ban]}), Stop(), before=(rnd, plan))
    kept = [[pair for pair in one.pairs if pair.client in elsewhere] for one in (again, plan)]
    assert kept[0] == kept[1] != []
    assert changed.assistant not in [pair.assistant for pair in again.pairs if pair.client == changed.client]


def test_after_many_changes_everything_is_planned_anew() -> None:
    document = office_round(40, 5, 5, 0)
    rnd, plan = Round.from_document(document), searched(document)
    for person in document["clients"][:11]:
        person["weight"] += 1
    changed = Round.from_document(document)
    assert solve(changed, Stop(), before=(rnd, plan)).pairs == solve(changed, Stop()).pairs


def test_what_if_changes_the_plan_that_stands() -> None:
    document = office_round(40, 5, 5, 0)
    rnd, plan = Round.from_document(document), searched(document)
    ban = plan.pairs[0].client, plan.pairs[0].assistant
    other, found, told = whatif(rnd, plan, [], [ban], Stop())
    assert check(other, found) == []
    assert found.pairs == solve(other, Stop(), before=(rnd, plan)).pairs
    assert told is not None
    assert told.levels[0].after == found.levels[0].value


def test_prices_bound_nearly_as_low_as_a_program() -> None:
    table = candidates(Round.from_document(office_round(300, 30, 5, 0)))
    limit = Bounds(table, book(table))
    program, prices = limit.level(0, [], Limits(60.0, 0)), limit.quickly(0, lambda: 1e9)
    assert program <= prices <= 1.003 * program < 0.97 * limit.trivial(0)


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_bundles_bound_lower_than_pairs_and_not_below_the_best_plan(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.solver.PROVEN_PAIRS", 4_000)
    document = office_round(60, 6, 5, seed)
    document["policy"]["levels"] = ["served"]
    rnd = Round.from_document(document)
    table, limits = candidates(rnd), Limits(60.0, 0)
    limit = Bounds(table, book(table))
    nobody = np.zeros(0, dtype=np.int64)
    lower = limit.closer(0, [], [nobody], 0, limits, lambda: 1e9)
    assert solve(rnd, Stop()).levels[0].value == lower < limit.level(0, [], limits)


def test_a_bound_that_there_is_no_time_for_is_that_of_pairs() -> None:
    table, limits = candidates(Round.from_document(office_round(60, 6, 5, 3))), Limits(60.0, 0)
    limit = Bounds(table, book(table))
    assert limit.closer(0, [], (), 0, limits, lambda: 0.0) == limit.level(0, [], limits)
