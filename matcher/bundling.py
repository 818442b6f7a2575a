"""A part of a round as bundles: who could serve whom together, and the best bundles at some prices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np

from matcher.block import best_in, block
from matcher.bundles import best_bundles, best_with
from matcher.clock import Clock
from matcher.desk import Desk, desk
from matcher.levels import Objective
from matcher.master import Bundle, Prices
from matcher.model import Model
from matcher.placing import Memory, memory
from matcher.program import Program
from matcher.rows import Bools, Floats, Ints

# Bundles of one assistant at one set of prices, and steps of a quick and of a thorough search.
_ROOM, _QUICK, _THOROUGH = 8, 20_000, 1_000_000
# What a thorough search and one by HiGHS cost, where a relaxation of the master costs 1.
_COST_THOROUGH, _COST_BRANCHED = 5.0, 10.0
# Bundles that are looked at one by one at most.
_MANY = 20_000
_LITTLE = 1e-7
# A price at which a closed pair never pays.
_CLOSED = -1e6


T = TypeVar("T")


@dataclass(frozen=True)
class Node:
    """A part of the tree: pairs that are closed, and clients who must be served.

    Attributes
    ----------
    closed
        Shape (pairs,).
    forced
        Places of clients, ascending.
    """

    closed: Bools
    forced: Ints


class _Own(NamedTuple):
    """Prices as they look from one desk; see `matcher.bundles.best_bundles`."""

    price: Floats
    count_price: Floats
    cut_begin: Ints
    cut: Ints
    cut_price: Floats
    threshold: float


class _Found(NamedTuple):
    bundles: list[Bundle]
    bound: float
    finished: bool


class Priced(NamedTuple):
    """New bundles, and a bound on the level over every choice of bundles.

    Attributes
    ----------
    effort
        What searches beyond the quick ones cost, where a relaxation of the master costs 1.
    """

    bundles: list[Bundle]
    bound: float
    effort: float


@dataclass(frozen=True)
class Bundling:
    """The assistants and clients of a part, by their places, and what pairs add to each level.

    Attributes
    ----------
    pairs
        The pairs that are not ruled out, ascending.
    pinned
        The starts that pins name.
    levels
        Levels that only pairs and numbers of clients count for.
    pool
        Threads that search at several desks at a time; what they find does not depend on how many.
    """

    model: Model
    pairs: Ints
    pinned: tuple[int, ...]
    levels: tuple[Objective, ...]
    clock: Clock
    pool: Executor

    @cached_property
    def clients(self) -> Ints:
        """The clients, ascending, as the table numbers them."""
        return np.unique(self.model.table.client[self.pairs])

    @cached_property
    def assistants(self) -> Ints:
        """The assistants, ascending, as the table numbers them."""
        return np.unique(self.model.table.assistant[self.pairs])

    @cached_property
    def client_of(self) -> Ints:
        """The place of each pair's client: shape (pairs,)."""
        return np.searchsorted(self.clients, self.model.table.client[self.pairs])

    @cached_property
    def assistant_of(self) -> Ints:
        """The place of each pair's assistant: shape (pairs,)."""
        return np.searchsorted(self.assistants, self.model.table.assistant[self.pairs])

    @cached_property
    def own(self) -> list[Ints]:
        """Places in `pairs` of each assistant's pairs."""
        return [np.flatnonzero(self.assistant_of == n) for n in range(len(self.assistants))]

    @cached_property
    def desks(self) -> list[Desk]:
        """Each assistant's own part."""
        return [
            desk(self.model, assistant, self.pairs[own], self.pinned)
            for assistant, own in zip(self.assistants.tolist(), self.own, strict=True)
        ]

    @cached_property
    def value(self) -> Floats:
        """What each pair adds to each level: shape (levels, pairs)."""
        return np.array([level.value[self.pairs] for level in self.levels])

    @cached_property
    def count_value(self) -> list[Floats]:
        """What each further client of each assistant adds: shape (levels, most + 1) each."""
        further = np.array([level.value[self.model.first_further :] for level in self.levels])
        last = np.zeros((len(self.levels), 1))
        return [
            np.hstack([further[:, self.model.further_assistant == assistant], last])[:, : own.most + 1]
            for assistant, own in zip(self.assistants.tolist(), self.desks, strict=True)
        ]

    @cached_property
    def _known(self) -> list[Memory]:
        return [memory(desk) for desk in self.desks]

    @cached_property
    def blocks(self) -> list[Program]:
        """What the model says about each assistant alone."""
        return [block(self.model, self.pairs[own], self.pinned) for own in self.own]

    def forget(self) -> None:
        """Forget which sets do not fit: how far a search comes in so many steps depends on it."""
        for known in self._known:
            known.refused[:] = 0
            known.days[:] = 0

    def bundle(self, assistant: int, members: Ints) -> Bundle:
        """Return the bundle of some of an assistant's own pairs, given by their places at the desk."""
        own = self.own[assistant][np.sort(members)]
        value = self.value[:, own].sum(axis=1) + self.count_value[assistant][:, : len(own)].sum(axis=1)
        return Bundle(assistant, self.client_of[own], own, value)

    def chosen(self, pairs: Ints) -> list[Bundle]:
        """Return the bundles that some pairs, given as columns of the model, come to."""
        place = np.searchsorted(self.pairs, pairs)
        whose = self.assistant_of[place]
        return [
            self.bundle(assistant, np.searchsorted(self.own[assistant], place[whose == assistant]))
            for assistant in np.unique(whose).tolist()
        ]

    def priced(
        self, prices: Prices, level: int, reached: Sequence[int], cuts: Sequence[tuple[int, ...]],
        node: Node, *, enough: float,
    ) -> Priced:
        """Find bundles that improve a relaxation at its prices.

        Parameters
        ----------
        level
            The level that is maximised, after others of which `reached` is proven.
        enough
            A bound that is low enough: where no bundle was found, but the bound is higher because a
            search was not ended, it is ended.
        """
        price = self._price(prices, level, reached, node)
        holds = self._holds(cuts)
        own = [self._own(n, price, prices, level, holds) for n in range(len(self.assistants))]
        found = self._each(range(len(own)), lambda n: self._search(n, own[n], _QUICK))
        rest = float(_client_price(prices, node).sum() + prices.level @ np.array(reached) + prices.cut.sum())
        effort = 0.0
        for further, cost in (
            (lambda n: self._search(n, own[n], _THOROUGH), _COST_THOROUGH),
            (lambda n: self._branched(n, own[n]), _COST_BRANCHED),
        ):
            priced = _priced(found, rest, effort)
            open_ = [n for n, one in enumerate(found) if not one.finished]
            if priced.bundles or not open_ or priced.bound <= enough or self.clock.is_over():
                return priced
            effort += cost * len(open_)
            for n, one in zip(open_, self._each(open_, further), strict=True):
                found[n] = one
        return _priced(found, rest, effort)

    def _each(self, desks: Sequence[int], do: Callable[[int], T]) -> list[T]:
        """Do something at some desks, at as many at a time as there are workers."""
        return list(self.pool.map(do, desks))

    def within(
        self, prices: Prices, level: int, reached: Sequence[int], cuts: Sequence[tuple[int, ...]], root: Node,
        gap: float,
    ) -> Bools:
        """Tell which pairs some bundle holds that is at most so much worse than the best at the prices."""
        price = self._price(prices, level, reached, root)
        useful: Bools = np.zeros(len(self.pairs), dtype=np.bool_)
        holds = self._holds(cuts)

        def look(n: int) -> None:
            here, mine, own = self.desks[n], self._own(n, price, prices, level, holds), self.own[n]
            least = mine.threshold - gap
            useful[own] = best_with(here, mine.price, mine.count_price) >= least
            found = np.zeros((_MANY, max(1, here.most)), dtype=np.int64)
            size, value = np.zeros(_MANY, dtype=np.int64), np.zeros(_MANY)
            count, _, finished = best_bundles(
                here, np.where(useful[own], mine.price, _CLOSED), mine.count_price, least, True, _QUICK,
                mine.cut_begin, mine.cut, mine.cut_price, self._known[n], found, size, value,
            )
            if finished and count <= _MANY:
                held = found[:count][np.arange(found.shape[1]) < size[:count, None]]
                useful[own] = False
                useful[own[np.unique(held)]] = True

        self._each(range(len(self.desks)), look)
        return useful

    def _own(self, assistant: int, price: Floats, prices: Prices, level: int, holds: Bools) -> _Own:
        """Return prices as an assistant sees them; `holds` tells who is in which cut: (cuts, clients)."""
        own, counts = self.own[assistant], self.count_value[assistant]
        mine = holds[:, self.client_of[own]]
        binding = (prices.cut > 0.0) & (np.count_nonzero(mine, axis=1) > 1)
        mine = mine[binding]
        return _Own(
            price[own], counts[level] - prices.level @ counts[: len(prices.level)],
            np.concatenate([[0], np.cumsum(np.count_nonzero(mine, axis=0))]), np.nonzero(mine.T)[1],
            prices.cut[binding], float(prices.assistant[assistant]) + _LITTLE,
        )

    def _holds(self, cuts: Sequence[tuple[int, ...]]) -> Bools:
        holds: Bools = np.zeros((len(cuts), len(self.clients)), dtype=np.bool_)
        for held, cut in zip(holds, cuts, strict=True):
            held[list(cut)] = True
        return holds

    def _price(self, prices: Prices, level: int, reached: Sequence[int], node: Node) -> Floats:
        """Return what each pair is worth at some prices: shape (pairs,)."""
        price: Floats = self.value[level] - prices.level @ self.value[: len(reached)]
        price -= _client_price(prices, node)[self.client_of]
        price[node.closed] = _CLOSED
        return price

    def _search(self, assistant: int, mine: _Own, limit: int) -> _Found:
        here = self.desks[assistant]
        found = np.zeros((_ROOM, max(1, here.most)), dtype=np.int64)
        size, value = np.zeros(_ROOM, dtype=np.int64), np.zeros(_ROOM)
        count, bound, finished = best_bundles(
            here, mine.price, mine.count_price, mine.threshold, False, limit, mine.cut_begin, mine.cut,
            mine.cut_price, self._known[assistant], found, size, value,
        )
        bundles = [self.bundle(assistant, found[n, : size[n]]) for n in range(min(count, _ROOM))]
        return _Found(bundles, bound, finished)

    def _branched(self, assistant: int, mine: _Own) -> _Found:
        """Find the best bundle by HiGHS; where time is up, only a bound by capacity is known."""
        best = best_in(
            self.blocks[assistant], mine.price, mine.count_price, _members(mine), self.clock.limits(None)
        )
        if best is None:
            here = self.desks[assistant]
            bound = float(best_with(here, mine.price, mine.count_price).max(initial=0.0))
            return _Found([], max(bound, mine.threshold), False)
        pays = best[1] > mine.threshold + _LITTLE
        return _Found([self.bundle(assistant, best[0])] if pays else [], max(best[1], mine.threshold), True)


def _priced(found: Sequence[_Found], rest: float, effort: float) -> Priced:
    bundles = [bundle for one in found for bundle in one.bundles]
    return Priced(bundles, rest + sum(one.bound for one in found), effort)


def _client_price(prices: Prices, node: Node) -> Floats:
    """Return prices of which none is paid for leaving out a client who may be."""
    price = np.maximum(prices.client, 0.0)
    price[node.forced] = prices.client[node.forced]
    return price


def _members(own: _Own) -> list[tuple[Ints, float]]:
    of_client = np.repeat(np.arange(len(own.price)), np.diff(own.cut_begin))
    return [(of_client[own.cut == n], float(cost)) for n, cost in enumerate(own.cut_price)]
