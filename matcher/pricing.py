"""The bundles of a part at some prices: those that improve a relaxation, and those that nearly do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from matcher.block import best_in
from matcher.bundles import best_bundles, best_with
from matcher.bundling import Bundling, Node
from matcher.master import Bundle, Prices
from matcher.rows import Bools, Floats, Ints

# Bundles of one assistant at one set of prices, and steps of a quick and of a thorough search.
_ROOM, _QUICK, _THOROUGH = 8, 20_000, 1_000_000
# What a thorough search and one by HiGHS cost, where a relaxation of the master costs 1.
_COST_THOROUGH, _COST_BRANCHED = 5.0, 25.0
# Bundles of a desk that are looked at one by one, and that are listed, at most.
_MANY, _LISTED = 20_000, 100_000
_LITTLE = 1e-7
# A price at which a closed pair never pays.
_CLOSED = -1e6


class _Own(NamedTuple):
    """Prices as they look from one desk; see `matcher.bundles.best_bundles`."""

    price: Floats
    count_price: Floats
    cut_begin: Ints
    cut: Ints
    cut_price: Floats
    threshold: float


class Listed(NamedTuple):
    """Bundles of a desk: its clients in each, and how many; shapes (bundles, most) and (bundles,)."""

    members: Ints
    size: Ints


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
class Pricing:
    """The bundles of a part, at the prices of a relaxation.

    Attributes
    ----------
    level
        The level that is maximised, after others of which `reached` is proven.
    """

    part: Bundling
    prices: Prices
    level: int
    reached: Sequence[int]
    cuts: Sequence[tuple[int, ...]]
    node: Node

    @cached_property
    def _own(self) -> list[_Own]:
        """Prices as each assistant sees them."""
        part, prices = self.part, self.prices
        price = part.value[self.level] - prices.level @ part.value[: len(self.reached)]
        price -= client_price(prices, self.node)[part.client_of]
        price[self.node.closed] = _CLOSED
        # Who is in which cut: shape (cuts, clients).
        holds = np.zeros((len(self.cuts), len(part.clients)), dtype=np.bool_)
        for held, cut in zip(holds, self.cuts, strict=True):
            held[list(cut)] = True
        out = []
        for assistant, (own, counts) in enumerate(zip(part.own, part.count_value, strict=True)):
            mine = holds[:, part.client_of[own]]
            binding = (prices.cut > 0.0) & (np.count_nonzero(mine, axis=1) > 1)
            mine = mine[binding]
            out.append(_Own(
                price[own], counts[self.level] - prices.level @ counts[: len(prices.level)],
                np.concatenate([[0], np.cumsum(np.count_nonzero(mine, axis=0))]),
                np.ascontiguousarray(np.nonzero(mine.T)[1]),
                prices.cut[binding], float(prices.assistant[assistant]) + _LITTLE,
            ))
        return out

    def priced(self, *, enough: float) -> Priced:
        """Find bundles that improve the relaxation.

        Parameters
        ----------
        enough
            A bound that is low enough: where no bundle was found, but the bound is higher because a
            search was not ended, it is ended.
        """
        prices, desks = self.prices, range(len(self.part.desks))
        found = self.part.each(desks, lambda n: self._search(n, _QUICK))
        paid = client_price(prices, self.node).sum() + prices.cut.sum()
        rest = float(paid + prices.level @ np.array(self.reached))
        effort = 0.0
        for further, cost in (
            (lambda n: self._search(n, _THOROUGH), _COST_THOROUGH), (self._branched, _COST_BRANCHED)
        ):
            priced = _priced(found, rest, effort)
            open_ = [n for n, one in enumerate(found) if not one.finished]
            if priced.bundles or not open_ or priced.bound <= enough or self.part.clock.is_over():
                return priced
            effort += cost * len(open_)
            for n, one in zip(open_, self.part.each(open_, further), strict=True):
                found[n] = one
        return _priced(found, rest, effort)

    def within(self, gap: float) -> Bools:
        """Tell which pairs some bundle holds that is at most so much worse than the best."""
        part = self.part
        useful: Bools = np.zeros(len(part.pairs), dtype=np.bool_)

        def look(n: int) -> None:
            mine, own = self._own[n], part.own[n]
            useful[own] = best_with(part.desks[n], mine.price, mine.count_price) >= mine.threshold - gap
            some = self._every(n, np.where(useful[own], mine.price, _CLOSED), gap, _QUICK, _MANY)
            if some is not None:
                held = some.members[np.arange(some.members.shape[1]) < some.size[:, None]]
                useful[own] = False
                useful[own[np.unique(held)]] = True

        part.each(range(len(part.desks)), look)
        return useful

    def listed(self, gap: float) -> list[Listed] | None:
        """List each desk's bundles that are at most so much worse than the best; None of too many."""
        def look(n: int) -> Listed | None:
            return self._every(n, self._own[n].price, gap, _THOROUGH, _LISTED)

        desks = range(len(self.part.desks))
        out = [some for some in self.part.each(desks, look) if some is not None]
        return out if len(out) == len(desks) else None

    def _every(self, desk: int, price: Floats, gap: float, limit: int, most: int) -> Listed | None:
        here, mine = self.part.desks[desk], self._own[desk]
        found = np.zeros((most, max(1, here.most)), dtype=np.int64)
        size, value = np.zeros(most, dtype=np.int64), np.zeros(most)
        count, _, finished = best_bundles(
            here, price, mine.count_price, mine.threshold - gap, True, limit, mine.cut_begin, mine.cut,
            mine.cut_price, self.part.known[desk], found, size, value,
        )
        if not finished or count > most:
            return None
        return Listed(found[:count].copy(), size[:count].copy())

    def _search(self, desk: int, limit: int) -> _Found:
        here, mine = self.part.desks[desk], self._own[desk]
        found = np.zeros((_ROOM, max(1, here.most)), dtype=np.int64)
        size, value = np.zeros(_ROOM, dtype=np.int64), np.zeros(_ROOM)
        count, bound, finished = best_bundles(
            here, mine.price, mine.count_price, mine.threshold, False, limit, mine.cut_begin, mine.cut,
            mine.cut_price, self.part.known[desk], found, size, value,
        )
        bundles = [self.part.bundle(desk, found[n, : size[n]]) for n in range(min(count, _ROOM))]
        return _Found(bundles, bound, finished)

    def _branched(self, desk: int) -> _Found:
        """Find the best bundle by HiGHS; where time is up, only a bound by capacity is known."""
        part, mine = self.part, self._own[desk]
        best = best_in(
            part.blocks[desk], mine.price, mine.count_price, _members(mine), part.clock.limits(None)
        )
        if best is None:
            bound = float(best_with(part.desks[desk], mine.price, mine.count_price).max(initial=0.0))
            return _Found([], max(bound, mine.threshold), False)
        pays = best[1] > mine.threshold + _LITTLE
        return _Found([self.part.bundle(desk, best[0])] if pays else [], max(best[1], mine.threshold), True)


def _priced(found: Sequence[_Found], rest: float, effort: float) -> Priced:
    bundles = [bundle for one in found for bundle in one.bundles]
    return Priced(bundles, rest + sum(one.bound for one in found), effort)


def client_price(prices: Prices, node: Node) -> Floats:
    """Return prices of which none is paid for leaving out a client who may be."""
    price = np.maximum(prices.client, 0.0)
    price[node.forced] = prices.client[node.forced]
    return price


def _members(own: _Own) -> list[tuple[Ints, float]]:
    of_client = np.repeat(np.arange(len(own.price)), np.diff(own.cut_begin))
    return [(of_client[own.cut == n], float(cost)) for n, cost in enumerate(own.cut_price)]
