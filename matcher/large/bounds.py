"""What no plan can beat, by a linear program over pairs alone, which costs about as much as they are many.

Clients have one assistant at most, and assistants as many clients and slots as they have; when those
meet is left out. On `served` it is hardly weaker than the program over all times, at a hundredth of the cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce

import numpy as np

from matcher.candidates import Candidates
from matcher.highs import Limits, relax
from matcher.large.book import OF_PAIRS, Book
from matcher.program import Program, dual_bound
from matcher.rows import Bools, Floats, Ints, Rows, dense_row, family

# What a bound computed in floating point may be short of the true one.
_SAFETY = 1e-4
# More pairs than these are bounded on the first level only: each program takes as long as the search.
MOST_BOUNDED = 60_000


@dataclass(frozen=True)
class Bounds:
    """The program over pairs and further clients.

    Attributes
    ----------
    further, rank
        Whose each column of a further client is, and how many it stands after.
    constant
        For every level of the policy what does not depend on the plan.
    """

    table: Candidates
    book: Book
    program: Program
    further: Ints
    rank: Ints
    constant: tuple[int, ...]

    def value(self, n: int) -> Floats:
        """Return what a level counts at most for each column; made anew each time, for it is long."""
        level = self.table.round.policy.levels[n]
        return _value(self.table, self.book, level, self.further, self.rank)

    def level(self, n: int, reached: list[int], limits: Limits) -> int:
        """Bound a level over the plans that are at least as good at the levels before as `reached`."""
        value, rows = self.value(n), self.program.rows
        trivial = self.trivial(n)
        if not value.any():
            return trivial
        for earlier, (constant, least) in enumerate(zip(self.constant, reached, strict=False)):
            before = self.value(earlier)
            if before.any():
                rows = rows.joined(dense_row(before, float(least - constant), math.inf, -1))
        program = Program(self.program.column, rows, self.program.chosen)
        relaxed = relax(program, value, limits)
        if relaxed is None:
            return trivial
        bound, _ = dual_bound(program, value, relaxed.price)
        return min(trivial, self.constant[n] + math.floor(bound + _SAFETY))

    def trivial(self, n: int) -> int:
        """Bound a level by what each client could add alone."""
        rows, value = self.program.rows, np.maximum(self.value(n), 0.0)
        first = rows.rule == 0
        clients = rows.pick(first)
        if not clients.count:
            return self.constant[n]
        most = np.maximum.reduceat(value[clients.column], clients.begin[:-1])
        return self.constant[n] + round(float(most.sum()))


def bounds(table: Candidates, book: Book) -> Bounds:
    """State what limits pairs, and what each level counts at most for them."""
    pairs = len(table)
    work, room = book.clients["work"][table.client] * 1.0, book.assistants["room"][:-1]
    further = np.repeat(np.arange(len(room)), room)
    rank = np.arange(len(further)) - np.repeat(np.cumsum(room) - room, room)
    rows = reduce(Rows.joined, (
        family(table.client, np.arange(pairs), 1.0, rule=0, upper=1.0),
        family(table.assistant, np.arange(pairs), work, rule=3, upper=book.week_slots.sum(axis=1) * 1.0),
        family(
            np.concatenate([table.assistant, further]), np.arange(pairs + len(further)),
            np.concatenate([np.ones(pairs), np.full(len(further), -1.0)]), rule=5, lower=0.0, upper=0.0,
        ),
    ))
    none = np.zeros(0, dtype=np.int64)
    program = Program(np.arange(pairs + len(further)), rows, none)
    levels = table.round.policy.levels
    before = -int((book.assistants["caseload"] ** 2).sum())
    constant = tuple(before if level == "balance" else 0 for level in levels)
    return Bounds(table, book, program, further, rank, constant)


def _value(table: Candidates, book: Book, level: str, further: Ints, rank: Ints) -> Floats:
    """Return what a level counts at most for each pair, and for each further client."""
    pairs = len(table)
    out = np.zeros(pairs + len(further))
    if level == "served":
        out[:pairs] = book.clients["weight"][table.client]
    elif level in OF_PAIRS:
        out[:pairs] = table.points[level]
    elif level == "stability":
        out[:pairs] = np.bincount(book.keeps["pair"], minlength=pairs)
    elif level == "balance":
        out[pairs:] = -(2 * (book.assistants["caseload"][further] + rank) + 1)
    elif pairs > MOST_BOUNDED:
        out[:pairs] = _alone(book, level)[table.client]
    else:
        optional = table.columns.need_optional[table.row_need]
        on_day: Bools = np.asarray(table.masks.any(axis=2))
        if level == "extras":
            out[:pairs] = np.bincount(table.row_pair, optional & on_day.any(axis=1), pairs)
        else:
            first = np.where(optional, 0, on_day.argmax(axis=1))
            out[:pairs] = -np.bincount(table.row_pair, first, pairs)
    return out


def _alone(book: Book, level: str) -> Floats:
    """Return what a client's own days leave of `extras` or `early`, whoever helps: shape (clients,)."""
    days, optional = np.bitwise_or.reduce(book.need_days, axis=1), book.needs["optional"][:-1] > 0
    if level == "extras":
        each = optional & (days > 0)
    else:
        # The place of the lowest bit: all bits below it.
        first = np.bitwise_count((days & -days) - np.uint64(1)).astype(np.int64)
        each = -np.where(optional | (days == 0), 0, first)
    out: Floats = np.bincount(book.needs["client"][:-1], each, len(book.clients) - 1).astype(np.float64)
    return out
