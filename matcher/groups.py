"""Several levels as one objective, where their ranges allow it.

A level's unit is worth more than everything that the levels after it could add, so the best sum is
the lexicographic best: Sherali and Soyster, "Preemptive and nonpreemptive multi-objective
programming", Journal of Optimization Theory and Applications 39 (1983).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matcher.levels import Objective
from matcher.model import Model
from matcher.rows import Floats, Ints

# The largest value of the sum: far below what HiGHS's tolerances could confuse with one unit, and so
# that a proof is about few levels at a time; three or four of an office's levels take longer at once.
_LARGEST = 1e4
# What a bound computed in floating point may be short of the true one, in units of the last level.
_SAFETY = 1e-4


@dataclass(frozen=True)
class Group:
    """Levels `first` up to `end` over some columns.

    Attributes
    ----------
    weight, least, most
        One entry for every level of the group: what a unit is worth, and between what its value
        lies.
    value
        The weighted sum of the levels, for every column of the program: shape (open,).
    """

    first: int
    end: int
    weight: tuple[int, ...]
    least: tuple[int, ...]
    most: tuple[int, ...]
    value: Floats

    def bounds(self, total: float, values: list[int]) -> list[int]:
        """Turn a bound on the sum into one for each level.

        Parameters
        ----------
        values
            What the levels are in the best point known: each bound is over the points that are at
            least as good at every earlier level.
        """
        out: list[int] = []
        left = total + _SAFETY
        for n, weight in enumerate(self.weight):
            rest = sum(w * low for w, low in zip(self.weight[n + 1 :], self.least[n + 1 :], strict=True))
            bound = min(float(self.most[n]), (left - rest) / weight)
            out.append(max(math.floor(bound), values[n]))
            left -= weight * values[n]
        return out

    def values(self, total: float) -> list[int]:
        """Read every level's value off the sum, as the digits of a number."""
        left = round(total) - sum(w * low for w, low in zip(self.weight, self.least, strict=True))
        out = []
        for weight, low in zip(self.weight, self.least, strict=True):
            digit, left = divmod(left, weight)
            out.append(digit + low)
        return out


def group(model: Model, column: Ints, levels: tuple[Objective, ...], first: int) -> Group:
    """Join as many levels from `first` on as fit into one sum."""
    ranges: list[tuple[int, int]] = []
    size = 1.0
    for objective in levels[first:]:
        least, most = spread(model, column, objective.value[column])
        # The first level binds most of all, and what rides along with it makes its proof longer.
        largest = _LARGEST if first else 0.0
        if ranges and most > least and size * (most - least + 1) > largest:
            break
        size *= most - least + 1
        ranges.append((least, most))
    weight = 1
    weights: list[int] = []
    for least, most in reversed(ranges):
        weights.insert(0, weight)
        weight *= most - least + 1
    end = first + len(ranges)
    value = np.zeros(len(column))
    for objective, unit in zip(levels[first:end], weights, strict=True):
        value += unit * objective.value[column]
    return Group(
        first, end, tuple(weights), tuple(low for low, _ in ranges), tuple(high for _, high in ranges), value
    )


def spread(model: Model, column: Ints, value: Floats) -> tuple[int, int]:
    """Bound a level over some columns by what each client, or each assistant, could add alone."""
    table, groups = model.table, model.groups
    begin, end = np.searchsorted(column, [model.pairs, model.first_further])
    # A time that counts is of one need only; where several share a time, it counts nothing.
    whose = np.concatenate([groups.row, table.starts.row[groups.time_start]])
    row, row_at = np.unique(whose[column[begin:end] - model.pairs], return_inverse=True)
    pair, pair_at = np.unique(np.concatenate([column[:begin], table.row_pair[row]]), return_inverse=True)
    _, client_at = np.unique(table.client[pair], return_inverse=True)
    out = []
    for sign in (-1.0, 1.0):
        signed = np.maximum(sign * value, 0.0)
        of_row = np.zeros(len(row))
        np.maximum.at(of_row, row_at, signed[begin:end])
        of_pair = np.bincount(pair_at, weights=np.concatenate([signed[:begin], of_row]), minlength=len(pair))
        of_client = np.zeros(len(table.clients))
        np.maximum.at(of_client, client_at, of_pair)
        out.append(int(np.rint(sign * (of_client.sum() + signed[end:].sum()))))
    return out[0], out[1]
