"""Levels that only pairs count for, proven by bundles; what is left of a part after that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np

from matcher.branch_price import Best, Known, Search, total
from matcher.bundling import Bundling, Node
from matcher.clock import Clock
from matcher.groups import spread
from matcher.highs import UndecidedError
from matcher.levels import Objective
from matcher.listing import Listing
from matcher.master import Bundle
from matcher.model import Model
from matcher.program import Program, fixed
from matcher.race import Lane, race
from matcher.rows import Bools, Floats, Ints

# Proves a level, given by its place, over single appointments: from what is open of a program, with its
# best point, to the columns of the best, or None where another way was shorter.
Exactly: TypeAlias = Callable[[Program, Floats, int, Lane], Ints | None]


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
    bound: int | None = None


def counted(model: Model, levels: Sequence[Objective]) -> int:
    """Return how many of the first levels count only pairs and numbers of clients."""
    first, last = model.pairs, model.first_further
    return next((n for n, level in enumerate(levels) if level.value[first:last].any()), len(levels))


def by_bundles(
    model: Model, program: Program, best: Floats, levels: Sequence[Objective], later: Sequence[Objective],
    pinned: tuple[Ints, Ints], clock: Clock, exactly: Exactly, report: Callable[[int, int, int], None],
) -> Proven:
    """Prove the first levels of a program that nothing but pins has touched.

    Parameters
    ----------
    best
        The best point known: shape (open,).
    levels
        Those to prove; they count only pairs.
    later
        Those after them, which are proven too where only days count for them and few bundles are left.
    pinned
        The columns and the starts that pins name.
    exactly
        The other way to prove a level, tried beside where it takes long over bundles.
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

    def left(part: Bundling, columns: Ints, root: Node) -> tuple[Program, Floats]:
        point = np.isin(program.column, columns).astype(np.float64)
        closed = np.setdiff1d(open_, part.pairs[~root.closed])
        zeros = _zeros(model, program, closed) & (point < 0.5)
        return fixed(program, np.zeros_like(zeros), zeros), point[~zeros]

    def bundled(part: Bundling, column: Ints) -> list[Bundle]:
        return part.chosen(np.union1d(np.intersect1d(column, part.pairs), held))

    def other(search: Search, bundles: Sequence[Bundle], lane: Lane) -> list[Bundle] | None:
        part = search.part
        open_program, point = left(part, part.columns_of(bundles, pinned[0]), search.root)
        column = exactly(open_program, point, search.level, lane)
        return None if column is None else bundled(part, column)

    with ThreadPoolExecutor(clock.workers) as pool:
        whole = Bundling(
            model, np.union1d(open_, held), tuple(pinned[1].tolist()), tuple(levels), clock, pool
        )
        first = bundled(whole, program.column[best > 0.5])
        climbed = _climbed(whole, first, whole.root(pairs), other, tell)
        part, found, root, reached = climbed.part, climbed.found, climbed.root, climbed.reached
        if len(reached) == len(levels) and later and all(_counts_days(model, level) for level in later):
            with suppress(UndecidedError):
                columns = _best_days(climbed, program, later, pinned[0])
                return Proven(*left(part, columns, root), len(levels) + len(later))
        bound = None if len(reached) == len(levels) else found.bound - offset[len(reached)]
        return Proven(*left(part, part.columns_of(found.bundles, pinned[0]), root), len(reached), bound)


def _counts_days(model: Model, level: Objective) -> bool:
    """Tell whether only the days of needs count for a level."""
    return not level.value[: model.pairs].any() and not level.value[model.first_time :].any()


@dataclass(frozen=True)
class _Climbed:
    """What is known of the first levels.

    Attributes
    ----------
    found
        Of the last level that was begun.
    reached
        The values of the levels that are proven.
    root
        What is still open.
    last
        The search of the last level on which choices differ.
    """

    part: Bundling
    found: Best
    reached: list[int]
    root: Node
    last: Search | None


