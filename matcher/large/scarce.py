"""Assistants who run short, and with them what limits the first level of a large round.

Every client counts what they would at best with somebody else, and more only with these: no plan is worth
more than that and the most that these few can add (Lagrangian relaxation: Fisher, "The Lagrangian
relaxation method for solving integer programming problems", Management Science 27 (1981)). On `served`
it is the clients whom they alone could serve. Where that is what a plan comes to, it is proven, and most of
the round was never looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from matcher.branch_price import Search
from matcher.bundling import Bundling, Node
from matcher.clock import Clock
from matcher.large.knots import Knots, Share
from matcher.large.offices import best_of, labels
from matcher.levels import Held, Objective, pins_of
from matcher.model import Model
from matcher.rows import Bools, Floats, Ints

# Assistants with more pairs that are theirs alone take too long to prove; and groups with more of them.
_MOST, _LARGEST = 2_000, 1_500
_PAYS = 1e-6
# Where somebody counts more, a search over bundles might rather leave out whom it is forced to serve.
_DEAR = 100


@dataclass(frozen=True)
class Shortage:
    """What assistants who run short can do for those whom they alone could serve.

    Attributes
    ----------
    clients
        Whom they alone could serve: shape (clients,).
    own, worth
        Their pairs, and what each counts more than the client would elsewhere.
    best
        A bound on the sum of that.
    columns
        By which they do better than in the plan at hand, as the model numbers them, if they can.
    bound
        Of the level, over the whole round.
    known
        The pairs of bundles that are worth to begin with, if more assistants run short.
    """

    clients: Bools
    own: Ints
    worth: Floats
    best: int
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
        table, value = self.model.table, self.level.value[: self.model.pairs]
        elsewhere, others = np.zeros((2, len(table.clients)))
        away = ~short[table.assistant]
        np.maximum.at(elsewhere, table.client[away], value[away])
        others[table.client[away]] = 1.0
        worth = value - elsewhere[table.client]
        own = np.flatnonzero(~away & (worth > 0.0))
        bound, nothing = self.level.constant + round(float(elsewhere.sum())), np.zeros(0, dtype=np.int64)
        if len(own) > _MOST:
            return None
        now = np.intersect1d(pairs, own)
        knots = Knots(table, own, worth, now, partial(self._best, now, known), self.clock)
        groups = knots.groups(labels(table))
        if np.bincount(groups, minlength=1).max() > _LARGEST:
            return None
        best = knots.solved(groups)
        is_better = worth[best.pairs].sum() > worth[now].sum() + _PAYS
        columns = self._columns(best.pairs) if is_better else nothing
        return Shortage(
            others == 0.0, own, worth[own], best.bound, columns, bound + best.bound, best.known,
        )

    def _best(self, now: Ints, known: Sequence[Ints], own: Ints, worth: Floats, clock: Clock) -> Share:
        """Find the best of some pairs over bundles."""
        level = np.zeros_like(self.level.value)
        level[own] = worth[own]
        mine = np.zeros(self.model.pairs, dtype=np.bool_)
        mine[own] = True
        with ThreadPoolExecutor(clock.workers) as pool:
            part = self._part(own, level, clock, pool)
            search = Search(part, 0, (), self._root(part), part.chosen(now[mine[now]]), lambda *_: None)
            inside = (some[mine[some]] for some in known)
            search.begin(([bundle for some in inside for bundle in part.chosen(some)], ()))
            best = best_of(search)
        chosen, seen = (
            [part.pairs[bundle.pairs] for bundle in some] for some in (best.bundles, search.known()[0])
        )
        return Share(np.concatenate([now[:0], *chosen]), best.bound, seen)

    def _part(self, own: Ints, level: Floats, clock: Clock, pool: Executor) -> Bundling:
        starts = tuple(self.held.starts.tolist())
        return Bundling(self.model, own, starts, (replace(self.level, value=level),), clock, pool)

    def _root(self, part: Bundling) -> Node:
        """Close what pins leave no room for; force whom they name, where that cannot cost too much."""
        root = part.root(self.held.pairs)
        return root if self.level.value.max() <= _DEAR else replace(root, forced=root.forced[:0])

    def _columns(self, pairs: Ints) -> Ints:
        """Return columns by which assistants serve just these of their pairs."""
        with ThreadPoolExecutor(1) as pool:
            part = self._part(pairs, self.level.value, self.clock, pool)
            return part.columns_of(part.chosen(pairs), pins_of(self.model, pairs).columns)

    def grown(self, short: Bools, pairs: Ints) -> Bools:
        """Add assistants to those who run short, where a plan is worse than the bound.

        They are those with whom somebody would count more; or else, where they all run short, those who could
        serve the clients whom these serve instead.
        """
        table, value = self.model.table, self.level.value[: self.model.pairs]
        has = np.zeros(len(table.clients))
        has[table.client[pairs]] = value[pairs]
        near = self._of(value > has[table.client])
        if np.all(short[near]):
            instead = np.zeros(len(has), dtype=np.bool_)
            instead[table.client[pairs[near[table.assistant[pairs]]]]] = True
            near = self._of(instead[table.client] & ~np.isin(table.client, self._alone(short)))
        return short | near

    def _alone(self, short: Bools) -> Ints:
        table = self.model.table
        return np.setdiff1d(table.client, table.client[~short[table.assistant]])
