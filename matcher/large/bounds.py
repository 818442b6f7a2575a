"""What no plan can beat, by a linear program over pairs alone; of very many pairs, by prices alone.

Clients have one assistant at most, and assistants as many clients and slots as they have; when those
meet is left out. On `served` it is hardly weaker than the program over all times, at a hundredth of the cost.
From its prices, those of bundles go on, which know when each assistant could meet whom.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from matcher.candidates import Candidates
from matcher.highs import Limits, relax
from matcher.large.book import OF_PAIRS, Book
from matcher.large.bundled import Bundled, Goal
from matcher.large.columns import Prices
from matcher.large.prices import priced
from matcher.program import Program, dual_bound
from matcher.rows import Bools, Floats, Ints, Rows, dense_row, family

# What a bound computed in floating point may be short of the true one.
_SAFETY = 1e-4
# Of more pairs only the first level is bounded, by prices: programs take longer than the search.
MOST_BOUNDED = 60_000
# Of higher prices, what floating point loses would not be nothing.
_STEEPEST = 1e4
# Seconds that it may take for each pair to find out what each assistant's time allows.
_DESK = 1.5e-4


@dataclass(frozen=True)
class Sum:
    """A sum of levels, none of which is ever negative, that no plan beats.

    Attributes
    ----------
    weights
        What a unit of each level counts.
    pairs, worth, most
        What some pairs count, and a bound on the sum of that, which is why.
    """

    weights: Mapping[int, int]
    bound: int
    pairs: Ints
    worth: Floats
    most: int


@dataclass(frozen=True)
class Bounds:
    """What limits pairs, and what each level counts at most for them."""

    table: Candidates
    book: Book
    workers: int = 1

    @cached_property
    def further(self) -> Ints:
        """Whose the column of each further client is."""
        room = self.book.assistants["room"][:-1]
        return np.repeat(np.arange(len(room)), room)

    @cached_property
    def program(self) -> Program:
        """The program over pairs and further clients."""
        table, pairs, further = self.table, len(self.table), self.further
        work = self.book.clients["work"][table.client] * 1.0
        week_slots = self.book.week_slots.sum(axis=1) * 1.0
        rows = reduce(Rows.joined, (
            family(table.client, np.arange(pairs), 1.0, rule=0, upper=1.0),
            family(table.assistant, np.arange(pairs), work, rule=3, upper=week_slots),
            family(
                np.concatenate([table.assistant, further]), np.arange(pairs + len(further)),
                np.concatenate([np.ones(pairs), np.full(len(further), -1.0)]), rule=5, lower=0.0, upper=0.0,
            ),
        ))
        return Program(np.arange(pairs + len(further)), rows, np.zeros(0, dtype=np.int64))

    @cached_property
    def constant(self) -> tuple[int, ...]:
        """For every level of the policy what does not depend on the plan."""
        before = -int((self.book.assistants["caseload"] ** 2).sum())
        return tuple(before if level == "balance" else 0 for level in self._levels)

    @property
    def _levels(self) -> tuple[str, ...]:
        return self.table.round.policy.levels

    def level(self, n: int, reached: list[int], limits: Limits) -> int:
        """Bound a level over the plans that are at least as good at the levels before as `reached`."""
        return self._relaxed(n, reached, limits)[0]

    def closer(
        self, n: int, reached: list[int], plans: Sequence[Ints], enough: int, limits: Limits,
        left: Callable[[], float],
    ) -> int:
        """Bound a level as `level` does, and then by bundles, while there are seconds left.

        Parameters
        ----------
        plans
            The pairs of plans whose bundles are worth beginning with; without any, the prices stay.
        enough
            A bound below which none is needed.
        """
        bound, price = self._relaxed(n, reached, limits)
        if price is None or bound <= enough or left() < _DESK * len(self.table):
            return bound
        if np.abs(price).max(initial=0.0) > _STEEPEST:
            return bound
        rows, pairs, client = self.program.rows, len(self.table), self._of_clients(price)
        _, before, paid = np.split(price, [rows.count, rows.count + len(self._before(n))])
        value = np.array([self._value(k) for k in [*self._before(n), n]])
        sold = 0.0
        for one, cost in zip(self.sums, np.maximum(paid, 0.0).tolist(), strict=True):
            value[-1, one.pairs] -= cost * one.worth
            sold += cost * one.most
        goal = Goal(
            np.ascontiguousarray(value[:, :pairs]), np.ascontiguousarray(value[:, pairs:]),
            np.array([reached[k] - self.constant[k] for k in self._before(n)], dtype=np.float64),
        )
        constant = self.constant[n] + sold
        lower = self.bundled.bound(
            goal, Prices(client, np.maximum(-before, 0.0)), plans, math.floor(enough - constant), left,
        )
        return bound if lower == math.inf else min(bound, math.floor(constant + lower + _SAFETY))

    def client_prices(self, weights: Mapping[int, int], limits: Limits) -> Floats | None:
        """Return what each client costs at prices that bound a sum of levels; None if there are none."""
        value = np.sum([weight * self._value(n) for n, weight in weights.items()], axis=0)
        relaxed = relax(self.program, value, limits)
        return None if relaxed is None else self._of_clients(relaxed.price)

    @cached_property
    def sums(self) -> list[Sum]:
        """Sums of levels that are bounded."""
        return []

    def by_sums(self, n: int, reached: Sequence[int]) -> int:
        """Bound a level by sums, over the plans that are at least as good before as `reached`."""
        most = [
            (one.bound - sum(weight * reached[k] for k, weight in one.weights.items() if k < n))
            // one.weights[n]
            for one in self.sums if n in one.weights
        ]
        return min([self.trivial(n), *most])

    def _of_clients(self, price: Floats) -> Floats:
        rows, client = self.program.rows, np.zeros(len(self.table.clients))
        client[np.unique(self.table.client)] = np.maximum(price[: rows.count][rows.rule == 0], 0.0)
        return client

    def prepare(self, left: Callable[[], float]) -> None:
        """Make ready what `closer` needs, where there is time for it."""
        if left() >= _DESK * len(self.table):
            self.bundled.prepare(left)

    @cached_property
    def bundled(self) -> Bundled:
        """Who could serve whom together."""
        return Bundled(self.table, self.further, self.workers)

    def _before(self, n: int) -> list[int]:
        """Return the levels before one that count anything for pairs."""
        return [k for k in range(n) if self._value(k).any()]

    def _relaxed(self, n: int, reached: list[int], limits: Limits) -> tuple[int, Floats | None]:
        """Return a bound and the prices that prove it: of the rows, the levels before and sums."""
        value, rows = self._value(n), self.program.rows
        trivial = self.by_sums(n, reached)
        if not value.any():
            return trivial, None
        for k in self._before(n):
            rows = rows.joined(dense_row(self._value(k), float(reached[k] - self.constant[k]), math.inf, -1))
        for one in self.sums:
            worth = np.zeros(len(value))
            worth[one.pairs] = one.worth
            rows = rows.joined(dense_row(worth, -math.inf, float(one.most), -1))
        program = Program(self.program.column, rows, self.program.chosen)
        relaxed = relax(program, value, limits)
        if relaxed is None:
            return trivial, None
        bound, _ = dual_bound(program, value, relaxed.price)
        return min(trivial, self.constant[n] + math.floor(bound + _SAFETY)), relaxed.price

    def quickly(self, n: int, left: Callable[[], float]) -> int:
        """Bound a level over all plans by prices, in time and memory for any number of pairs."""
        level, book = self._levels[n], self.book
        if level in ("balance", "stability"):
            return self.trivial(n)
        own = self._own(level)
        worth = np.zeros(len(self.table.clients)) if own is None else own.astype(np.float64)
        bound = priced(book, worth, OF_PAIRS.index(level) if level in OF_PAIRS else -1, left)
        return min(self.trivial(n), self.constant[n] + math.floor(bound + _SAFETY))

    def trivial(self, n: int) -> int:
        """Bound a level by what each client could add alone."""
        level, first = self._levels[n], self.book.clients["first_pair"]
        some = np.flatnonzero(np.diff(first))
        if level == "balance" or not len(some):
            return self.constant[n]
        own = self._own(level)
        most = own[some] if own is not None else np.maximum.reduceat(self._of_pairs(level), first[some])
        return self.constant[n] + int(np.maximum(most, 0).sum(dtype=np.int64))

    def _value(self, n: int) -> Floats:
        """Return what a level counts at most for each column; made anew each time, for it is long."""
        level, pairs = self._levels[n], len(self.table)
        out = np.zeros(pairs + len(self.further))
        if level == "balance":
            room = self.book.assistants["room"][:-1]
            rank = np.arange(len(self.further)) - np.repeat(np.cumsum(room) - room, room)
            out[pairs:] = -(2 * (self.book.assistants["caseload"][self.further] + rank) + 1)
        else:
            own = self._own(level)
            out[:pairs] = self._of_pairs(level) if own is None else own[self.table.client]
        return out

    def _own(self, level: str) -> Ints | None:
        """Return what a level counts at most for each client, if it does not matter who helps."""
        if level == "served":
            weight: Ints = self.book.clients["weight"][:-1]
            return weight
        if level in ("extras", "early") and len(self.table) > MOST_BOUNDED:
            return _alone(self.book, level)
        return None

    def _of_pairs(self, level: str) -> Ints:
        """Return what a level counts at most for each pair, where that matters."""
        table, pairs = self.table, len(self.table)
        if level in OF_PAIRS:
            return table.points[level]
        if level == "stability":
            return np.bincount(self.book.keeps["pair"], minlength=pairs)
        optional = table.columns.need_optional[table.row_need]
        on_day: Bools = np.asarray(table.masks.any(axis=2))
        if level == "extras":
            of_rows = optional & on_day.any(axis=1)
        else:
            of_rows = -np.where(optional, 0, on_day.argmax(axis=1))
        return np.bincount(table.row_pair, of_rows, pairs).astype(np.int64)


def _alone(book: Book, level: str) -> Ints:
    """Return what a client's own days leave of `extras` or `early`, whoever helps: shape (clients,)."""
    days, optional = np.bitwise_or.reduce(book.need_days, axis=1), book.needs["optional"][:-1] > 0
    if level == "extras":
        each = optional & (days > 0)
    else:
        # The place of the lowest bit: all bits below it.
        first = np.bitwise_count((days & -days) - np.uint64(1)).astype(np.int64)
        each = -np.where(optional | (days == 0), 0, first)
    out: Ints = np.bincount(book.needs["client"][:-1], each, len(book.clients) - 1).astype(np.int64)
    return out