def _best_days(climbed: _Climbed, program: Program, levels: Sequence[Objective], pinned: Ints) -> Ints:
    """Return the columns that are best on levels of days among those with the values reached.

    Raises
    ------
    UndecidedError
        Too many bundles are left, or one takes too long.
    """
    part, root, last = climbed.part, climbed.root, climbed.last
    listed = None if last is None else last.listed(root)
    if listed is None:
        raise UndecidedError("too many bundles are left")
    open_, kept = program.column, np.zeros(part.model.columns)
    best, worth = climbed.found.bundles, 0
    for level in levels:
        least, most = spread(part.model, open_, level.value[open_])
        value = kept * (most - least + 1) + level.value
        best, worth = Listing(part, root, listed, value, climbed.reached).best(best)
        # A level that is the least it can be binds no other.
        kept = value if worth > least or kept.any() else kept
    columns = part.columns_of(best, pinned, value)
    if round(float(value[columns].sum())) != worth:
        raise UndecidedError("HiGHS found other days than the search")
    return columns


def _climbed(
    part: Bundling, bundles: list[Bundle], root: Node,
    other: Callable[[Search, Sequence[Bundle], Lane], list[Bundle] | None],
    report: Callable[[int, int, int], None],
) -> _Climbed:
    """Prove level after level."""
    last: Search | None = None
    known: Known = ((), ())
    reached: list[int] = []
    found = Best(bundles, 0, 0)
    for n in range(len(part.levels)):
        if root.closed.any() and part.differs(n):
            part, root, found, known = _narrowed(part, root, found, known)
            last = None
        search = Search(part, n, tuple(reached), root, found.bundles, partial(report, n))
        search.begin(known)
        found, won = _raced(search, partial(other, search, found.bundles))
        if found.value < found.bound:
            break
        if won:
            # How far the search came depends on how fast it was; what it had seen before does not.
            part.forget()
            seen = search.seen or known
            search = Search(part, n, tuple(reached), root, found.bundles, search.report)
            search.begin(seen)
        reached.append(found.value)
        last = search if part.differs(n) else last
        root = Node(root.closed | ~search.useful(), root.forced)
        known = search.known()
    return _Climbed(part, found, reached, root, last)


def _narrowed(part: Bundling, root: Node, found: Best, known: Known) -> tuple[Bundling, Node, Best, Known]:
    """Leave out the pairs that are closed, and whoever has no others."""
    new = replace(part, pairs=part.pairs[~root.closed])
    at = np.searchsorted(new.clients, part.clients)
    there = np.isin(part.clients, new.clients)

    def same(bundles: Sequence[Bundle]) -> list[Bundle]:
        return new.taken_over(part, [one for one in bundles if not root.closed[one.pairs].any()])

    cuts = [tuple(at[list(cut)].tolist()) for cut in known[1] if there[list(cut)].all()]
    below = Node(np.zeros(len(new.pairs), dtype=np.bool_), at[root.forced])
    return new, below, replace(found, bundles=same(found.bundles)), (same(known[0]), cuts)


def _raced(search: Search, other: Callable[[Lane], list[Bundle] | None]) -> tuple[Best, bool]:
    """Search, where it takes long beside another way; tell whether that won."""
    partly: list[Best] = []

    def bundles(lane: Lane) -> Best | None:
        search.lane = lane
        try:
            partly.append(search.run())
        except UndecidedError:
            # What is proven stays; the levels left are proven over single appointments.
            partly.append(Best(search.best, search.value, search.trivial()))
        return partly[0] if partly[0].value == partly[0].bound else None

    def appointments(lane: Lane) -> Best | None:
        found = other(lane)
        if found is None:
            return None
        value = total(found, search.level)
        return Best(found, value, value)

    won = race(bundles, appointments)
    return (partly[0], False) if won is None else (won.answer, won.place == 1)


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
