"""The linear program behind a certificate's prices, built from what its checker sees.

As in the matcher's own program, needs that are alike on a day (as long, with one assistant, and
possible at the same times) share their columns of times: the relaxation is the same and smaller.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from matcher.certificate.checker import SCALE, Case, Part

Kind = tuple[str, int, str, tuple[int, ...]]  # assistant, minutes, day, starts
# Beyond so many columns an interior point is found much sooner than a vertex.
_LARGE = 40_000
# What it costs not to match a client who must be, in units of everything that clients weigh: a part
# without plans is then worth less than nothing.
_MISSING = 100.0


@dataclass(frozen=True)
class Relaxed:
    """A point of the relaxation, and the prices of its limits as a certificate lists them.

    Attributes
    ----------
    pairs
        How much of each client and assistant is chosen, where it is any.
    days
        How much of a pair's need is on a day, where it is any: by client, assistant and need.
    times
        How much of each kind of need starts when, where it is any.
    """

    value: float
    prices: list[list[Any]]
    pairs: dict[tuple[str, str], float]
    days: dict[tuple[str, str, str], dict[Kind, float]]
    times: dict[Kind, dict[int, float]]


class _Rows:
    """Gathers the entries of named rows."""

    def __init__(self) -> None:
        self.number: dict[tuple[Any, ...], int] = {}
        self.entries: list[tuple[int, int, float]] = []

    def add(self, row: tuple[Any, ...], column: int, value: float) -> None:
        self.entries.append((self.number.setdefault(row, len(self.number)), column, value))


class Relaxation:
    """All plans of a part, as columns from 0 on and rows between them."""

    def __init__(self, case: Case, part: Part) -> None:
        self.case, self.rows, self.value = case, _Rows(), list[float]()
        weights = {name: client.get("weight", 1) for name, client in case.clients.items()}
        self.missing = -_MISSING * (1 + sum(weights.values()))
        self.upper: dict[tuple[Any, ...], float] = {}
        self.equal: set[tuple[Any, ...]] = set()
        self.pairs: dict[tuple[str, str], int] = {}
        self.days: dict[tuple[str, str, str, Kind], int] = {}
        self.times: dict[tuple[Kind, int], int] = {}
        for client, options in part.options.items():
            self._client(client, part)
            for assistant, needs in options.items():
                if all(need.starts for need in needs):
                    pair = self.pairs[client, assistant] = self._column(weights[client])
                    self.rows.add(("client", client), pair, 1.0)
                    self._limited(("clients", assistant), pair, 1.0)
                    for need in needs:
                        self._need(client, assistant, need.id, need.minutes, need.starts, pair)

    def _column(self, value: float) -> int:
        self.value.append(value)
        return len(self.value) - 1

    def _limited(self, row: tuple[Any, ...], column: int, value: float) -> None:
        if row in self.case.limits:
            self.upper[row] = self.case.limits[row]
            self.rows.add(row, column, value)

    def _client(self, client: str, part: Part) -> None:
        row = ("client", client)
        self.upper[row] = 1.0
        if client in part.must:
            self.equal.add(row)
            self.rows.add(row, self._column(self.missing), 1.0)

    def _need(
        self, client: str, assistant: str, need: str, minutes: int, starts: tuple[int, ...], pair: int
    ) -> None:
        by_day: dict[str, list[int]] = defaultdict(list)
        for start in starts:
            by_day[self.case.day_of[start]].append(start)
        essential = ("need", client, assistant, need)
        self.equal.add(essential)
        self.upper[essential] = 0.0
        self.rows.add(essential, pair, -1.0)
        crowded = self._crowded(client)
        for day, listed in by_day.items():
            kind = (assistant, minutes, day, tuple(listed))
            column = self.days[client, assistant, need, kind] = self._column(0.0)
            self.rows.add(essential, column, 1.0)
            if crowded:
                row = ("client-day", client, assistant, day)
                if row not in self.upper:
                    self.upper[row] = 0.0
                    self.rows.add(row, pair, -float(self.case.clients[client].get("max_per_day", 1)))
                self.rows.add(row, column, 1.0)
            self._limited(("day", assistant, day), column, minutes)
            self._limited(("week", assistant, self.case.week_of[listed[0]]), column, minutes)
            self._kind(kind)
            self.rows.add(("kind", kind), column, -1.0)

    def _crowded(self, client: str) -> bool:
        one = self.case.clients[client]
        return len(one["needs"]) > int(one.get("max_per_day", 1))

    def _kind(self, kind: Kind) -> None:
        row = ("kind", kind)
        if row in self.upper:
            return
        self.upper[row] = 0.0
        self.equal.add(row)
        assistant, minutes, _, starts = kind
        for start in starts:
            column = self.times[kind, start] = self._column(0.0)
            self.rows.add(row, column, 1.0)
            for used, much in self.case.uses(assistant, minutes, start):
                if used[0] == "slot":
                    self._limited(used, column, much)

    def solve(self, seconds: float) -> Relaxed | None:
        """Return an optimal point and its prices, or None where time was up."""
        if not self.value:
            return Relaxed(0.0, [], {}, {}, {})
        if seconds <= 0:
            return None
        solver = highspy._core._Highs()  # without the greeting of its subclass, which goes to standard output
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("time_limit", seconds)
        if len(self.value) > _LARGE:
            solver.setOptionValue("solver", "ipm")
            solver.setOptionValue("run_crossover", "off")
        solver.passModel(self._model())
        solver.run()
        status = highspy.HighsModelStatus
        if solver.getModelStatus() not in (status.kOptimal, status.kUnknown):
            return None
        found = solver.getSolution()
        return self._read(np.array(found.col_value), -np.array(found.row_dual))

    def _model(self) -> Any:
        row, column, value = (np.array(part) for part in zip(*self.rows.entries, strict=True))
        order = np.argsort(row, kind="stable")
        names = list(self.rows.number)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.value), len(names)
        lp.col_cost_ = -np.array(self.value)
        # The rows keep every column at or below 1; a limit of its own would take a part of their prices.
        lp.col_lower_ = np.zeros(len(self.value))
        lp.col_upper_ = np.full(len(self.value), highspy.kHighsInf)
        lp.row_upper_ = np.array([self.upper[name] for name in names], dtype=np.float64)
        lp.row_lower_ = np.where([name in self.equal for name in names], lp.row_upper_, -np.inf)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
        lp.a_matrix_.start_ = np.searchsorted(row[order], np.arange(len(names) + 1)).astype(np.int32)
        lp.a_matrix_.index_ = column[order].astype(np.int32)
        lp.a_matrix_.value_ = value[order].astype(np.float64)
        return lp

    def _read(self, point: npt.NDArray[np.float64], price: npt.NDArray[np.float64]) -> Relaxed:
        prices = []
        for name, number in self.rows.number.items():
            if name[0] not in ("client", "need", "kind"):
                whole = round(float(price[number]) * SCALE)
                if whole > 0:
                    prices.append([*name, whole])
        days: dict[tuple[str, str, str], dict[Kind, float]] = defaultdict(dict)
        for (client, assistant, need, kind), column in self.days.items():
            if point[column] > 0:
                days[client, assistant, need][kind] = float(point[column])
        times: dict[Kind, dict[int, float]] = defaultdict(dict)
        for (kind, start), column in self.times.items():
            if point[column] > 0:
                times[kind][start] = float(point[column])
        pairs = {pair: float(point[column]) for pair, column in self.pairs.items() if point[column] > 0}
        return Relaxed(float(np.dot(point, self.value)), prices, pairs, days, times)
