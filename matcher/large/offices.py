"""A large round whose offices are nearly apart, proven office by office.

Few clients could be served by two offices. What such a client counts in the plan at hand is their price,
which every office pays for them: no plan is worth more than these prices and the best of each office
alone (Lagrangian relaxation: Fisher, "The Lagrangian relaxation method for solving integer programming
problems", Management Science 27 (1981)). A plan that is worth as much is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from matcher.branch_price import Best, Search, total
from matcher.bundling import Bundling, Node
from matcher.candidates import Candidates
from matcher.clock import Clock
from matcher.highs import UndecidedError
from matcher.levels import Held, Objective
from matcher.master import Bundle
from matcher.model import Model
from matcher.rows import Bools, Floats, Ints

# Assistants belong together who share so much of the clients of the one who could serve fewer.
_SHARED = 0.35
# An office of more pairs takes too long to prove.
_MOST = 1_500
# The places of the levels of a search: what an office counts at prices, and without them.
_PRICED, _WHOLE = 0, 1


def offices_of(table: Candidates) -> list[Ints]:
    """Part the pairs by offices; nothing where there is only one, or one too large."""
    of_pair = labels(table)[table.assistant]
    every = [np.flatnonzero(of_pair == one) for one in np.unique(of_pair)]
    return every if len(every) > 1 and max(map(len, every)) <= _MOST else []


def labels(table: Candidates) -> Ints:
    """Number the assistants by their offices: shape (assistants,)."""
    meets = np.zeros((len(table.clients), len(table.assistants)), dtype=np.float32)
    meets[table.client, table.assistant] = 1.0
    shared = meets.T @ meets
    near = shared >= _SHARED * np.minimum.outer(np.diag(shared), np.diag(shared))
    near &= shared > 0.0
    label = np.arange(len(near))
    while True:
        least = np.where(near, label, len(label)).min(axis=1, initial=len(label))
        if np.all(least >= label):
            return label
        label = np.minimum(label, least)


@dataclass(frozen=True)
class Proof:
    """The pairs of a plan as good as the one at hand or better, and a bound.

    Attributes
    ----------
    columns
        Of the assistants in offices that do better: what they do, as the model numbers it.
    """

    pairs: Ints
    columns: Ints
    bound: int


@dataclass(frozen=True)
class Offices:
    """The offices of a round, and a level that only pairs and numbers of clients count for.

    Attributes
    ----------
    own
        The pairs of each office, ascending.
    clock
        When it is to end.
    """

    model: Model
    own: Sequence[Ints]
    level: Objective
    held: Held
    clock: Clock

    def proven(self, pairs: Ints, most: int) -> Proof:
        """Prove a plan that keeps to the pins, or better it, as far as the clock allows.

        Parameters
        ----------
        pairs
            Those of the plan.
        most
            A bound that is known.
        """
        price, constant = self._prices(pairs), self.level.constant
        plan, better = np.sort(pairs), [np.zeros(0, dtype=np.int64)]
        bound = constant + round(float(price.sum()))
        for n, own in enumerate(self.own):
            if self.clock.is_over():
                bound = most
                break
            clock = self.clock.sooner(self.clock.left * (1 - _share(len(self.own) - n)))
            with ThreadPoolExecutor(clock.workers) as pool:
                office = self._office(own, price, clock, pool)
                alone, found = office.best(np.intersect1d(plan, own), np.setdiff1d(plan, own))
                bound += alone
                if found is not None:
                    plan = np.union1d(np.setdiff1d(plan, own), office.pairs_of(found))
                    better.append(office.part.columns_of(found, self.held.columns))
        return Proof(plan, np.concatenate(better), min(most, bound))

    def _prices(self, pairs: Ints) -> Floats:
        """Return what clients whom several offices could serve count in a plan: shape (clients,)."""
        table = self.model.table
        offices = np.zeros(len(table.clients), dtype=np.int64)
        for own in self.own:
            offices[np.unique(table.client[own])] += 1
        price = np.zeros(len(offices))
        price[table.client[pairs]] = np.maximum(self.level.value[pairs], 0.0)
        return np.where(offices > 1, price, 0.0)

    def _office(self, own: Ints, price: Floats, clock: Clock, pool: Executor) -> _Office:
        value = self.level.value.copy()
        value[own] -= price[self.model.table.client[own]]
        levels = replace(self.level, value=value), self.level
        part = Bundling(self.model, own, tuple(self.held.starts.tolist()), levels, clock, pool)
        return _Office(part, self.held.pairs)


@dataclass(frozen=True)
class _Office:
    """One office: its part of the round, at prices and without them."""

    part: Bundling
    pinned: Ints

    def best(self, mine: Ints, others: Ints) -> tuple[int, list[Bundle] | None]:
        """Bound what it counts at prices, and return what it does better than now without, if it can.

        Parameters
        ----------
        mine, others
            The pairs of a plan, here and elsewhere.
        """
        part, now = self.part, self.part.chosen(mine)
        root = part.root(self.pinned)
        priced = self._search(_PRICED, root, now)
        found = best_of(priced)
        if found.value == total(now, _PRICED):
            return found.bound, None
        clients = self.part.model.table.client
        taken: Bools = np.isin(clients[part.pairs], clients[others])
        free = self._search(_WHOLE, Node(root.closed | taken, root.forced), now)
        free.begin(priced.known())
        better = best_of(free)
        return found.bound, better.bundles if better.value > total(now, _WHOLE) else None

    def _search(self, level: int, root: Node, now: list[Bundle]) -> Search:
        return Search(self.part, level, (), root, now, lambda *_: None)

    def pairs_of(self, bundles: Sequence[Bundle]) -> Ints:
        """Return the pairs of some bundles, ascending."""
        return np.sort(np.concatenate([self.part.pairs[bundle.pairs] for bundle in bundles]))


def best_of(search: Search) -> Best:
    """Search; where numbers fail, keep what was found."""
    try:
        return search.run()
    except UndecidedError:
        return Best(search.best, search.value, search.trivial())


def _share(open_: int) -> float:
    """Return what share of the seconds left the next of some offices may take; the last has them all."""
    return 2.0 / (1 + open_)
