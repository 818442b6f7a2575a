"""What only days count for, over listed bundles: as good as the exact solution and as HiGHS find."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from benchmarks.rounds import office_round
from matcher import Round
from matcher.block import block, columns_of
from matcher.candidates import candidates
from matcher.clock import Clock
from matcher.days import best_days
from matcher.desk import desk
from matcher.model import build
from matcher.placing import memory
from matcher.stop import Stop
from tests.matcher.laws import seeds
from tests.matcher.rounds import small_round
from tests.matcher.solving import agrees_with_exact


@pytest.mark.parametrize("seed", seeds(10, 60))
def test_the_best_days_are_worth_what_highs_finds(seed: int) -> None:
    rng = Random(seed)
    model = build(candidates(Round.from_document(office_round(40, 3, 5, seed))))
    value = np.zeros(model.columns)
    days = range(model.pairs, model.first_time)
    value[model.pairs : model.first_time] = [rng.randint(-3, 3) for _ in days]
    day_value = np.zeros((len(model.table.row_need), len(model.table.round.days)))
    day_value[model.groups.row, model.groups.day] = value[model.pairs : model.first_time]
    for assistant in np.unique(model.table.assistant).tolist():
        pairs = np.flatnonzero(model.table.assistant == assistant)
        here = desk(model, assistant, pairs, (), optional=True)
        of_model = block(model, pairs, ())
        for size in range(1, 6):
            members = np.array([sorted(rng.sample(range(len(pairs)), min(size, len(pairs))))])
            worth, exact = np.zeros(1), np.zeros(1, dtype=np.bool_)
            best_days(
                here, day_value[here.need_row], members, np.array([members.shape[1]]), np.array([0]),
                memory(here), 10**6, worth, exact,
            )
            assert exact[0]
            none = np.zeros(0, dtype=np.int64)
            try:
                columns = columns_of(
                    of_model, pairs, pairs[members[0]], none, Clock(Stop()).limits(None), value
                )
            except ValueError:
                assert worth[0] == -np.inf
            else:
                assert worth[0] == pytest.approx(value[columns].sum())


@pytest.mark.parametrize("seed", seeds(24, 120))
def test_levels_of_days_are_proven_over_listed_bundles(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr("matcher.climb.SMALL", 1)
    monkeypatch.setattr("matcher.climb.TRIED", 0)
    agrees_with_exact(small_round(Random(seed)) if seed % 3 else office_round(24, 4, 5, seed))
