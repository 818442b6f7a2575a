"""Assistants who run short: what they prove alone is true of the whole round, pins and all."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from benchmarks.rounds import office_round
from matcher import Plan, Round, Stop, solve
from matcher.candidates import candidates
from matcher.check import check
from matcher.clock import Clock
from matcher.desk import reaches_midnight
from matcher.highs import Limits
from matcher.large.book import book
from matcher.large.bounds import Bounds
from matcher.large.ladder import Ladder
from matcher.large.scarce import Scarce
from matcher.large.solve import Large
from matcher.levels import Objective, objectives, pins_of
from matcher.model import build
from matcher.rows import Bools, Ints
from tests.matcher.exact import optimum
from tests.matcher.laws import seeds
from tests.matcher.rounds import small_round
from tests.matcher.witness import faults

Document = dict[str, Any]


def scarce(document: Document, **stop: Any) -> Scarce:
    model = build(candidates(Round.from_document(document)))
    return Scarce(model, objectives(model)[0], pins_of(model), Clock(Stop(**stop)))


def weighed(part: Scarce, levels: int) -> Scarce:
    """Return the same with a sum of the first levels, of which each counts far more than the next."""
    value = np.zeros(part.model.columns)
    for level in objectives(part.model)[:levels]:
        value = 24 * value + level.value
    return replace(part, level=Objective("", value, 0))


def chosen(part: Scarce, plan: Plan) -> Ints:
    index = part.model.table.index
    return np.array(sorted(index[pair.client, pair.assistant] for pair in plan.pairs), dtype=np.int64)


def some(part: Scarce, *ids: str) -> Bools:
    return np.isin([one.id for one in part.model.table.assistants], ids)


def of_served(seed: int) -> Document:
    document = small_round(Random(seed))
    document["policy"] = {**document.get("policy", {}), "levels": ["served"]}
    return document


@pytest.mark.parametrize("seed", seeds(25, 500))
def test_no_plan_serves_more_than_whoever_is_taken_for_short_and_all_others(seed: int) -> None:
    document = of_served(seed)
    best, plan, part = optimum(document), solve(Round.from_document(document), Stop()), scarce(document)
    if best is None or reaches_midnight(part.model):
        return
    draw, pairs = np.random.default_rng(seed), chosen(part, plan)
    held = np.intersect1d(pairs, part.held.pairs)
    for share in (0.5, 0.8):
        short = draw.random(len(part.model.table.assistants)) < share
        found = part.solved(short, held)
        assert found is not None
        assert found.bound >= best["served"]
        again = part.solved(short, pairs, found.known)
        assert again is not None
        assert again.bound == found.bound
    # Where everybody runs short, nobody is left out of sight.
    found = part.solved(np.ones(len(part.model.table.assistants), dtype=np.bool_), held)
    assert found is not None
    assert found.bound == best["served"]
    assert part.level.of(np.union1d(held, found.columns)) == best["served"]


@pytest.mark.parametrize("seed", seeds(25, 500))
def test_no_plan_is_worth_more_on_several_levels_than_those_taken_for_short_can_add(seed: int) -> None:
    document = of_served(seed)
    names = document["policy"]["levels"] = ["served", "origin", "language"]
    best, part = optimum(document), weighed(scarce(document), 3)
    if best is None or reaches_midnight(part.model):
        return
    draw, worth = np.random.default_rng(seed), sum(24 ** (2 - n) * best[name] for n, name in enumerate(names))
    pairs = chosen(part, solve(Round.from_document(document), Stop()))
    for share in (0.3, 0.6, 1.0):
        found = part.solved(draw.random(len(part.model.table.assistants)) < share, pairs)
        assert found is not None
        assert found.bound >= worth
        # The same of what they add alone, in any plan.
        assert found.worth[np.isin(found.own, pairs)].sum() <= found.best


@pytest.mark.parametrize("seed", seeds(15, 300))
def test_no_plan_beats_a_level_as_sums_bound_it(seed: int) -> None:
    document = small_round(Random(seed))
    document["policy"] = {**document.get("policy", {}), "levels": ["served", "origin", "language", "gender"]}
    best = optimum(document)
    table = candidates(Round.from_document(document))
    limit = Bounds(table, book(table))
    if best is None or reaches_midnight(limit.bundled.model):
        return
    clock, reached = Clock(Stop()), list(best.values())
    large = Large(table, (), clock, lambda *_: None, 0)
    ladder = Ladder(limit, lambda pairs: large._begun(pairs, [0] * 4), large._values)
    search = large._begun(solve(Round.from_document(document), Stop()).pairs, [0] * 4)
    for count in range(1, len(ladder.counting) + 1):
        ladder.proven(search, count, clock)
        for n in range(4):
            assert limit.by_sums(n, reached) >= reached[n]
            assert limit.closer(n, reached, (), 0, Limits(60.0, 0), lambda: 1e9) >= reached[n]


def test_clients_whom_others_could_serve_are_counted_as_served() -> None:
    document = office_round(90, 12, 5, 0, national=True)
    part = scarce(document)
    nobody = part.solved(np.zeros(12, dtype=np.bool_), np.zeros(0, dtype=np.int64))
    could = np.unique(part.model.table.client)
    assert nobody is not None
    assert nobody.bound == part.model.table.columns.weight[could].sum()
    assert len(nobody.columns) == 0


def test_too_many_pairs_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.large.scarce._MOST", 10)
    part = scarce(office_round(90, 12, 5, 0, national=True))
    assert part.solved(np.ones(12, dtype=np.bool_), np.zeros(0, dtype=np.int64)) is None


def person(name: str, places: list[str]) -> Document:
    hours = [{"start": "2026-12-07T09:00", "end": "2026-12-07T10:00"}]
    return {
        "id": name, "gender": "female", "origin": "AF", "languages": {"prs": "native"}, "places": places,
        "availability": hours,
    }


def chain() -> Document:
    """Two clients at x and one at x or y; each assistant has time for one."""
    needs = [{"id": "n", "topic": "t", "minutes": 60}]
    return {
        "format": "r4r-round/1", "timezone": "Europe/Belgrade", "first_day": "2026-12-07",
        "last_day": "2026-12-07", "grid_minutes": 30, "policy": {"levels": ["served"]},
        "topics": [{"id": "t", "minutes": 60}],
        "assistants": [
            {**person("x", ["x"]), "max_clients": 5}, {**person("y", ["y"]), "max_clients": 5},
        ],
        "clients": [
            {**person(name, places), "needs": needs, "weight": 1}
            for name, places in (("c1", ["x"]), ("c2", ["x", "y"]), ("c3", ["y"]))
        ],
    }


def test_who_could_serve_whoever_is_left_out_runs_short_too() -> None:
    part = scarce(chain())
    pairs = np.array([part.model.table.index["c2", "y"]])
    assert part.grown(some(part), pairs).tolist() == [True, True]


def test_who_could_serve_those_who_take_the_time_instead_runs_short_too() -> None:
    part = scarce(chain())
    index = part.model.table.index
    pairs = np.array([index["c2", "x"], index["c3", "y"]])
    assert part.grown(some(part, "x"), pairs).tolist() == [True, True]


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search rounds of every size, too cold to find much."""
    monkeypatch.setattr("matcher.solver.PROVEN_PAIRS", -1)
    for heat in ("_HOT", "_WARM"):
        monkeypatch.setattr(f"matcher.large.search.{heat}", 1e-9)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.usefixtures("cold")
