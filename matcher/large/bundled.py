"""What no plan can beat, by the best bundles at some prices: lower than by pairs alone.

Whatever the prices of clients and of the levels reached are, no plan is worth more than all that they
fetch, and the best set of clients that each assistant could serve at them (weak duality). Low bounds are
found by column generation, at prices held back towards the best so far: Wentges, "Weighted Dantzig-Wolfe
decomposition for linear mixed-integer programming", International Transactions in Operational Research 4
(1997).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from matcher.bundles import best_bundles
from matcher.candidates import Candidates
from matcher.desk import Desk, desk, reaches_midnight
from matcher.highs import UndecidedError
from matcher.large.columns import Column, Columns, Prices
from matcher.model import Model, build
from matcher.placing import Memory, memory
from matcher.rows import Floats, Ints

# Turns of a descent, and how near its prices stay to the best so far, ever less where that brings nothing.
_TURNS, _NEAR = 80, (0.9, 0.6, 0.3, 0.0)
# What is worth another turn.
_BETTER = 0.01
# Steps of a search at a desk, and how many bundles it shows.
_STEPS, _ROOM = 2_000, 8


@dataclass(frozen=True)
class Goal:
    """A level to be bounded over plans that are at least as good before.

    Attributes
    ----------
    value
        What each pair counts at most on the levels before and, last, on this one: shape (levels, pairs).
    further
        What each further client of each assistant counts there: shape (levels, further clients).
    least
        What is reached on the levels before: shape (levels - 1,).
    """

    value: Floats
    further: Floats
    least: Floats


@dataclass(frozen=True)
class Bundled:
    """Who could serve whom together.

    Attributes
    ----------
    whose
        Whose the further clients of a goal are, ascending.
    workers
        At how many desks to search at a time; what is found does not depend on it.
    """

    table: Candidates
    whose: Ints
    workers: int

    @cached_property
    def own(self) -> list[Ints]:
        """The pairs of each assistant who has any."""
        return self._by_assistant(np.arange(len(self.table)))

    def _by_assistant(self, pairs: Ints) -> list[Ints]:
        """Part some pairs, given in ascending order, by their assistants."""
        order = pairs[np.argsort(self.table.assistant[pairs], kind="stable")]
        every = np.split(order, np.flatnonzero(np.diff(self.table.assistant[order])) + 1)
        return [own for own in every if len(own)]

    @cached_property
    def model(self) -> Model:
        """The model of the round."""
        return build(self.table)

    @cached_property
    def _desks(self) -> list[Desk]:
        return []

    def prepare(self, left: Callable[[], float]) -> bool:
        """Find out what each assistant's time allows; tell whether there was time for all."""
        for own in self.own[len(self._desks) :]:
            if left() <= 0.0:
                return False
            self._desks.append(desk(self.model, int(self.table.assistant[own[0]]), own, ()))
        return True

    @cached_property
    def _known(self) -> list[Memory]:
        return [memory(here) for here in self._desks]

    def bound(
        self, goal: Goal, prices: Prices, plans: Sequence[Ints], enough: int, left: Callable[[], float]
    ) -> float:
        """Bound a level, from some prices downwards; infinity where there is no time for it.

        Parameters
        ----------
        plans
            The pairs of plans whose bundles are worth beginning with; without any, the prices stay.
        enough
            A bound below which none is needed.
        """
        # Where buffers reach over midnight, days depend on each other, as desks take them not to.
        if not self.own or not self.prepare(left) or reaches_midnight(self.model):
            return math.inf
        with ThreadPoolExecutor(self.workers) as pool:
            ask = partial(self._ask, pool, goal, left)
            if not plans:
                return ask(prices)[0]
            return self._descended(goal, prices, plans, enough, ask, left)

    def _descended(
        self, goal: Goal, prices: Prices, plans: Sequence[Ints], enough: int,
        ask: Callable[[Prices], tuple[float, list[Column]]], left: Callable[[], float],
    ) -> float:
        """Return the lowest bound found in so many turns."""
        best, found = ask(prices)
        master = Columns(len(self.table.clients), len(self.table.assistants), goal.least)
        master.add(found)
        for plan in plans:
            master.add([self._column(goal, pairs) for pairs in self._by_assistant(plan)])
        center, least = prices, enough
        for _ in range(_TURNS):
            if best < least + 1 or left() <= 0.0:
                break
            try:
                worth, price = master.solve(left())
            except UndecidedError:
                break
            # What bundles known are worth, no prices get below.
            least = max(enough, math.floor(worth))
            for near in _NEAR:
                tried = price.towards(center, near)
                bound, found = ask(tried)
                paid, is_better = master.add(found), bound < best - _BETTER
                if bound < best:
                    best, center = bound, tried
                if paid or is_better:
                    break
            else:
                break
        return best

    def _ask(
        self, pool: ThreadPoolExecutor, goal: Goal, left: Callable[[], float], prices: Prices
    ) -> tuple[float, list[Column]]:
        """Return the bound at some prices, and the best bundles; nothing where time is up meanwhile."""
        level = np.append(prices.level, 1.0)
        price = level @ goal.value - prices.client[self.table.client]
        further = level @ goal.further

        def look(n: int) -> tuple[float, list[Ints]]:
            if left() <= 0.0:
                return math.inf, []
            here, own = self._desks[n], self.own[n]
            mine = further[self.whose == self.table.assistant[own[0]]]
            nobody = np.zeros(len(own) + 1, dtype=np.int64)
            found = np.zeros((_ROOM, max(1, here.most)), dtype=np.int64)
            size, value = np.zeros(_ROOM, dtype=np.int64), np.zeros(_ROOM)
            count, bound, _ = best_bundles(
                here, price[own], np.append(mine, 0.0)[: here.most + 1], 0.0, False, _STEPS, nobody,
                nobody[:0], value[:0], self._known[n], found, size, value,
            )
            return bound, [own[np.sort(found[k, : size[k]])] for k in range(min(count, _ROOM))]

        seen = list(pool.map(look, range(len(self.own))))
        columns = [self._column(goal, pairs) for _, some in seen for pairs in some]
        rest = float(prices.client.sum() - prices.level @ goal.least)
        return rest + sum(bound for bound, _ in seen), columns

    def _column(self, goal: Goal, pairs: Ints) -> Column:
        assistant = int(self.table.assistant[pairs[0]])
        first = int(np.searchsorted(self.whose, assistant))
        value = goal.value[:, pairs].sum(axis=1) + goal.further[:, first : first + len(pairs)].sum(axis=1)
        return Column(assistant, self.table.client[pairs], value)
