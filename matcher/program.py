"""A 0/1 program over some of a model's columns: what is still open of a round, or of a part of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.rows import Bools, Floats, Ints, Rows

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Program:
    """Open columns, each 0 or 1, and the rows between them.

    Attributes
    ----------
    column
        The open columns, as the model numbers them, ascending: shape (open,).
    rows
        Rows over places in `column`.
    chosen
        The model's columns that are 1 in every plan left.
    """

    column: Ints
    rows: Rows
    chosen: Ints


def fixed(program: Program, ones: Bools, zeros: Bools) -> Program:
    """Return the program after columns were fixed, without rows that can no longer bind."""
    rows = program.rows
    limit = rows.activity(ones.astype(np.float64))
    open_ = ~(ones | zeros)
    place = np.cumsum(open_) - 1
    kept = open_[rows.column]
    sizes = np.bincount(rows.of_entry[kept], minlength=rows.count)
    value = rows.value[kept]
    entries = np.repeat(np.arange(rows.count), sizes)
    lower, upper = rows.lower - limit, rows.upper - limit
    highest = np.bincount(entries, weights=np.maximum(value, 0.0), minlength=rows.count)
    lowest = np.bincount(entries, weights=np.minimum(value, 0.0), minlength=rows.count)
    upper = np.where(highest <= upper + _TOLERANCE, np.inf, upper)
    lower = np.where(lowest >= lower - _TOLERANCE, -np.inf, lower)
    smaller = Rows(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        place[rows.column[kept]], value, lower, upper, rows.rule,
    )
    binding = ((upper < np.inf) | (lower > -np.inf))
    return Program(
        program.column[open_],
        smaller.pick(binding),
        np.concatenate([program.chosen, program.column[ones]]),
    )


def parts(program: Program) -> list[Program]:
    """Split a program into parts that share no row; what is chosen already goes with the first."""
    label = labels(program.rows, len(program.column))
    _, part = np.unique(label, return_inverse=True)
    count = int(part.max()) + 1 if len(part) else 1
    if count == 1:
        return [program]
    rows = program.rows
    # A row without entries says that the program is infeasible, and no caller makes one.
    part_of_row = part[rows.column[rows.begin[:-1]]]
    out = []
    for n in range(count):
        mine = part == n
        place = np.cumsum(mine) - 1
        picked = rows.pick(part_of_row == n)
        local = replace(picked, column=place[picked.column])
        out.append(Program(program.column[mine], local, program.chosen if n == 0 else program.chosen[:0]))
    return out


def labels(rows: Rows, columns: int) -> Ints:
    """Give columns that hang together the same number: the smallest of their places."""
    label = np.arange(columns)
    if not rows.count:
        return label
    entry_row = rows.of_entry
    while True:
        lowest = np.minimum.reduceat(label[rows.column], rows.begin[:-1])
        spread = label.copy()
        np.minimum.at(spread, rows.column, lowest[entry_row])
        # Pointer jumping: a label's own label is a label of the same part.
        spread = spread[spread]
        if np.array_equal(spread, label):
            return label
        label = spread


def dual_bound(program: Program, value: Floats, price: Floats) -> tuple[float, Floats]:
    """Bound an objective from above by prices of the rows, whatever the prices are.

    Any prices of the right sign give a true bound (weak duality), so the accuracy of the solver
    that found them does not matter: Neumaier and Shcherbina, "Safe bounds in linear and
    mixed-integer linear programming", Mathematical Programming 99 (2004).

    Returns
    -------
    tuple[float, Floats]
        The bound, and every column's reduced value: what the bound would lose if the column were
        not as it is best (0 where negative, 1 where positive).
    """
    rows = program.rows
    price = safe_prices(rows, price)
    reduced = value - np.bincount(
        rows.column, weights=rows.value * price[rows.of_entry], minlength=len(program.column)
    )
    side = np.where(price > 0, rows.upper, np.where(price < 0, rows.lower, 0.0))
    return float((price * side).sum() + np.maximum(reduced, 0.0).sum()), reduced


def safe_prices(rows: Rows, price: Floats) -> Floats:
    """Return prices of which none pays for a side that has no limit."""
    wrong = ((price > 0) & (rows.upper == np.inf)) | ((price < 0) & (rows.lower == -np.inf))
    return np.where(wrong | (np.abs(price) < _TOLERANCE), 0.0, price)
