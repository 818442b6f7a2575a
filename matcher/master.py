"""The restricted master: which of the bundles known, at most one for each assistant and client.

Dantzig and Wolfe, "Decomposition principle for linear programs", Operations Research 8 (1960). Its
relaxation over all bundles is far tighter than that of single appointments, and is tightened by
subset rows: of three clients, at most one bundle holds two (Jepsen, Petersen, Spoorendonk and
Pisinger, "Subset-row inequalities applied to the vehicle-routing problem with time windows",
Operations Research 56 (2008)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from matcher.highs import UndecidedError, quiet
from matcher.rows import Bools, Floats, Ints
from matcher.subset_rows import broken_rows

# What it costs to leave a level that is proven, or a client who must be served, one unit short:
# more than any level could gain by it.
_SHORT = 5e3
_TOLERANCE = 1e-7
# What share of a bundle counts as taken.
_TAKEN = 1e-6
# How many steps of the simplex method a look at a child takes.
_GLANCE = 60
_UNLIMITED = 2**31 - 1


@dataclass(frozen=True)
class Bundle:
    """Clients that one assistant can serve together, and what that is worth on each level.

    Attributes
    ----------
    clients
        Places of the clients, ascending.
    pairs
        The same as columns of the model.
    value
        What it adds to each level: shape (levels,).
    """

    assistant: int
    clients: Ints
    pairs: Ints
    value: Floats


@dataclass(frozen=True)
class Prices:
    """The duals of a relaxation: what clients, assistants, levels and cuts are worth."""

    client: Floats
    assistant: Floats
    level: Floats
    cut: Floats


class Master:
    """A linear program that grows by bundles and cuts.

    Rows: clients, assistants, levels already proven, cuts. Columns: a shortfall for each client and
    level, then bundles.
    """

    def __init__(self, clients: int, assistants: int, level: int, reached: Sequence[int]) -> None:
        self.clients, self.assistants, self.level = clients, assistants, level
        self.reached = tuple(reached)
        self.bundles: list[Bundle] = []
        self.cuts: list[tuple[int, ...]] = []
        self.point: Floats = np.zeros(0)
        self.short = 0.0
        self._known: set[tuple[int, bytes]] = set()
        self._solver = quiet()
        self._solver.setOptionValue("presolve", "off")
        people, levels = clients + assistants, len(self.reached)
        low, high = np.full(people + levels, -np.inf), np.ones(people + levels)
        low[people:], high[people:] = self.reached, np.inf
        none = np.zeros(0, dtype=np.int32)
        self._solver.addRows(people + levels, low, high, 0, none, none, np.zeros(0))
        rows = np.concatenate([np.arange(clients), people + np.arange(levels)]).astype(np.int32)
        most = np.concatenate([np.zeros(clients), np.full(levels, np.inf)])
        self._first = len(rows)
        self._solver.addCols(
            len(rows), np.full(len(rows), _SHORT), np.zeros(len(rows)), most, len(rows),
            np.arange(len(rows), dtype=np.int32), rows, np.ones(len(rows)),
        )

    def add(self, bundles: Sequence[Bundle]) -> int:
        """Add those of some bundles that are new; tell how many."""
        new = []
        for bundle in bundles:
            key = (bundle.assistant, bundle.clients.tobytes())
            if key not in self._known:
                self._known.add(key)
                new.append(bundle)
        if not new:
            return 0
        people, levels = self.clients + self.assistants, len(self.reached)
        holds = np.zeros((len(new), people + levels + len(self.cuts)))
        for n, bundle in enumerate(new):
            holds[n, bundle.clients] = 1.0
            holds[n, self.clients + bundle.assistant] = 1.0
        holds[:, people : people + levels] = [bundle.value[:levels] for bundle in new]
        if self.cuts:
            holds[:, people + levels :] = _two(holds[:, : self.clients], self.cuts)
        column, row = np.nonzero(holds)
        self._solver.addCols(
            len(new), np.array([-bundle.value[self.level] for bundle in new]), np.zeros(len(new)),
            np.full(len(new), np.inf), len(row),
            np.searchsorted(column, np.arange(len(new))).astype(np.int32), row.astype(np.int32),
            holds[column, row],
        )
        self.bundles += new
        return len(new)

    def cut(self, cuts: Sequence[tuple[int, ...]]) -> int:
        """Add subset rows that are new; tell how many."""
        new = [cut for cut in cuts if cut not in set(self.cuts)]
        if new:
            holds = np.zeros((len(self.bundles), self.clients))
            for n, bundle in enumerate(self.bundles):
                holds[n, bundle.clients] = 1.0
            row, column = np.nonzero(_two(holds, new).T)
            self._solver.addRows(
                len(new), np.full(len(new), -np.inf), np.ones(len(new)), len(row),
                np.searchsorted(row, np.arange(len(new))).astype(np.int32),
                (self._first + column).astype(np.int32), np.ones(len(row)),
            )
            self.cuts += new
        return len(new)

    def cut_off(self, most: int) -> int:
        """Add up to so many subset rows that the last solution breaks; tell how many."""
        taken = np.flatnonzero(self.shares > _TAKEN)
        clients = [self.bundles[n].clients for n in taken.tolist()]
        begin = np.cumsum([0, *map(len, clients)])
        flat = np.concatenate([np.zeros(0, dtype=np.int64), *clients])
        rows, _ = broken_rows(self.clients, begin, flat, self.shares[taken])
        return self.cut([tuple(row) for row in rows[:most].tolist()])

    def restrict(self, closed: Bools, forced: Ints) -> None:
        """Allow only bundles without closed pairs; clients who are forced must be served."""
        bundles = np.arange(len(self.bundles), dtype=np.int32)
        sizes = [len(b.pairs) for b in self.bundles]
        shut = closed[np.concatenate([np.zeros(0, dtype=np.int64), *(b.pairs for b in self.bundles)])]
        of_bundle = np.bincount(np.repeat(bundles, sizes), weights=shut, minlength=len(bundles))
        most = np.where(of_bundle > 0.0, 0.0, np.inf)
        self._solver.changeColsBounds(len(bundles), self._first + bundles, np.zeros(len(bundles)), most)
        must = np.zeros(self.clients, dtype=np.bool_)
        must[forced] = True
        clients = np.arange(self.clients, dtype=np.int32)
        self._solver.changeColsBounds(
            self.clients, clients, np.zeros(self.clients), np.where(must, np.inf, 0.0)
        )
        for client in range(self.clients):
            self._solver.changeRowBounds(client, 1.0 if must[client] else -np.inf, 1.0)

    def solve(self) -> tuple[float, Prices]:
        """Solve the relaxation over the bundles known: its value and prices.

        Raises
        ------
        UndecidedError
            HiGHS found no optimum.
        """
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise UndecidedError(f"the restricted master ended with {self._solver.getModelStatus()}")
        solution = self._solver.getSolution()
        point = np.array(solution.col_value)
        self.point, self.short = point[self._first :], float(point[: self._first].sum())
        price = -np.array(solution.row_dual)
        people = self.clients + self.assistants
        levels = people + len(self.reached)
        prices = Prices(
            price[: self.clients], np.maximum(price[self.clients : people], 0.0),
            np.minimum(price[people:levels], 0.0), np.maximum(price[levels:], 0.0),
        )
        return -float(self._solver.getInfo().objective_function_value), prices

    def outlook(self, nodes: Sequence[tuple[Bools, Ints]]) -> Floats:
        """Tell what the relaxation comes to below this node, or somewhat more: shape (nodes,).

        Parameters
        ----------
        nodes
            What `restrict` is given for each.
        """
        self.solve()
        basis, worth = self._solver.getBasis(), np.zeros(len(nodes))
        self._solver.setOptionValue("simplex_iteration_limit", _GLANCE)
        for n, (closed, forced) in enumerate(nodes):
            self.restrict(closed, forced)
            self._solver.setBasis(basis)
            self._solver.run()
            worth[n] = -float(self._solver.getInfo().objective_function_value)
        self._solver.setOptionValue("simplex_iteration_limit", _UNLIMITED)
        return worth

    @property
    def shares(self) -> Floats:
        """How much of each bundle the relaxation takes, free of noise."""
        whole = np.rint(self.point)
        return np.where(np.abs(self.point - whole) < _TOLERANCE, whole, self.point)

    def best_first(self) -> Ints:
        """Order the bundles by what they are worth at the prices of the last solution, best first."""
        reduced = -np.array(self._solver.getSolution().col_dual)[self._first :]
        return np.argsort(-reduced, kind="stable")

    def used_cuts(self) -> list[tuple[int, ...]]:
        """Return the cuts that hold the last solution back."""
        if not self.cuts:
            return []
        price = -np.array(self._solver.getSolution().row_dual)[-len(self.cuts) :]
        return [cut for cut, one in zip(self.cuts, price, strict=True) if one > _TOLERANCE]


def _two(holds: Floats, cuts: Sequence[tuple[int, ...]]) -> Floats:
    """Tell which bundles hold two clients of a cut or more: shape (bundles, cuts)."""
    # Sums of three columns, not a product of matrices: that would wait for threads that others keep busy.
    out: Floats = (holds[:, np.array(cuts)].sum(axis=2) > 1.5).astype(np.float64)
    return out
