"""A program on its way up the levels, and what is left of it once some may not become worse.

Dantzig, Fulkerson and Johnson, "Solution of a large-scale traveling-salesman problem", Operations
Research 2 (1954): columns are fixed by their reduced values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.levels import Objective
from matcher.model import COUNT, Model
from matcher.program import Program, fixed, parts
from matcher.rows import Bools, Floats, Ints, dense_row

WHOLE = 1e-6


@dataclass(frozen=True)
class Part:
    """A program on its way up.

    Attributes
    ----------
    best
        The best point known: shape (open,).
    level
        The first level that is not proven.
    faced
        Of the levels that are proven, how many of the first the program holds no worse plans of.
    bounds
        Of the levels from `level` on, as far as the clock allowed: no plan of the part that is at
        least as good before is better there. Without the chosen columns' share.
    """

    program: Program
    best: Floats
    level: int = 0
    faced: int = 0
    bounds: tuple[int, ...] = ()

    @property
    def columns(self) -> Ints:
        """The model's columns that are 1 at the best point known."""
        return np.concatenate([self.program.chosen, self.program.column[self.best > 0.5]])


def is_whole(point: Floats) -> bool:
    """Tell whether a point of the relaxation is a plan."""
    return bool(np.all(np.abs(point - np.rint(point)) < WHOLE))


def tidied(model: Model, program: Program, point: Floats) -> Floats:
    """Fill the further clients of each assistant in their order.

    Which of them a point chooses, if it chooses any, says nothing before `balance` is reached, but
    is its value then.
    """
    first = int(np.searchsorted(program.column, model.first_further))
    rows = program.rows.pick(program.rows.rule == COUNT)
    further, of_row = rows.column >= first, rows.of_entry
    pairs = np.bincount(of_row[~further], weights=point[rows.column[~further]], minlength=rows.count)
    # Pairs less further clients are one number, of which a row may keep one side.
    most = np.rint(pairs - np.where(rows.upper < np.inf, rows.upper, rows.lower))
    column, mine = rows.column[further], of_row[further]
    rank = np.arange(len(mine)) - np.searchsorted(mine, mine)
    out = np.concatenate([point[:first], np.zeros(len(program.column) - first)])
    out[column] = rank < most[mine]
    return out


def faces(
    part: Part, levels: tuple[Objective, ...], value: Floats, limit: float, reduced: Floats, price: Floats
) -> list[Part]:
    """Return the parts of what is left when some levels must stay as they are at the best point."""
    program, best = part.program, part.best
    slack = max(0.0, limit - float(value @ best))
    margin = slack + WHOLE
    ones: Bools = (reduced > margin) & (best > 0.5)
    zeros: Bools = (reduced < -margin) & (best < 0.5)
    rows = program.rows
    if slack < WHOLE:
        # Complementary slackness: what has a price is used up in every best plan.
        rows = replace(
            rows,
            lower=np.where(price > WHOLE, rows.upper, rows.lower),
            upper=np.where(price < -WHOLE, rows.lower, rows.upper),
        )
    else:
        for level in levels:
            mine = level.value[program.column]
            reached = float(np.rint(mine @ best))
            rows = rows.joined(dense_row(mine, reached, reached, -1)) if mine.any() else rows
    left = fixed(replace(program, rows=rows), ones, zeros)
    of_model = dict(zip(program.column.tolist(), best.tolist(), strict=True))
    return [
        Part(piece, np.array([of_model[n] for n in piece.column.tolist()])) for piece in parts(left)
    ]
