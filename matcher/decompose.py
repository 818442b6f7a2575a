"""Levels that only pairs count for, proven by bundles; what is left of a part after that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from matcher.block import columns_of
from matcher.branch_price import Best, Search
from matcher.bundling import Bundling, Node
from matcher.clock import Clock
from matcher.highs import UndecidedError
from matcher.levels import Objective
from matcher.master import Bundle
from matcher.model import Model
from matcher.program import Program, fixed
from matcher.rows import Bools, Floats, Ints


@dataclass(frozen=True)
class Proven:
    """What bundles proved of a program.

    Attributes
    ----------
    program
        What is open of it.
    best
        The best point known: shape (open,).
    levels
        How many levels are proven.
    bound
        Of the level after those, if its proof was not ended: over the open columns.
    """

    program: Program
    best: Floats
    levels: int
    bound: int | None


def counted(model: Model, levels: Sequence[Objective]) -> int:
    """Return how many of the first levels count only pairs and numbers of clients."""
    first, last = model.pairs, model.first_further
    return next((n for n, level in enumerate(levels) if level.value[first:last].any()), len(levels))


def by_bundles(
    model: Model, program: Program, best: Floats, levels: Sequence[Objective], pinned: tuple[Ints, Ints],
    clock: Clock, report: Callable[[int, int, int], None],
) -> Proven:
    """Prove the first levels of a program that nothing but pins has touched.

    Parameters
    ----------
    best
        The best point known: shape (open,).
    levels
        Those to prove; they count only pairs.
    pinned
        The columns and the starts that pins name.
    report
        Told the level's place, and its value and bound over the open columns.
    """
    open_ = program.column[program.column < model.pairs]
    assistants = np.unique(model.table.assistant[open_])
    pairs = pinned[0][pinned[0] < model.pairs]
    held = pairs[np.isin(model.table.assistant[pairs], assistants)]
    offset = [round(float(level.value[held].sum())) for level in levels]

    def tell(n: int, value: int, bound: int) -> None:
        report(n, value - offset[n], bound - offset[n])

    with ThreadPoolExecutor(clock.workers) as pool:
        part = Bundling(
            model, np.union1d(open_, held), tuple(pinned[1].tolist()), tuple(levels), clock, pool
        )
        chosen = program.column[best > 0.5]
        bundles = part.chosen(np.union1d(chosen[chosen < model.pairs], held))
        found, reached, root = _climbed(part, bundles, _root(part, held, pairs), tell)
    column = _columns(part, found.bundles, pinned[0])
    point = np.isin(program.column, column).astype(np.float64)
    zeros = _zeros(model, program, part.pairs[root.closed]) & (point < 0.5)
    left = fixed(program, np.zeros_like(zeros), zeros)
    bound = None if len(reached) == len(levels) else found.bound - offset[len(reached)]
    return Proven(left, point[~zeros], len(reached), bound)


def _climbed(
    part: Bundling, bundles: list[Bundle], root: Node, report: Callable[[int, int, int], None]
) -> tuple[Best, list[int], Node]:
    """Prove level after level: what is known of the last one, the values reached, and what is still open."""
    known: list[Bundle] = []
    cuts: list[tuple[int, ...]] = []
    reached: list[int] = []
    found = Best(bundles, 0, 0)
    for n in range(len(part.levels)):
        search = Search(part, n, tuple(reached), root, found.bundles, partial(report, n))
        try:
            found = search.run(known, cuts)
        except UndecidedError:
            # What is proven stays; the levels left are proven over single appointments.
            found = Best(search.best, search.value, search.trivial())
        if found.value < found.bound:
            break
        reached.append(found.value)
        root = Node(root.closed | ~search.useful(), root.forced)
        known, cuts = search.known(), search.master.used_cuts()
    return found, reached, root


def _root(part: Bundling, held: Ints, pinned: Ints) -> Node:
    """Close what pins leave no room for, also those of other parts, and force what they name here."""
    is_held = np.isin(part.pairs, held)
    table = part.model.table
    bound = np.isin(table.client[part.pairs], table.client[pinned])
    return Node(bound & ~is_held, np.unique(part.client_of[is_held]))


def _columns(part: Bundling, bundles: Sequence[Bundle], pinned: Ints) -> Ints:
    """Return the columns of a plan in which the bundles are served."""
    return np.concatenate([
        np.zeros(0, dtype=np.int64),
        *(
            columns_of(
                part.blocks[b.assistant], part.pairs[part.own[b.assistant]], part.pairs[b.pairs],
                pinned, part.clock.unhurried(),
            )
            for b in bundles
        ),
    ])


def _zeros(model: Model, program: Program, pairs: Ints) -> Bools:
    """Mark the open columns of some pairs, and of their days."""
    table, groups, column = model.table, model.groups, program.column
    without: Bools = np.zeros(len(table), dtype=np.bool_)
    without[pairs] = True
    of_day = without[table.row_pair[groups.row]]
    all_columns = np.zeros(model.columns, dtype=np.bool_)
    all_columns[: model.pairs] = without
    all_columns[model.pairs : model.first_time] = of_day
    kinds = np.bincount(groups.kind, weights=~of_day, minlength=1)
    all_columns[model.first_time : model.first_further] = kinds[groups.time_kind] == 0
    return all_columns[column]
