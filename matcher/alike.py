"""Needs that are alike on a day: as long, with one assistant, and possible at the same times.

Which of them takes which time changes nothing, so the program chooses the days of each need, and
the times only of each kind: half as many columns, none of the many plans that differ by an exchange,
and the same linear relaxation (a kind's times can be dealt out among its needs in any proportion).
Margot, "Symmetry in integer linear programming", in 50 Years of Integer Programming (2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.candidates import Candidates
from matcher.rows import Bools, Ints


@dataclass(frozen=True)
class Alike:
    """The days on which each row's need is possible, and the times of each kind of need.

    Attributes
    ----------
    row, day, kind
        One entry for every row and every day on which it has a start, in this order: shape (days,).
    day_of_start
        Which of these each start belongs to: shape (starts,).
    time_kind, time_slot
        Every possible time of every kind, in this order: shape (times,).
    time_start
        The first start at that time of a need of the kind: shape (times,).
    """

    row: Ints
    day: Ints
    kind: Ints
    day_of_start: Ints
    time_kind: Ints
    time_slot: Ints
    time_start: Ints


def alike(table: Candidates) -> Alike:
    """Group the needs of each assistant's day; what a pin or a wish to keep names stays alone."""
    starts, days = table.starts, len(table.round.days)
    key, first, day_of_start = np.unique(
        starts.row * days + starts.day, return_index=True, return_inverse=True
    )
    row, day = key // days, key % days
    alone = np.where(_named(table)[row], np.arange(len(key)) + 1, 0)
    told = np.column_stack([
        table.assistant[starts.pair[first]], day, table.columns.need_slots[starts.need[first]], alone,
        table.masks[row, day].view(np.int64),
    ])
    _, kind = np.unique(told, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    slots = table.round.slots_per_day
    time, time_start = np.unique(kind[day_of_start] * slots + starts.slot, return_index=True)
    return Alike(row, day, kind, day_of_start, time // slots, time % slots, time_start)


def _named(table: Candidates) -> Bools:
    """Tell which rows are of a pair that a pin or a wish to keep names: shape (rows,)."""
    rnd = table.round
    named = {(pin.client, pin.assistant) for pin in rnd.pins}
    named |= {(keep.client, keep.assistant) for keep in rnd.keep}
    pairs = [table.index[pair] for pair in named if pair in table.index]
    of_pair: Bools = np.zeros(len(table), dtype=np.bool_)
    of_pair[pairs] = True
    return of_pair[table.row_pair]


def starts_at(table: Candidates, groups: Alike, days: Ints, times: Ints) -> Ints:
    """Deal out the chosen times of each kind among its chosen days' needs, both in their order.

    Parameters
    ----------
    days, times
        Indices into what `Alike` lists; as many times of each kind as days.

    Returns
    -------
    Ints
        Which starts those are, ascending.
    """
    count = len(table.round.days)
    day = days[np.argsort(groups.kind[days], kind="stable")]
    time = np.sort(times)
    slots = table.round.slots_per_day
    starts = table.starts
    known = (starts.row * count + starts.day) * slots + starts.slot
    wanted = (groups.row[day] * count + groups.day[day]) * slots + groups.time_slot[time]
    return np.sort(np.searchsorted(known, wanted))
