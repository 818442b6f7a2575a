"""The bundles that are known of a large round: what a choice of them could be worth, and its prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from matcher.highs import UndecidedError, quiet
from matcher.rows import Floats, Ints

# What it costs to leave a level that is reached one unit short: more than any level gains by it.
_SHORT = 1e3
_PAYS = 1e-7
# HiGHS's number of the primal simplex method: what was best stays possible when bundles come.
_PRIMAL = 4


@dataclass(frozen=True)
class Prices:
    """What clients cost, and what a unit of each level before is worth: none is negative."""

    client: Floats
    level: Floats

    def towards(self, other: Prices, share: float) -> Prices:
        """Return prices between these and others."""
        return Prices(
            (1 - share) * self.client + share * other.client, (1 - share) * self.level + share * other.level
        )


@dataclass(frozen=True)
class Column:
    """Clients whom one assistant could serve together, and what that counts on each level at most."""

    assistant: int
    clients: Ints
    value: Floats


class Columns:
    """A linear program that grows by bundles.

    Rows: clients, assistants, levels before the last. Columns: a shortfall for each such level, then bundles.
    """

    def __init__(self, clients: int, assistants: int, least: Floats) -> None:
        self._clients, self._people = clients, clients + assistants
        self._known: set[tuple[int, bytes]] = set()
        self._paid = np.concatenate([np.zeros(self._people), np.full(len(least), -_SHORT)])
        self._solver = quiet()
        self._solver.setOptionValue("presolve", "off")
        self._solver.setOptionValue("simplex_strategy", _PRIMAL)
        low, high = np.full(len(self._paid), -np.inf), np.ones(len(self._paid))
        low[self._people :], high[self._people :] = least, np.inf
        none = np.zeros(0, dtype=np.int32)
        self._solver.addRows(len(low), low, high, 0, none, none, np.zeros(0))
        row = self._people + np.arange(len(least))
        self._insert(np.full(len(row), _SHORT), np.arange(len(row)), row, np.ones(len(row)))

    def add(self, columns: Sequence[Column]) -> int:
        """Add those of some bundles that pay at the last prices and are new; tell how many."""
        new = []
        for column in columns:
            key = (column.assistant, column.clients.tobytes())
            if key not in self._known and self._worth(column) > _PAYS:
                self._known.add(key)
                new.append(column)
        if new:
            entries = [self._entries(column) for column in new]
            size = [len(row) for row, _ in entries]
            self._insert(
                np.array([-column.value[-1] for column in new]), np.cumsum([0, *size[:-1]]),
                np.concatenate([row for row, _ in entries]), np.concatenate([value for _, value in entries]),
            )
        return len(new)

    def solve(self, seconds: float) -> tuple[float, Prices]:
        """Return what the best choice of shares is worth, and its prices.

        Raises
        ------
        UndecidedError
            HiGHS found no optimum in time.
        """
        # HiGHS counts the time of all its runs.
        self._solver.setOptionValue("time_limit", float(self._solver.getRunTime()) + max(seconds, 0.0))
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise UndecidedError(f"the bundles known ended with {self._solver.getModelStatus()}")
        self._paid = -np.array(self._solver.getSolution().row_dual)
        worth = -float(self._solver.getInfo().objective_function_value)
        return worth, Prices(
            np.maximum(self._paid[: self._clients], 0.0), np.maximum(-self._paid[self._people :], 0.0)
        )

    def _worth(self, column: Column) -> float:
        """Return by how much a bundle betters the choice at the last prices."""
        row, value = self._entries(column)
        return float(column.value[-1] - self._paid[row] @ value)

    def _entries(self, column: Column) -> tuple[Ints, Floats]:
        levels = len(column.value) - 1
        row = np.concatenate([
            column.clients, [self._clients + column.assistant], self._people + np.arange(levels),
        ])
        return row, np.concatenate([np.ones(len(column.clients) + 1), column.value[:-1]])

    def _insert(self, cost: Floats, begin: Ints, row: Ints, value: Floats) -> None:
        self._solver.addCols(
            len(cost), cost, np.zeros(len(cost)), np.full(len(cost), np.inf), len(row),
            begin.astype(np.int32), row.astype(np.int32), value,
        )
