"""Sparse rows of a linear model, gathered family by family with numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
INFINITY = float("inf")


@dataclass(frozen=True)
class Rows:
    """Rows `lower <= sum of value x column <= upper`, compressed by row.

    Attributes
    ----------
    begin
        Where each row's entries begin: shape (rows + 1,).
    column, value
        The entries: shape (entries,).
    rule
        Which rule each row states, as its place in `model.RULES`: shape (rows,).
    """

    begin: Ints
    column: Ints
    value: Floats
    lower: Floats
    upper: Floats
    rule: Ints

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.lower)

    @property
    def of_entry(self) -> Ints:
        """Which row each entry stands in: shape (entries,)."""
        return np.repeat(np.arange(self.count), np.diff(self.begin))

    def pick(self, keep: Bools) -> Rows:
        """Return only the rows that are marked."""
        entries = np.repeat(keep, np.diff(self.begin))
        begin = np.concatenate([[0], np.cumsum(np.diff(self.begin)[keep])]).astype(np.int64)
        return Rows(
            begin, self.column[entries], self.value[entries],
            self.lower[keep], self.upper[keep], self.rule[keep],
        )

    def joined(self, more: Rows) -> Rows:
        """Return these rows and then more."""
        return Rows(
            np.concatenate([self.begin, self.begin[-1] + more.begin[1:]]),
            np.concatenate([self.column, more.column]), np.concatenate([self.value, more.value]),
            np.concatenate([self.lower, more.lower]), np.concatenate([self.upper, more.upper]),
            np.concatenate([self.rule, more.rule]),
        )

    def activity(self, point: Floats) -> Floats:
        """Return what each row adds up to at a point: shape (rows,)."""
        out: Floats = np.zeros(self.count)
        np.add.at(out, self.of_entry, self.value * point[self.column])
        return out


def dense_row(values: Floats, lower: float, upper: float, rule: int) -> Rows:
    """Return one row, given by a value for each column of the model."""
    column = np.flatnonzero(values)
    return Rows(
        np.array([0, len(column)]), column, values[column],
        np.array([lower]), np.array([upper]), np.array([rule]),
    )


def family(
    key: Ints, column: Ints, value: Floats | float, *,
    rule: int, lower: Floats | float = -INFINITY, upper: Floats | float = INFINITY,
) -> Rows:
    """Return one row for each key, of the entries that share it, in the order of the keys.

    Parameters
    ----------
    key, column, value
        The entries: shape (entries,); a plain `value` stands for all.
    lower, upper
        The limits; of an array, each row takes what stands at its key.
    """
    order = np.lexsort((column, key))
    keys, size = np.unique(key, return_counts=True)
    low, high = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
    return Rows(
        np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
        column[order],
        np.broadcast_to(np.asarray(value, dtype=np.float64), key.shape)[order],
        low[keys] if low.ndim else np.full(len(keys), float(low)),
        high[keys] if high.ndim else np.full(len(keys), float(high)),
        np.full(len(keys), rule, dtype=np.int64),
    )
