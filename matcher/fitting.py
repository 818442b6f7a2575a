"""Whether needs fit into the days of one pair: an exact dynamic programme over sets of needs, compiled."""

from __future__ import annotations

import numpy as np

from matcher.bits import first_from
from matcher.compiled import compiled
from matcher.rows import Bools, Ints
from matcher.times import Bits

_NEVER = 1 << 40


@compiled
def schedulable(
    possible: Bits, lengths: Ints, week_of_day: Ints,
    per_day: int, day_slots: int, week_slots: int, buffer: int,
) -> bool:
    """Tell whether all needs of one pair find times that do not clash.

    Parameters
    ----------
    possible
        The possible starts of every need and day: shape (needs, days, words).
    lengths
        Of every need, in slots.
    week_of_day
        The number of each day's week, ascending.
    per_day, day_slots, week_slots, buffer
        What binds the pair: appointments a day, slots a day and a week, slots between two appointments.
    """
    sets = 1 << lengths.shape[0]
    work, size = np.zeros(sets, dtype=np.int64), np.zeros(sets, dtype=np.int64)
    for n in range(lengths.shape[0]):
        for met in range(1 << n):
            work[met | 1 << n] = work[met] + lengths[n]
            size[met | 1 << n] = size[met] + 1
    reached, in_week = np.zeros(sets, dtype=np.bool_), np.zeros(sets, dtype=np.bool_)
    reached[0] = in_week[0] = True
    end = np.empty(sets, dtype=np.int64)
    days = week_of_day.shape[0]
    for day in range(days):
        _fill_day(possible[:, day], lengths, work, size, per_day, day_slots, buffer, end)
        _join(in_week, end < _NEVER, work, week_slots)
        # Minutes are limited by the week, so weeks are filled apart, and joined when they are full.
        if day + 1 == days or week_of_day[day + 1] != week_of_day[day]:
            _join(reached, in_week, work, work[sets - 1])
            in_week[1:] = False
    return bool(reached[sets - 1])


@compiled
def _fill_day(
    starts: Bits, lengths: Ints, work: Ints, size: Ints, per_day: int, day_slots: int, buffer: int, end: Ints
) -> None:
    """Find for each set of needs the earliest moment at which a day can be done with it.

    To be done earlier is never worse for what follows, so one moment for each set is enough.
    """
    end[0] = -buffer
    for met in range(1, end.shape[0]):
        end[met] = _NEVER
        if size[met] > per_day or work[met] > day_slots:
            continue
        for n in range(lengths.shape[0]):
            before = end[met ^ 1 << n] if met >> n & 1 else _NEVER
            if before < _NEVER:
                start = first_from(starts[n], before + buffer)
                if start >= 0:
                    end[met] = min(end[met], start + lengths[n])


@compiled
def _join(some: Bools, others: Bools, work: Ints, most: int) -> None:
    """Add to sets of needs their unions with others that have none in common and do not take too long."""
    # A union is a larger number than the set it is made of, which is thus joined only once.
    for one in range(some.shape[0] - 1, -1, -1):
        if some[one]:
            for other in range(1, others.shape[0]):
                if others[other] and not one & other and work[one | other] <= most:
                    some[one | other] = True


@compiled
def each_schedulable(
    masks: Bits, rows: Ints, lengths: Ints, week_of_day: Ints,
    per_day: Ints, day_slots: Ints, week_slots: Ints, buffer: Ints, out: Bools,
) -> None:
    """Tell it of many pairs, in `out`: shape (pairs,).

    Parameters
    ----------
    masks
        The possible starts of rows: shape (rows, days, words).
    rows, lengths
        The rows of each pair's needs, and their lengths in slots: shape (pairs, needs).
    """
    possible = np.empty((rows.shape[1], masks.shape[1], masks.shape[2]), dtype=np.uint64)
    for n in range(rows.shape[0]):
        for need in range(rows.shape[1]):
            possible[need] = masks[rows[n, need]]
        out[n] = schedulable(
            possible, lengths[n], week_of_day, per_day[n], day_slots[n], week_slots[n], buffer[n]
        )
