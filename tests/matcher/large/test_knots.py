"""Groups that share few clients: solved apart at prices, they prove what all of them together come to."""

from __future__ import annotations

from functools import partial
from random import Random

import numpy as np
import pytest

from benchmarks.rounds import office_round
from matcher import Round, Stop
from matcher.candidates import candidates
from matcher.clock import Clock
from matcher.desk import reaches_midnight
from matcher.large.knots import Knots, Share
from matcher.large.scarce import Scarce
from matcher.levels import objectives, pins_of
from matcher.model import build
from matcher.rows import Ints
from tests.matcher.exact import optimum
from tests.matcher.laws import seeds
from tests.matcher.rounds import small_round


def solved(part: Scarce, now: Ints, offices: Ints) -> Share:
    """Solve all pairs that count for a level, from groups in offices."""
    worth = part.level.value[: part.model.pairs]
    own, solve = np.flatnonzero(worth > 0.0), partial(part._best, now, ())
    knots = Knots(part.model.table, own, worth, now, solve, part.clock)
    return knots.solved(knots.groups(offices))


@pytest.mark.parametrize("seed", seeds(25, 500))
def test_groups_apart_prove_what_is_served(seed: int) -> None:
    document = small_round(Random(seed))
    document["policy"] = {**document.get("policy", {}), "levels": ["served"]}
    best, model = optimum(document), build(candidates(Round.from_document(document)))
    if best is None or reaches_midnight(model):
        return
    part = Scarce(model, objectives(model)[0], pins_of(model), Clock(Stop()))
    people = len(model.table.assistants)
    # Everybody an office of their own; two offices; only one.
    for offices in (np.arange(people), np.arange(people) % 2, np.zeros(people, dtype=np.int64)):
        found = solved(part, part.held.pairs, offices)
        assert found.bound == best["served"]
        assert part.level.of(found.pairs) == best["served"]
        assert len(np.unique(model.table.client[found.pairs])) == len(found.pairs)
        # From the best plan, there is nothing to tie.
        assert solved(part, found.pairs, offices).bound == best["served"]


def test_groups_too_large_to_be_tied_still_bound_what_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    model = build(candidates(Round.from_document(office_round(40, 6, 5, 0))))
    part = Scarce(model, objectives(model)[0], pins_of(model), Clock(Stop()))
    nobody = np.zeros(0, dtype=np.int64)
    whole = solved(part, nobody, np.zeros(6, dtype=np.int64))
    assert part.level.of(whole.pairs) == whole.bound
    monkeypatch.setattr("matcher.large.knots._MOST", 10)
    apart = solved(part, nobody, np.arange(6))
    assert part.level.of(apart.pairs) <= whole.bound < apart.bound


def test_nobody_at_all_counts_nothing() -> None:
    model = build(candidates(Round.from_document(office_round(0, 3, 5, 0))))
    part = Scarce(model, objectives(model)[0], pins_of(model), Clock(Stop()))
    found = solved(part, np.zeros(0, dtype=np.int64), np.zeros(3, dtype=np.int64))
    assert (len(found.pairs), found.bound) == (0, 0)
