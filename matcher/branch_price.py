"""The best choice of bundles on one level: branch, price and cut.

Barnhart, Johnson, Nemhauser, Savelsbergh and Vance, "Branch-and-price: column generation for solving
huge integer programs", Operations Research 46 (1998); for assignments with capacities, Savelsbergh,
"A branch-and-price algorithm for the generalized assignment problem", Operations Research 45 (1997).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, TypeAlias

import numpy as np

from matcher.branching import WHOLE, dived, splits
from matcher.bundling import Bundling, Node
from matcher.effort import OF_NUMBERS, OF_PAIRS, Budget
from matcher.highs import UndecidedError
from matcher.leaves import Leaf, listed, within
from matcher.master import Bundle, Master, Prices
from matcher.pricing import Listed, Pricing
from matcher.race import Lane
from matcher.rows import Bools, Floats

# What a bound computed in floating point may lie above a whole number and still be taken for it.
_SAFETY = 1e-5
# What a split that loses nothing counts as losing.
_LITTLE = 1e-4
# Rounds of cuts at the root and below it, and how many cuts each may add.
_ROUNDS, _CUTS = (6, 1), (25, 8)
# A master with more rows of cuts, or more bundles for each assistant, is built anew with the best.
_MANY_CUTS, _MANY_BUNDLES, _KEPT_BUNDLES = 130, 250, 60
# Dives are tried at every so many nodes.
_DIVES = 5
# How many ways to split a node are tried, and what one costs, where a master with its pricing costs 1.
_WAYS, _COST_WAY = 6, 0.5
# How many turns of pricing a step takes: at least, where it is promising, and at most.
_TURNS = 2, 10

# Bundles and cuts that one search hands to the next.
Known: TypeAlias = tuple[Sequence[Bundle], Sequence[tuple[int, ...]]]


@dataclass(frozen=True)
class Best:
    """The best choice known, what it is worth, and a bound: equal where it is proven."""

    bundles: list[Bundle]
    value: int
    bound: int


class _Open(NamedTuple):
    """A node that is not looked at yet: the most promising first, of equals the latest, to go deep."""

    rank: float
    number: int
    limit: float
    node: Node
    tight: Leaf | None


@dataclass
class Search:
    """The tree of one level.

    Attributes
    ----------
    reached
        The values of the levels before, which are kept.
    report
        Told the value and the bound at every node.
    lane
        Who else tries the level, once it has taken some effort; work is counted in steps of HiGHS.
    worth
        What the last relaxation over the bundles known came to.
    effort
        What it has cost so far: see `matcher.bundling.Priced`.
    dived
        Whether a choice was looked for at the root.
    seen
        What was known when the other way was invited: the same however long the search then goes on.
    tight
        The node that is looked at with its best bound, or one above it.
    leaves
        Those of the tree; they are all there once the search has ended.
    end
        The root at the end of its relaxation, if that did not take too long.
    """

    part: Bundling
    level: int
    reached: Sequence[int]
    root: Node
    best: list[Bundle]
    report: Callable[[int, int], None]
    lane: Lane | None = None
    master: Master = field(init=False)
    value: int = field(init=False)
    worth: float = field(init=False, default=0.0)
    effort: float = field(init=False, default=0.0)
    dived: bool = field(init=False, default=False)
    seen: Known | None = field(init=False, default=None)
    tight: Leaf | None = field(init=False, default=None)
    leaves: list[Leaf] = field(init=False, default_factory=list)
    ended: bool = field(init=False, default=False)
    end: Leaf | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.value = total(self.best, self.level)
        self.master = self._master([])

    def begin(self, known: Known) -> None:
        """Take over what another search knew."""
        bundles, cuts = known
        self.master.add(bundles)
        self.master.cut(cuts)

    def run(self) -> Best:
        """Search until the best is proven, or it takes too much, or another way was shorter."""
        bound = self.trivial()
        number = count()
        open_ = [_Open(0.0, next(number), float(bound), self.root, None)]
        nodes = 0
        while open_:
            bound = max(self.value, min(bound, _whole(max(one.limit for one in open_))))
            self.report(self.value, bound)
            _, _, limit, node, self.tight = heappop(open_)
            if _whole(limit) <= self.value:
                self._leave(node)
                continue
            self._tidy(node)
            limit = self._bound(node, limit, nodes == 0)
            shares, promise = self._pair_shares(), min(limit, self.worth)
            if _whole(limit) > self.value and nodes % _DIVES == 0:
                self._dive(node, limit)
                if nodes == 0 and _whole(limit) > self.value:
                    # Only now that a good choice is known is it known how low the root's bound must be.
                    self.dived = True
                    self.master.restrict(node.closed, node.forced)
                    limit = self._bound(node, limit, True)
                    shares, promise = self._pair_shares(), min(limit, self.worth)
            if self._is_over():
                left = max([limit, *(one.limit for one in open_)])
                return Best(self.best, self.value, max(self.value, min(bound, _whole(left))))
            nodes += 1
            children = self._children(node, shares, promise) if _whole(limit) > self.value else ()
            for child in children:
                heappush(open_, _Open(-promise, -next(number), limit, child, self.tight))
            if not children:
                self._leave(node)
        self.ended = True
        self.report(self.value, self.value)
        return Best(self.best, self.value, self.value)

    def _leave(self, node: Node) -> None:
        """Note a leaf of the tree, unless it is the root and was never priced."""
        if self.tight is not None:
            self.leaves.append(self.tight.at(node))

    @cached_property
    def _budget(self) -> Budget:
        return OF_NUMBERS if self.part.counts_numbers(self.level) else OF_PAIRS

    def _invite(self) -> None:
        is_slow = self.effort >= self._budget.slow
        if self.lane is not None and self.seen is None and is_slow and not self._is_over():
            self.seen = self.known()
            self.lane.invite()

    def _is_over(self) -> bool:
        is_lost = self.lane is not None and not self.lane.go_on(self.effort / self._budget.step)
        return is_lost or self.effort > self._budget.most or self.part.clock.is_over()

    def known(self) -> Known:
        """Return the best bundles at the last prices, and the cuts that hold there."""
        kept = self.master.best_first()[: _KEPT_BUNDLES * len(self.part.assistants)]
        return [self.master.bundles[n] for n in kept.tolist()], self.master.used_cuts()

    def useful(self) -> Bools:
        """Tell which pairs can be in a choice that is as good as the best; more, where that takes long."""
        open_ = ~self.root.closed
        if not self.part.differs(self.level):
            return open_
        self.end = self._end()
        for leaves in (self._at_root(), self._at_leaves()):
            if leaves:
                open_ = within(leaves, self.value, replace(self.root, closed=~open_))
        return open_

    def listed(self, root: Node) -> list[Listed] | None:
        """List every bundle below a root that can be in such a choice, if there are not too many.

        What is useful must be known.
        """
        leaves = self._at_leaves() or self._at_root()
        return listed(leaves, self.value, root) if leaves else None

    def _at_root(self) -> list[Leaf]:
        return [] if self.end is None else [self.end]

    def _at_leaves(self) -> list[Leaf]:
        """Return the leaves of a tree that is more than its root, if the search has ended."""
        return self.leaves if self.ended and len(self.leaves) > 1 else []

    def _end(self) -> Leaf | None:
        """Go to where no bundle improves the root's relaxation; tell how far above the best it is, too."""
        self.master.restrict(self.root.closed, self.root.forced)
        effort = 0.0
        while effort < self._budget.slow and not self.part.clock.is_over():
            try:
                _, prices = self.master.solve()
            except UndecidedError:
                return None
            pricing = self._pricing(prices, self.root)
            priced = pricing.priced(enough=self.value + WHOLE)
            effort += 1.0 + priced.effort
            if not self.master.add(priced.bundles):
                return Leaf(pricing, priced.bound)
        return None

    def _pricing(self, prices: Prices, node: Node) -> Pricing:
        return Pricing(self.part, prices, self.level, self.reached, tuple(self.master.cuts), node)

    def trivial(self) -> int:
        """Bound the level by what each client could add alone, and each assistant's number of clients."""
        part, most = self.part, np.zeros(len(self.part.clients))
        np.maximum.at(most, part.client_of, part.value[self.level])
        counts = sum(np.maximum(count[self.level], 0.0).sum() for count in part.count_value)
        return round(float(most.sum() + counts))

    def _master(self, cuts: Sequence[tuple[int, ...]]) -> Master:
        master = Master(len(self.part.clients), len(self.part.assistants), self.level, self.reached)
        master.add(self.best)
        master.cut(cuts)
        return master

    def _tidy(self, node: Node) -> None:
        """Go to a node, with a smaller master where it has become slow."""
        master = self.master
        many = _MANY_BUNDLES * len(self.part.assistants)
        if len(master.cuts) > _MANY_CUTS or len(master.bundles) > many:
            known, cuts = self.known()
            self.master = self._master(cuts)
            self.master.add(known)
        self.master.restrict(node.closed, node.forced)

    def _bound(self, node: Node, limit: float, is_root: bool) -> float:
        """Bound a node, as far as that is needed to prune it, and keep a better choice it shows."""
        for turn in range(_ROUNDS[not is_root] + 1):
            limit = min(limit, self._priced(node, limit))
            if self._is_over() or _whole(limit) <= self.value or self._is_whole():
                break
            if turn == _ROUNDS[not is_root] or not self.master.cut_off(_CUTS[not is_root]):
                break
        return limit

    def _priced(self, node: Node, limit: float) -> float:
        """Add bundles until none improves the relaxation; return a bound."""
        while True:
            value, prices = self.master.solve()
            self.effort += 1.0
            self.worth = value
            self._invite()
            # Where the relaxation over a part of the bundles is above the best already, the node
            # cannot be pruned, and there is no need to know how far above it is.
            open_ = self.master.short < WHOLE and _whole(value) > self.value
            # A bound below the next whole number is enough; without need of one, any.
            exact = not open_ or (node is self.root and self.dived)
            enough = self.value + 1 - 2 * _SAFETY if exact else np.inf
            pricing = self._pricing(prices, node)
            priced = pricing.priced(enough=enough)
            limit = min(limit, priced.bound)
            if self.tight is None or priced.bound < self.tight.bound:
                self.tight = Leaf(pricing, priced.bound)
            self.effort += priced.effort
            if _whole(limit) <= self.value or self._is_over():
                return limit
            if not self.master.add(priced.bundles) and not (self._is_whole() and open_):
                return limit

    def _is_whole(self) -> bool:
        """Tell whether the relaxation shows a choice of bundles; keep it if it is the best."""
        shares = self._pair_shares()
        if self.master.short > WHOLE or np.any(np.abs(shares - np.rint(shares)) > WHOLE):
            return False
        chosen = self.part.chosen(self.part.pairs[shares > 0.5])
        value = total(chosen, self.level)
        if value > self.value:
            self.best, self.value = chosen, value
        return True

    def _pair_shares(self) -> Floats:
        """How much of each pair the relaxation takes."""
        shares = self.master.shares
        of_pair = np.zeros(len(self.part.pairs))
        for n in np.flatnonzero(shares > WHOLE).tolist():
            of_pair[self.master.bundles[n].pairs] += shares[n]
        return of_pair

    def _dive(self, node: Node, limit: float) -> None:
        """Take the pairs with the largest shares for good, again and again, hoping for a better choice."""
        while True:
            self._quickly_priced(node)
            if _whole(min(limit, self.worth)) <= self.value or self.master.short > WHOLE:
                return
            if self._is_over() or self._is_whole():
                return
            node = dived(self.part, node, self._pair_shares())
            self.master.restrict(node.closed, node.forced)

    def _quickly_priced(self, node: Node) -> None:
        """Add bundles for a few turns, or until everyone forced is served."""
        for turn in range(_TURNS[1]):
            self.worth, prices = self.master.solve()
            self.effort += 1.0
            promising = self.master.short < WHOLE and _whole(self.worth) > self.value
            if (turn >= _TURNS[0] and promising) or self._is_over():
                return
            if not self.master.add(self._pricing(prices, node).priced(enough=np.inf).bundles):
                return

    def _children(self, node: Node, shares: Floats, promise: float) -> tuple[Node, ...]:
        """Split a node in the way in which both children promise least.

        Applegate, Bixby, Chvátal and Cook, "Finding cuts in the TSP", DIMACS Technical Report 95-05
        (1995): strong branching, here by the relaxation over the bundles known.
        """
        ways = splits(self.part, node, shares, _WAYS)
        if len(ways) < 2:
            return ways[0] if ways else ()
        self.effort += _COST_WAY * len(ways)
        self.master.restrict(node.closed, node.forced)
        worth = self.master.outlook([(child.closed, child.forced) for way in ways for child in way])
        losses = np.clip(promise - worth, _LITTLE, promise - self.value).reshape(len(ways), 2)
        return ways[int(np.argmax(losses.prod(axis=1)))]


def _whole(limit: float) -> int:
    """Return the largest whole number that a limit computed in floating point leaves possible."""
    return math.floor(limit + _SAFETY)


def total(bundles: Sequence[Bundle], level: int) -> int:
    """Return what some bundles come to on a level."""
    return round(sum(float(bundle.value[level]) for bundle in bundles))
