"""The first levels of a large round, as far as only pairs count for them, proven by those who run short.

The first level is proven alone, then with the second, then all of them: as one sum, in which a unit of a
level is worth more than what is exchanged for it on the next. What no plan's sum beats bounds each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from matcher.appointments import pairs_of
from matcher.clock import Clock
from matcher.large.book import RATIO
from matcher.large.bounds import Bounds, Sum
from matcher.large.scarce import Scarce, Shortage
from matcher.large.search import Search
from matcher.large.writing import pairs_found
from matcher.levels import Objective, objectives, pins_of
from matcher.model import Model
from matcher.plan_parts import Pair
from matcher.rows import Ints


@dataclass(frozen=True)
class Ladder:
    """A round with a plan, and how another plan is begun.

    Attributes
    ----------
    values
        Tells the levels' values in a search's best plan.
    known
        The pairs of bundles that were worth something.
    """

    limit: Bounds
    begun: Callable[[Sequence[Pair]], Search]
    values: Callable[[Search], list[int]]
    known: list[Ints] = field(default_factory=list)

    @cached_property
    def _model(self) -> Model:
        return self.limit.bundled.model

    @cached_property
    def _levels(self) -> tuple[Objective, ...]:
        return objectives(self._model)

    @cached_property
    def counting(self) -> list[int]:
        """The first levels, as far as only pairs count for them, and do so at all."""
        out = []
        for n, level in enumerate(self._levels):
            if level.value[self._model.pairs :].any() or (level.value < 0.0).any() or level.constant:
                break
            if level.value.any():
                out.append(n)
        return out

    def proven(self, search: Search, count: int, clock: Clock) -> Search:
        """Prove the sum of so many levels that count; go on from a plan that is better, if one is found.

        While a plan does not reach the bound, more assistants are taken for short.
        """
        some = self.counting[:count]
        weights = {n: RATIO ** (len(some) - 1 - k) for k, n in enumerate(some)}
        value = np.sum([weight * self._levels[n].value for n, weight in weights.items()], axis=0)
        price = self.limit.client_prices(weights, clock.limits(None))
        if price is None:
            return search
        scarce = Scarce(self._model, Objective("", value, 0), pins_of(self._model), clock)
        short = scarce.short(price)
        while not clock.is_over():
            found = scarce.solved(short, _pairs(search), self.known)
            if found is None:
                break
            self.known[:] = found.known
            self.limit.sums.append(Sum(weights, found.bound, found.own, found.worth, found.best))
            if scarce.level.of(_pairs(search)) == found.bound:
                break
            last = _pairs(search)
            if len(found.columns):
                other = self._entered(scarce, search, found, count)
                last = _pairs(other)
                if self.values(search) > self.values(other):
                    # What was best stays so; the search goes on from what is best for those who run short.
                    other.best = search.best
                search = other
                if scarce.level.of(last) == found.bound:
                    break
            more = (scarce.grown(short, pairs) for pairs in (last, _pairs(search)))
            grown = next((some for some in more if not np.array_equal(some, short)), None)
            if grown is None:
                break
            short = grown
        return search

    def _entered(self, scarce: Scarce, search: Search, found: Shortage, count: int) -> Search:
        """Enter what those who run short do better, fit the others in around it, and cool down."""
        table = self._model.table
        changed = pairs_of(self._model, found.columns)
        theirs = {pair.client for pair in changed}
        theirs |= {table.clients[client].id for client in np.flatnonzero(found.clients).tolist()}
        same = [pair for pair in pairs_found(table, search.best) if pair.client not in theirs]
        other = self.begun([*changed, *same])
        other.left = lambda: 0.0 if scarce.level.of(_pairs(other)) >= found.bound else search.left()
        other.closely(count)
        other.left = search.left
        return other


def _pairs(search: Search) -> Ints:
    return search.best.pair[search.best.pair >= 0]
