"""A program from two of HiGHS's seeds: the second keeps to the seconds of both."""

from __future__ import annotations

import time

import numpy as np
import pytest

from matcher import twice
from matcher.highs import Limits
from matcher.program import Program
from matcher.rows import Rows
from matcher.twice import branch_twice


def split() -> Program:
    """Return a program that no search is through with soon: how are six markets shared evenly?

    Cornuéjols and Dawande, "A class of hard small 0-1 programs", INFORMS Journal on Computing 11 (1999).
    """
    columns, markets = 50, 6
    demand = np.random.default_rng(1).integers(0, 100, (markets, columns)).astype(np.float64)
    half = demand.sum(axis=1) // 2
    rows = Rows(
        np.arange(markets + 1) * columns, np.tile(np.arange(columns), markets), demand.ravel(), half, half,
        np.zeros(markets, dtype=np.int64),
    )
    return Program(np.arange(columns), rows, np.zeros(0, dtype=np.int64))


def test_a_second_seed_that_begins_late_ends_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twice, "_SLOW", float("inf"))
    begun = time.perf_counter()

    def invites() -> bool:
        if time.perf_counter() - begun > 1.5:
            monkeypatch.setattr(twice, "_SLOW", 0)
        return False

    found = branch_twice(split(), np.ones(50), 0.0, Limits(2.0, 0, invites))
    assert not found.finished
    assert time.perf_counter() - begun < 3.0
