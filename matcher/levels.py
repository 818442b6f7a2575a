"""What a plan is worth on each level, as a value for every column of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from matcher.model import Model
from matcher.rows import Floats, Ints


@dataclass(frozen=True)
class Held:
    """What pins name: pairs, starts, and all columns of the model that stand for them, each ascending."""

    pairs: Ints
    starts: Ints
    columns: Ints


@dataclass(frozen=True)
class Objective:
    """One level: the sum of the chosen columns' values, and a constant.

    Attributes
    ----------
    value
        Whole numbers: shape (columns,).
    """

    level: str
    value: Floats
    constant: int

    def of(self, chosen: Ints) -> int:
        """Return the level's value for the chosen columns."""
        return int(np.rint(self.value[chosen].sum())) + self.constant


def objectives(model: Model) -> tuple[Objective, ...]:
    """Return the round's levels, in the order of its policy."""
    return tuple(_objective(model, level) for level in model.table.round.policy.levels)


def _objective(model: Model, level: str) -> Objective:
    table, columns = model.table, model.table.columns
    groups, pairs, times, further = model.groups, model.pairs, model.first_time, model.first_further
    value = np.zeros(model.columns)
    constant = 0
    if level == "served":
        value[:pairs] = columns.weight[table.client]
    elif level in table.points:
        value[:pairs] = table.points[level]
    elif level == "stability":
        value[times:further] = _kept(model)
    elif level == "balance":
        # The k-th further client takes (caseload + k)² to (caseload + k + 1)²; convex, so whole
        # columns of growing cost fill up in their order (Dantzig, 1963).
        value[further:] = -(2 * (columns.caseload[model.further_assistant] + model.further_rank) + 1)
        constant = -int((columns.caseload**2).sum())
    elif level == "extras":
        value[pairs:times] = columns.need_optional[table.row_need[groups.row]]
    elif level == "early":
        value[pairs:times] = -groups.day
    return Objective(level, value, constant)


def _kept(model: Model) -> Ints:
    """Count for each time how often it should be kept; its kind is one need then."""
    wanted: Ints = np.zeros(len(model.groups.time_kind), dtype=np.int64)
    for keep in model.table.round.keep:
        start = start_of(model, keep.client, keep.assistant, keep.need, keep.start)
        if start is not None:
            wanted[model.time_column(np.array(start)) - model.first_time] += 1
    return wanted


def pins_of(model: Model, among: Ints | None = None) -> Held:
    """Return what the pins of a round name, as far as it is possible; of some pairs alone, if given."""
    index = model.table.index
    pins = [
        pin for pin in model.table.round.pins
        if among is None or index.get((pin.client, pin.assistant)) in set(among.tolist())
    ]
    pairs = (index.get((pin.client, pin.assistant)) for pin in pins)
    found = (
        start_of(model, pin.client, pin.assistant, pin.need, pin.start)
        for pin in pins if pin.need is not None and pin.start is not None
    )
    named = np.unique(np.array([pair for pair in pairs if pair is not None], dtype=np.int64))
    starts = np.unique(np.array([start for start in found if start is not None], dtype=np.int64))
    columns = np.concatenate([named, model.day_column(starts), model.time_column(starts)])
    return Held(named, starts, np.unique(columns))


def start_of(model: Model, client: str, assistant: str, need: str, when: datetime) -> int | None:
    """Return where a start stands among the starts; None where it is not possible."""
    table, rnd = model.table, model.table.round
    pair = table.index.get((client, assistant))
    if pair is None:
        return None
    starts = table.starts
    low, high = np.searchsorted(starts.pair, [pair, pair + 1])
    for n in range(low, high):
        if (
            table.needs[starts.need[n]].id == need
            and rnd.moment(int(starts.day[n]), int(starts.slot[n])) == when
        ):
            return n
    return None
