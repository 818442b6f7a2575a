"""The best bundle of an assistant, found by the compiled search, is what HiGHS finds as well."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from benchmarks.rounds import office_round
from matcher import Round, solve
from matcher.block import best_in, block, columns_of
from matcher.bundles import best_bundles
from matcher.candidates import candidates
from matcher.check import check
from matcher.clock import Clock
from matcher.desk import desk
from matcher.model import build
from matcher.placing import memory
from matcher.stop import Stop
from tests.matcher.laws import seeds


@pytest.mark.parametrize("seed", seeds(8, 40))
def test_the_compiled_search_finds_bundles_worth_as_much_as_the_best(seed: int) -> None:
    rng = Random(seed)
    model = build(candidates(Round.from_document(office_round(40, 3, 5, seed))))
    for assistant in np.unique(model.table.assistant).tolist():
        pairs = np.flatnonzero(model.table.assistant == assistant)
        here = desk(model, assistant, pairs, ())
        clients = len(pairs)
        # Prices by the slot, as a relaxation has them: nearly everything is worth nearly the same.
        price = here.client_slots * 2.0 + np.array([rng.choice([-0.5, 0.0, 0.0, 0.25]) for _ in pairs])
        cuts = [
            (np.array(sorted(rng.sample(range(clients), 3))), rng.choice([0.5, 1.0, 3.0]))
            for _ in range(4 if clients > 2 else 0)
        ]
        at = [[n for n, (members, _) in enumerate(cuts) if client in members] for client in range(clients)]
        count_price = np.zeros(here.most + 1)
        found, size = np.zeros((8, max(1, here.most)), dtype=np.int64), np.zeros(8, dtype=np.int64)
        _, bound, finished = best_bundles(
            here, price, count_price, 0.0, False, 10**8, np.cumsum([0, *map(len, at)]),
            np.array([n for some in at for n in some], dtype=np.int64),
            np.array([cost for _, cost in cuts]), memory(here), found, size, np.zeros(8),
        )
        known = best_in(block(model, pairs, ()), price, count_price, cuts, Clock(Stop()).limits(None))
        assert finished
        assert known is not None
        assert bound == pytest.approx(known[1], abs=1e-6)


def test_clients_who_fit_together_are_given_times() -> None:
    # HiGHS 1.16's presolve, with its enumeration, calls this bundle infeasible.
    model = build(candidates(Round.from_document(office_round(120, 12, 5, 1))))
    own, none = np.flatnonzero(model.table.assistant == 8), np.zeros(0, dtype=np.int64)
    bundle = np.array([93, 114, 181, 182, 238, 353, 355])
    columns = columns_of(block(model, own, ()), own, bundle, none, Clock(Stop()).unhurried())
    assert np.array_equal(columns[columns < model.pairs], bundle)


def test_the_number_of_workers_does_not_change_a_plan_proven_over_bundles() -> None:
    rnd = Round.from_document(office_round(81, 9, 5, 0))
    one, two = (solve(rnd, Stop(workers=workers)) for workers in (1, 2))
    assert one.status == "optimal"
    assert not check(rnd, one)
    assert (one.pairs, one.levels) == (two.pairs, two.levels)
