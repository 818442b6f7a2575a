"""What only days count for, over a list of every bundle that can still be in the best choice.

Once the levels before are proven, few bundles are left, and they can be listed: Baldacci, Christofides
and Mingozzi, "An exact algorithm for the vehicle routing problem based on the set partitioning
formulation with additional cuts", Mathematical Programming 115 (2008). What the best days of a bundle
come to is worked out only for those that the relaxation asks for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from matcher.bundling import Bundling, Node
from matcher.days import best_days
from matcher.desk import Desk, desk
from matcher.highs import UndecidedError
from matcher.master import Bundle, Master, Prices
from matcher.placing import Memory, memory
from matcher.pricing import Listed, client_price
from matcher.program import Program
from matcher.rows import Bools, Floats, Ints, family
from matcher.twice import branch_once

# Bundles of one desk that a turn adds, and how many looks at a day the days of one may take.
_ROOM, _TRIALS = 12, 20_000
# Bundles whose days are worked out at a time, rounds of cuts, and how many each may add.
_LOOKED, _ROUNDS, _CUTS = 300, 10, 40
# How many bundles HiGHS is given at most.
_MANY = 6_000
_SAFETY = 1e-5
_PEOPLE = -1


@dataclass
class _Pool:
    """The bundles of one desk.

    Attributes
    ----------
    holds
        Who is in each: shape (bundles, clients).
    levels
        What each is worth on the levels before: shape (bundles, levels).
    value
        What its days are worth at most, or exactly: shape (bundles,).
    """

    listed: Listed
    holds: Floats
    levels: Floats
    value: Floats
    exact: Bools


@dataclass
class Listing:
    """The best days of the best choice of listed bundles.

    Attributes
    ----------
    listed
        Every bundle that can be in a choice with the values reached, by desk.
    value
        What each of the model's columns is worth; those of days alone are worth anything.
    reached
        The values of the levels before.
    """

    part: Bundling
    root: Node
    listed: Sequence[Listed]
    value: Floats
    reached: Sequence[int]
    day_value: Floats = field(init=False)
    desks: list[Desk] = field(init=False)
    known: list[Memory] = field(init=False)
    pools: list[_Pool] = field(init=False)

    def __post_init__(self) -> None:
        part = self.part
        self.desks = [
            desk(part.model, assistant, part.pairs[own], part.pinned, optional=True)
            for assistant, own in zip(part.assistants.tolist(), part.own, strict=True)
        ]
        model = part.model
        self.day_value = np.zeros((len(model.table.row_need), len(model.table.round.days)))
        self.day_value[model.groups.row, model.groups.day] = self.value[model.pairs : model.first_time]
        self.known = [memory(desk) for desk in self.desks]
        self.pools = [self._pool(n, listed) for n, listed in enumerate(self.listed)]

    def best(self, known: Sequence[Bundle]) -> tuple[list[Bundle], int]:
        """Return the best choice and what it is worth, `known` being one.

        Raises
        ------
        UndecidedError
            It takes too long, or HiGHS found no answer.
        """
        at = [self._find(bundle) for bundle in known]
        for bundle, n in zip(known, at, strict=True):
            self._work_out(bundle.assistant, np.array([n]))
        worth = round(sum(float(self.pools[b.assistant].value[n]) for b, n in zip(known, at, strict=True)))
        master = Master(len(self.part.clients), len(self.part.assistants), len(self.reached), self.reached)
        master.add([self._bundle(b.assistant, n) for b, n in zip(known, at, strict=True)])
        master.restrict(self.root.closed, self.root.forced)
        bound, prices = self._priced(master)
        for _ in range(_ROUNDS):
            if math.floor(bound + _SAFETY) <= worth or not master.cut_off(_CUTS):
                break
            bound, prices = self._priced(master)
        best = list(known), worth
        if math.floor(bound + _SAFETY) > worth:
            best = self._chosen(*best, master.bundles)
        if math.floor(bound + _SAFETY) > best[1]:
            best = self._chosen(*best, self._left(prices, master.cuts, best[1] - bound - _SAFETY))
        return best

    def _pool(self, place: int, listed: Listed) -> _Pool:
        part, own = self.part, self.part.own[place]
        holds = np.zeros((len(listed.size), len(own)))
        entry = np.arange(listed.members.shape[1]) < listed.size[:, None]
        holds[np.nonzero(entry)[0], listed.members[entry]] = 1.0
        counts = np.concatenate([
            np.zeros((len(part.levels), 1)), np.cumsum(part.count_value[place], axis=1)
        ], axis=1)
        levels = holds @ part.value[:, own].T + counts[:, listed.size].T
        here = self.desks[place]
        best = np.where(here.open_days, self.day_value[here.need_row], -np.inf).max(axis=1, initial=-np.inf)
        best = np.where(here.essential, best, np.maximum(best, 0.0))
        of_client = np.bincount(here.need_client, weights=best, minlength=len(own))
        return _Pool(listed, holds, levels, holds @ of_client, np.zeros(len(holds), dtype=np.bool_))

    def _work_out(self, place: int, which: Ints) -> None:
        """Find out what the best days of some bundles are worth."""
        pool, here = self.pools[place], self.desks[place]
        which = which[~pool.exact[which]]
        best_days(
            here, self.day_value[here.need_row], pool.listed.members, pool.listed.size, which,
            self.known[place], _TRIALS, pool.value, pool.exact,
        )
        if not pool.exact[which].all():
            raise UndecidedError("the days of some clients take too long to find")

    def _find(self, bundle: Bundle) -> int:
        pool, own = self.pools[bundle.assistant], self.part.own[bundle.assistant]
        wanted = np.isin(own, bundle.pairs).astype(np.float64)
        found = np.flatnonzero((pool.holds == wanted).all(axis=1))
        if not len(found):
            raise UndecidedError("a bundle of the best choice known is not listed")
        return int(found[0])

    def _bundle(self, place: int, n: int) -> Bundle:
        pool = self.pools[place]
        plain = self.part.bundle(place, pool.listed.members[n, : pool.listed.size[n]])
        return replace(plain, value=np.append(plain.value, pool.value[n]))

    def _gain(self, place: int, prices: Prices, cuts: Sequence[tuple[int, ...]]) -> Floats:
        """Return what each bundle is worth beyond its prices."""
        pool, own = self.pools[place], self.part.own[place]
        of_client = client_price(prices, self.root)[self.part.client_of[own]]
        gain: Floats = pool.value - pool.levels @ prices.level - pool.holds @ of_client
        gain -= prices.assistant[place]
        if len(cuts):
            held = np.zeros((len(own), len(cuts)))
            for n, cut in enumerate(cuts):
                held[:, n] = np.isin(self.part.client_of[own], cut)
            binding = (prices.cut > 0.0) & (held.sum(axis=0) > 1.5)
            gain -= (pool.holds @ held[:, binding] > 1.5) @ prices.cut[binding]
        return gain

    def _priced(self, master: Master) -> tuple[float, Prices]:
        """Add bundles until none improves the relaxation; return it and its prices."""
        while True:
            if self.part.clock.is_over():
                raise UndecidedError("time is up")
            _, prices = master.solve()
            desks = range(len(self.pools))
            better = self.part.each(desks, partial(self._best, prices, master.cuts))
            if not master.add([bundle for some in better for bundle in some]):
                # A true bound at any prices: each desk gives one bundle at most.
                most = sum(float(self._gain(n, prices, master.cuts).max(initial=0.0)) for n in desks)
                paid = client_price(prices, self.root).sum() + prices.assistant.sum() + prices.cut.sum()
                return float(paid + prices.level @ np.array(self.reached) + most), prices

    def _best(self, prices: Prices, cuts: Sequence[tuple[int, ...]], place: int) -> list[Bundle]:
        """Return the bundles most worth their prices, after their days were worked out."""
        pool = self.pools[place]
        while True:
            gain = self._gain(place, prices, cuts)
            best = np.argsort(-gain, kind="stable")[:_LOOKED]
            best = best[gain[best] > _SAFETY]
            if pool.exact[best[:_ROOM]].all():
                return [self._bundle(place, n) for n in best[:_ROOM].tolist()]
            self._work_out(place, best)

    def _left(self, prices: Prices, cuts: Sequence[tuple[int, ...]], least: float) -> list[Bundle]:
        """Return the bundles that can be in a choice as good as the best known."""
        def of_desk(n: int) -> Ints:
            some = np.flatnonzero(self._gain(n, prices, cuts) >= least)
            if len(some) > _MANY:
                raise UndecidedError("too many bundles are left")
            self._work_out(n, some)
            return some[self._gain(n, prices, cuts)[some] >= least]

        left = self.part.each(range(len(self.pools)), of_desk)
        if sum(map(len, left)) > _MANY:
            raise UndecidedError("too many bundles are left")
        return [self._bundle(place, n) for place, some in enumerate(left) for n in some.tolist()]

    def _chosen(
        self, known: Sequence[Bundle], worth: int, bundles: Sequence[Bundle]
    ) -> tuple[list[Bundle], int]:
        """Let HiGHS choose among some bundles, those of a choice known with them."""
        clients, desks = len(self.part.clients), len(self.pools)
        holds = np.zeros((len(bundles), clients + desks + len(self.reached)))
        for row, bundle in zip(holds, bundles, strict=True):
            row[bundle.clients] = 1.0
            row[clients + bundle.assistant] = 1.0
            row[clients + desks :] = bundle.value[: len(self.reached)]
        key, column = np.nonzero(holds.T)
        low = np.full(holds.shape[1], -np.inf)
        low[self.root.forced] = 1.0
        low[clients + desks :] = self.reached
        high = np.append(np.ones(clients + desks), np.full(len(self.reached), np.inf))
        rows = family(key, column, holds.T[key, column], rule=_PEOPLE, lower=low, upper=high)
        program = Program(np.arange(len(bundles)), rows, np.zeros(0, dtype=np.int64))
        value = np.array([bundle.value[-1] for bundle in bundles])
        found = branch_once(program, value, worth, self.part.clock.limits(None))
        if not found.finished:
            raise UndecidedError("the best choice of the bundles left was not found")
        if found.point is None or value @ found.point <= worth:
            return list(known), worth
        chosen = [bundles[n] for n in np.flatnonzero(found.point > 0.5).tolist()]
        return [replace(b, value=b.value[:-1]) for b in chosen], round(float(value @ found.point))
