"""Assistants who run short, and with them what limits the first level of a large round.

Of the clients whom these alone could serve, no plan serves more than they could if they had nobody else,
and of all other clients none serves more than everybody (a bound as of Hall, "On representatives of
subsets", Journal of the London Mathematical Society 10 (1935), that knows when people can meet). Where
that is what a plan comes to, it is proven, and most of the round was never looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.branch_price import Search, total
from matcher.bundling import Bundling
from matcher.clock import Clock
from matcher.large.offices import best_of
from matcher.levels import Held, Objective
from matcher.model import Model
from matcher.rows import Bools, Floats, Ints

# Assistants with more pairs that are theirs alone take too long to prove.
_MOST = 1_500
_PAYS = 1e-6


@dataclass(frozen=True)
class Shortage:
    """What assistants who run short can do for those whom they alone could serve.

    Attributes
    ----------
    clients
        Whom they alone could serve: shape (clients,).
    columns
        By which they serve these better than in the plan at hand, as the model numbers them, if they can.
    bound
        Of the level, over the whole round.
    known
        The pairs of bundles that are worth to begin with, if more assistants run short.
    """

    clients: Bools
    columns: Ints
    bound: int
    known: Sequence[Ints] = ()


@dataclass(frozen=True)
class Scarce:
    """A round, and a level that only pairs count for.

    Attributes
    ----------
    clock
        When it is to end.
    """

    model: Model
    level: Objective
    held: Held
    clock: Clock

    @cached_property
    def _worth(self) -> Floats:
        """What each client counts at most: shape (clients,)."""
        worth = np.zeros(len(self.model.table.clients))
        np.maximum.at(worth, self.model.table.client, self.level.value[: self.model.pairs])
        return worth

    def short(self, price: Floats) -> Bools:
        """Tell which assistants somebody would pay for, at some prices of clients: shape (assistants,)."""
        table = self.model.table
        pays = self.level.value[: self.model.pairs] > price[table.client] + _PAYS
        return self._of(pays)

    def _of(self, pairs: Bools | Ints) -> Bools:
        """Mark the assistants of some pairs."""
        marked = np.zeros(len(self.model.table.assistants), dtype=np.bool_)
        marked[self.model.table.assistant[pairs]] = True
        return marked

    def solved(self, short: Bools, pairs: Ints, known: Sequence[Ints] = ()) -> Shortage | None:
        """Let the assistants who run short do their best; None where that takes too long.

        Parameters
        ----------
        pairs
            Those of a plan that keeps to the pins.
        known
            The pairs of bundles of clients whom they alone could serve.
        """
        table = self.model.table
        others = np.zeros(len(table.clients), dtype=np.bool_)
        others[table.client[~short[table.assistant]]] = True
        own = np.flatnonzero(~others[table.client])
        bound = self.level.constant + round(float(self._worth[others].sum()))
        nothing = np.zeros(0, dtype=np.int64)
        if not len(own):
            return Shortage(~others, nothing, bound)
        if len(own) > _MOST:
            return None
        with ThreadPoolExecutor(self.clock.workers) as pool:
            starts = tuple(self.held.starts.tolist())
            part = Bundling(self.model, own, starts, (self.level,), self.clock, pool)
            now = part.chosen(np.intersect1d(pairs, own))
            search = Search(part, 0, (), part.root(self.held.pairs), now, lambda *_: None)
            search.begin(([bundle for some in known for bundle in part.chosen(some)], ()))
            best = best_of(search)
            is_better = best.value > total(now, 0)
            columns = part.columns_of(best.bundles, self.held.columns) if is_better else nothing
        seen = [part.pairs[bundle.pairs] for bundle in search.known()[0]]
        return Shortage(~others, columns, bound + best.bound, seen)

    def grown(self, short: Bools, pairs: Ints) -> Bools:
        """Add assistants to those who run short, where a plan leaves somebody out in spite of the bound.

        They are those who could serve whoever is left out; or else those who could serve the clients whom
        these serve instead.
        """
        table = self.model.table
        served = np.zeros(len(table.clients), dtype=np.bool_)
        served[table.client[pairs]] = True
        near = self._of(~served[table.client])
        if np.all(short[near]):
            instead = np.zeros_like(served)
            instead[table.client[pairs[near[table.assistant[pairs]]]]] = True
            near = self._of(instead[table.client] & ~np.isin(table.client, self._alone(short)))
        return short | near

    def _alone(self, short: Bools) -> Ints:
        table = self.model.table
        return np.setdiff1d(table.client, table.client[~short[table.assistant]])
