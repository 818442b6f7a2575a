"""The matcher against the oracle: two programs, two engines, one answer."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from benchmarks.rounds import office_round
from matcher.highs import UndecidedError
from matcher.master import Master, Prices
from tests.matcher.exact import optimum
from tests.matcher.laws import seeds
from tests.matcher.rounds import small_round
from tests.matcher.solving import planned, values

Document = dict[str, Any]
EVERYDAY = 25
LONG = 3_000


def assert_as_good_as(best: dict[str, int] | None, document: Document) -> None:
    plan = planned(document)
    if best is None:
        assert plan["status"] == "infeasible"
    else:
        # The witness has seen to the bounds: a plan that tells "optimal" meets them at every level.
        assert plan["status"] == "optimal"
        assert values(plan) == best
        assert list(values(plan)) == list(best)


def assert_as_good_as_can_be(document: Document) -> None:
    assert_as_good_as(optimum(document), document)


@pytest.mark.parametrize("seed", range(EVERYDAY))
def test_every_level_of_a_small_round_is_as_good_as_can_be(seed: int) -> None:
    assert_as_good_as_can_be(small_round(Random(seed)))


@pytest.mark.parametrize("seed", seeds(6, 12))
def test_every_level_of_an_office_is_as_good_as_can_be(seed: int) -> None:
    assert_as_good_as_can_be(office_round(16, 3, 5, seed, national=seed % 2 == 1))


def prove_by_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of every size are proven by bundles, as only those of an office are otherwise."""
    monkeypatch.setattr("matcher.climb.SMALL", 1)
    monkeypatch.setattr("matcher.climb.TRIED", 0)


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> None:
    prove_by_bundles(monkeypatch)


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize("seed", range(EVERYDAY))
def test_bundles_prove_every_level_of_a_small_round(seed: int) -> None:
    assert_as_good_as_can_be(small_round(Random(seed)))


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize("solves", [3, *(pytest.param(often, marks=pytest.mark.long) for often in (0, 20))])
def test_a_master_that_cannot_be_solved_leaves_the_rest_to_single_appointments(
    monkeypatch: pytest.MonkeyPatch, solves: int
) -> None:
    left = iter(range(solves))
    solve = Master.solve

    def fails_in_the_end(master: Master) -> tuple[float, Prices]:
        if next(left, None) is None:
            raise UndecidedError("no optimum")
        return solve(master)

    monkeypatch.setattr(Master, "solve", fails_in_the_end)
    assert_as_good_as_can_be(office_round(24, 4, 5, 0))


@pytest.mark.parametrize("seed", seeds(6, 24))
def test_bundles_go_on_where_single_appointments_take_long(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("matcher.climb.SMALL", 1)
    monkeypatch.setattr("matcher.climb._FEW", seed % 4)
    assert_as_good_as_can_be(office_round(24, 4, 5, seed, national=seed % 2 == 1))


@pytest.mark.usefixtures("bundled")
@pytest.mark.parametrize("seed", seeds(4, 12))
def test_bundles_prove_every_level_of_an_office(seed: int) -> None:
    assert_as_good_as_can_be(office_round(24, 4, 5, seed, national=seed % 2 == 1))


@pytest.mark.long
@pytest.mark.parametrize("hundred", range(LONG // 100))
def test_hundreds_of_small_rounds_are_as_good_as_can_be(
    monkeypatch: pytest.MonkeyPatch, hundred: int
) -> None:
    """Half of them by bundles too, in one test since it is the oracle that takes the time."""
    for seed in range(hundred * 100, hundred * 100 + 100):
        document = small_round(Random(seed))
        best = optimum(document)
        assert_as_good_as(best, document)
        if hundred < LONG // 200:
            with monkeypatch.context() as changes:
                prove_by_bundles(changes)
                assert_as_good_as(best, document)
