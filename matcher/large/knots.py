"""Pairs in groups that share few clients, each solved alone, at prices of the clients they share.

What such a client counts in the plan at hand is their price, which every group pays for them: no plan is
worth more than these prices and the best of each group alone. Where groups want what only one of them can
have, they are tied together and solved as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter

import numpy as np

from matcher.candidates import Candidates
from matcher.clock import Clock
from matcher.rows import Floats, Ints

# Groups with more pairs together are not tied: one search takes too long for them.
_MOST = 700
_LITTLE = 1e-6


@dataclass(frozen=True)
class Share:
    """The best of a group at some prices.

    Attributes
    ----------
    pairs, bound
        What it takes, and a bound on what any of its choices counts.
    known
        The pairs of bundles that are worth to begin with the next time.
    """

    pairs: Ints
    bound: int
    known: Sequence[Ints] = ()


# Solves a group, given by its pairs, with what each of all pairs counts, from those of a plan.
Solve = Callable[[Ints, Floats, Clock], Share]


@dataclass
class Knots:
    """Pairs that count something, and a plan.

    Attributes
    ----------
    own, worth
        The pairs, and what they count: shape (pairs of the table,).
    now
        Those of them that are in the plan.
    solve
        Solves one group.
    """

    table: Candidates
    own: Ints
    worth: Floats
    now: Ints
    solve: Solve
    clock: Clock
    _known: dict[tuple[bytes, bytes], Share] = field(default_factory=dict)

    def solved(self, group: Ints) -> Share:
        """Return the best that was found of all, by groups, given by their number for each pair.

        Those that want the same clients are tied together on the way.
        """
        most: int | None = None
        while True:
            price = self._prices(group)
            # The largest come last, when the time is theirs that the others have not needed.
            numbers = np.argsort(np.bincount(group), kind="stable").tolist()
            with ThreadPoolExecutor(self.clock.workers) as pool:
                open_ = range(len(numbers), 0, -1)
                found = list(pool.map(partial(self._share, group, price), numbers, open_))
            shares = [share for _, share in sorted(zip(numbers, found, strict=True), key=itemgetter(0))]
            bound = round(float(price.sum())) + sum(share.bound for share in shares)
            most = bound if most is None else min(most, bound)
            tied = self._tied(group, price, shares)
            if self.clock.is_over() or np.array_equal(tied, group):
                known = [some for share in shares for some in share.known]
                return Share(self._joined(group, shares), most, known)
            group = tied

    def groups(self, offices: Ints) -> Ints:
        """Number the groups of pairs: those that share an assistant, or a client in an office.

        Parameters
        ----------
        offices
            Of each assistant. Whom only few clients tie to others may be solved apart.
        """
        whose = self.table.assistant[self.own]
        home = self.table.client[self.own] * (int(offices.max(initial=0)) + 1) + offices[whose]
        _, place = np.unique(home, return_inverse=True)
        return _together(place, np.unique(whose, return_inverse=True)[1])

    def _prices(self, group: Ints) -> Floats:
        """Return what clients of several groups count in the plan: shape (clients,)."""
        clients = self.table.client[self.own]
        both = np.unique(np.stack([clients, group]), axis=1)[0]
        several = np.bincount(both, minlength=len(self.table.clients)) > 1
        price = np.zeros(len(several))
        price[self.table.client[self.now]] = self.worth[self.now]
        return np.where(several, price, 0.0)

    def _share(self, group: Ints, price: Floats, n: int, open_: int) -> Share:
        """Solve a group; of so many that are open, each may take a like share of the seconds left."""
        own = self.own[group == n]
        paid = price[self.table.client[own]]
        key = own.tobytes(), paid.tobytes()
        if key not in self._known:
            value = self.worth.copy()
            value[own] -= paid
            clock = self.clock.sooner(self.clock.left * (1 - 2.0 / (1 + open_)))
            self._known[key] = self.solve(own, value, clock)
        return self._known[key]

    def _tied(self, group: Ints, price: Floats, shares: Sequence[Share]) -> Ints:
        """Tie the groups together that want the same client, or leave one out who has a price."""
        clients, label = self.table.client[self.own], np.arange(len(shares))
        taken = np.concatenate([np.zeros(0, dtype=np.int64), *(self.table.client[s.pairs] for s in shares)])
        count = np.bincount(taken, minlength=len(price))
        size = np.bincount(group, minlength=len(shares))
        for client in np.flatnonzero((count > 1) | ((price > 0.0) & (count == 0))).tolist():
            some = np.unique(label[group[clients == client]])
            if size[some].sum() <= _MOST:
                size[some[0]] = size[some].sum()
                label[np.isin(label, some)] = some[0]
        return np.unique(label[group], return_inverse=True)[1] if len(group) else group

    def _joined(self, group: Ints, shares: Sequence[Share]) -> Ints:
        """Return the pairs of the groups' best as far as they can be had together, else those of the plan."""
        chosen = self.now
        for n, share in enumerate(shares):
            own = self.own[group == n]
            rest = np.setdiff1d(chosen, own)
            mine = share.pairs[~np.isin(self.table.client[share.pairs], self.table.client[rest])]
            if self.worth[mine].sum() > self.worth[np.intersect1d(chosen, own)].sum() + _LITTLE:
                chosen = np.union1d(rest, mine)
        return chosen


def _together(one: Ints, other: Ints) -> Ints:
    """Number pairs by what hangs together, where pairs with a side in common do."""
    label = np.arange(len(one))
    while True:
        before = label
        for side in (one, other):
            least = np.full(int(side.max(initial=-1)) + 1, len(label))
            np.minimum.at(least, side, label)
            label = least[side]
        if np.array_equal(label, before):
            return np.unique(label, return_inverse=True)[1]
