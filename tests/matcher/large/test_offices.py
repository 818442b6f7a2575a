"""Offices that are nearly apart: proven one by one, with true bounds and plans that keep every rule."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest

from benchmarks.rounds import office_round
from matcher import Round, Stop, solve
from matcher.appointments import pairs_of
from matcher.candidates import Candidates, candidates
from matcher.check import check
from matcher.clock import Clock
from matcher.large.offices import Offices, offices_of
from matcher.levels import objectives, pins_of
from matcher.model import build
from matcher.rows import Ints
from tests.matcher.exact import optimum
from tests.matcher.laws import seeds
from tests.matcher.rounds import small_round

Document = dict[str, Any]
NOBODY = np.zeros(0, dtype=np.int64)
# More than anybody serves.
MOST = 10_000


def national(seed: int) -> Document:
    """Return a round of six offices with a few people who work remotely, of which `served` alone counts."""
    document = office_round(90, 12, 5, seed, national=True)
    document["policy"]["levels"] = ["served"]
    return document


def offices(table: Candidates, own: list[Ints], **stop: Any) -> Offices:
    model = build(table)
    return Offices(model, own, objectives(model)[0], pins_of(model), Clock(Stop(**stop)))


def test_assistants_of_a_place_are_an_office_whoever_works_remotely() -> None:
    table = candidates(Round.from_document(office_round(600, 60, 5, 0, national=True)))
    place = np.array([int(one.id[1:]) % 6 for one in table.assistants])
    own = offices_of(table)
    assert [len(np.unique(place[table.assistant[pairs]])) for pairs in own] == [1] * 6
    assert np.array_equal(np.sort(np.concatenate(own)), np.arange(len(table)))
    met = Counter(client for pairs in own for client in np.unique(table.client[pairs]).tolist())
    assert max(met.values()) > 1


def test_one_office_is_not_parted() -> None:
    assert offices_of(candidates(Round.from_document(office_round(120, 12, 5, 0)))) == []


def test_nobody_at_all_is_no_office() -> None:
    assert offices_of(candidates(Round.from_document(office_round(0, 0, 5, 0)))) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_of_nobody_becomes_the_best_of_every_office(seed: int) -> None:
    rnd = Round.from_document(national(seed))
    table, best = candidates(rnd), solve(rnd, Stop()).levels[0].value
    part = offices(table, offices_of(table))
    once = part.proven(NOBODY, MOST)
    # Only with the prices of a plan are those between offices served by one of them.
    again = part.proven(once.pairs, MOST)
    assert part.level.of(once.pairs) <= part.level.of(again.pairs) == best == again.bound <= once.bound
    assert len(pairs_of(part.model, once.columns)) == len(once.pairs) > 0


@pytest.mark.parametrize("seed", seeds(20, 300))
def test_no_plan_serves_more_than_offices_at_the_prices_of_any_plan(seed: int) -> None:
    document = small_round(Random(seed))
    document["pins"] = []
    document["policy"] = {**document.get("policy", {}), "levels": ["served"]}
    best = optimum(document)
    rnd = Round.from_document(document)
    table = candidates(rnd)
    # Every assistant is an office, so that most clients are between two.
    own = [pairs for n in range(len(table.assistants)) if len(pairs := np.flatnonzero(table.assistant == n))]
    part = offices(table, own)
    proof = part.proven(NOBODY, MOST)
    assert best is not None
    assert part.level.of(proof.pairs) <= best["served"] <= part.proven(proof.pairs, MOST).bound
    assert best["served"] <= proof.bound


def test_a_clock_that_is_over_leaves_the_plan_and_the_bound_known() -> None:
    table = candidates(Round.from_document(national(0)))
    proof = offices(table, offices_of(table), time_limit=0.0).proven(NOBODY, MOST)
    assert (len(proof.pairs), len(proof.columns), proof.bound) == (0, 0, MOST)


@pytest.mark.parametrize("seed", range(3))
def test_what_a_search_misses_is_found_and_proven_office_by_office(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rnd = Round.from_document(office_round(90, 12, 5, seed, national=True))
    best = solve(Round.from_document(national(seed)), Stop()).levels[0].value
    monkeypatch.setattr("matcher.solver.PROVEN_PAIRS", -1)
    monkeypatch.setattr("matcher.large.solve.Large._by_scarce", lambda _large, search, _most: (search, []))
    # Too cold to find much.
    for heat in ("_HOT", "_WARM"):
        monkeypatch.setattr(f"matcher.large.search.{heat}", 1e-9)
    plan = solve(rnd, Stop())
    assert check(rnd, plan) == []
    assert plan.levels[0].value == plan.levels[0].bound == best