def test_what_a_search_misses_is_found_and_proven_where_assistants_run_short(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.large.solve.Large._by_offices", lambda _large, search, _most: search)
    document = office_round(90, 12, 5, seed, national=True)
    best = optimum({**document, "policy": {**document["policy"], "levels": ["served"]}})
    plan = solve(Round.from_document(document), Stop())
    assert best is not None
    assert check(Round.from_document(document), plan) == []
    assert plan.levels[0].value == plan.levels[0].bound == best["served"]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.usefixtures("cold")
def test_times_that_pins_name_are_kept_where_assistants_run_short_and_in_offices(seed: int) -> None:
    document = office_round(90, 12, 5, seed, national=True)
    # What was good enough so far, and is in the way of those who count more now.
    decided = solve(Round.from_document(document), Stop()).pairs[::4]
    document["pins"] = [
        {
            "client": pair.client, "assistant": pair.assistant, "need": one.need,
            "start": one.start.isoformat(timespec="minutes"),
        }
        for pair in decided for one in pair.appointments
    ]
    for client in document["clients"]:
        client["weight"] = 1 if client["id"] in {pair.client for pair in decided} else 3
    rnd = Round.from_document(document)
    plan = solve(rnd, Stop())
    best = optimum({**document, "policy": {**document["policy"], "levels": ["served"]}})
    assert best is not None
    assert check(rnd, plan) == []
    assert faults(document, plan.to_document()) == []
    assert plan.levels[0].value == plan.levels[0].bound == best["served"]


@pytest.mark.parametrize("seed", range(3))
def test_a_search_that_goes_astray_goes_on_from_what_was_found_and_colder(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Large(
        candidates(Round.from_document(office_round(150, 6, 5, seed))), (), Clock(Stop()), lambda *_: None, 0
    )
    most = [0] * len(large.order)
    search = large._begun((), most)
    search.quickly()
    found = large._values(search)
    # So hot, and so short, that the first levels melt.
    monkeypatch.setattr("matcher.large.search._FIRM", 25.0)
    monkeypatch.setattr("matcher.large.search._LONG", 5)
    search.firmly(1)
    assert not search.is_back(1)
    other = large._cooled(search, [0, 1, 2], most)
    assert other is not search
    assert other.is_back(1)
    assert large._values(other) >= found
