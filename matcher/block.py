"""The best bundle of one assistant by HiGHS: slower than the compiled search, but never lost in ties."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from matcher.highs import Limits, branch
from matcher.model import COUNT, Model
from matcher.program import Program, fixed
from matcher.rows import Floats, Ints, family

_ONE_ASSISTANT, _CUT = 0, -1
_GAP = 1e-7
# Worth less than any bundle could make up for.
_CLOSED = -1e5


def block(model: Model, pairs: Ints, pinned: Sequence[int]) -> Program:
    """Return what the model says about one assistant alone, whose open pairs are given.

    Its columns begin with those pairs and end with the assistant's further clients.
    """
    table, groups = model.table, model.groups
    assistant = int(table.assistant[pairs[0]])
    starts = table.starts
    of_day = np.isin(table.row_pair[groups.row], pairs)
    of_time = table.assistant[starts.pair[groups.time_start]] == assistant
    for start in pinned:
        # A pinned need is of a kind of its own, so that its other days and times are nobody else's.
        mine = groups.row == starts.row[start]
        of_day &= ~mine | (np.arange(len(of_day)) == groups.day_of_start[start])
        others = np.isin(groups.time_kind, groups.kind[mine])
        kept = model.time_column(np.array(start)) - model.first_time
        of_time &= ~others | (np.arange(len(of_time)) == kept)
    own = np.zeros(model.columns, dtype=np.bool_)
    own[pairs] = True
    own[model.pairs : model.first_time] = of_day
    own[model.first_time : model.first_further] = of_time
    own[model.first_further :] = model.further_assistant == assistant
    rows = model.rows.pick(model.rows.rule != _ONE_ASSISTANT)
    whole = Program(np.arange(model.columns), rows, np.zeros(0, dtype=np.int64))
    return fixed(whole, np.zeros_like(own), ~own)


def best_in(
    program: Program, price: Floats, count_price: Floats, cuts: Sequence[tuple[Ints, float]], limits: Limits
) -> tuple[Ints, float] | None:
    """Return the clients of the best bundle, and a bound on what any is worth; None where time is up.

    Parameters
    ----------
    price, count_price
        As in `matcher.bundles.best_bundles`; what each further client adds must not grow.
    cuts
        Places of clients of whom two or more cost so much.
    """
    columns, further = len(program.column), _further(program)
    value = np.concatenate([np.zeros(columns), [-cost for _, cost in cuts]])
    value[: len(price)] = np.maximum(price, _CLOSED)
    if further:
        value[columns - further : columns] = count_price[np.minimum(np.arange(further), len(count_price) - 1)]
    # A cut's column is 1 where both clients of any two of its own are.
    twos = [
        (first, second, columns + n)
        for n, (members, _) in enumerate(cuts)
        for first, second in combinations(members.tolist(), 2)
    ]
    rows = family(
        np.repeat(np.arange(len(twos)), 3), np.array(twos, dtype=np.int64).reshape(-1),
        np.tile([1.0, 1.0, -1.0], len(twos)), rule=_CUT, upper=1.0,
    )
    whole = Program(np.arange(len(value)), program.rows.joined(rows), program.chosen)
    found = branch(whole, value, limits, gap=_GAP)
    if found.point is None or not found.finished:
        return None
    return np.flatnonzero(found.point[: len(price)] > 0.5), found.bound


def columns_of(
    program: Program, own: Ints, pairs: Ints, pinned: Ints, limits: Limits, value: Floats | None = None
) -> Ints:
    """Return columns by which an assistant serves just some of their own pairs, as the model numbers them.

    Those that pins name are among them. Of all such columns they are worth the most, if a whole value is
    given for every column of the model.

    Raises
    ------
    ValueError
        They do not fit into the assistant's time.
    """
    mine = np.isin(program.column, pairs)
    ones = mine | (np.isin(program.column, pinned) & ~np.isin(program.column, own))
    left = fixed(program, ones, np.isin(program.column, own) & ~mine)
    further = _further(program)
    # Further clients fill up in their order.
    worth = np.concatenate([np.zeros(len(left.column) - further), -np.arange(further)])
    if value is not None:
        worth += value[left.column] * (1 + np.abs(worth).sum())
    found = branch(left, worth, limits)
    if found.point is None:
        raise ValueError("these clients do not fit into the assistant's time")
    return np.concatenate([left.chosen, left.column[found.point > 0.5]])


def _further(program: Program) -> int:
    """Count the columns of further clients, which come last."""
    rows = program.rows
    return int((rows.value[rows.rule[rows.of_entry] == COUNT] < 0.0).sum())
