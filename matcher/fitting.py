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
    need_starts: Bits, assistant_starts: Bits, kind: Ints, topic: Ints, covers: Bools,
    first_place: Ints, place: Ints, first_need: Ints, lengths: Ints, optional: Bools,
    per_day: Ints, day_slots: Ints, week_slots: Ints, room: Ints, buffer: Ints,
    week_of_day: Ints, client: Ints, assistant: Ints, most: int, out: Bools,
) -> None:
    """Tell it of the needs that are not optional of many pairs, in `out`, where it is still true there.

    Parameters
    ----------
    need_starts, assistant_starts, kind, topic, covers, first_place, place
        As Meetings has them.
    first_need, lengths, optional, per_day, day_slots, week_slots, buffer
        As Columns have them.
    room
        How many slots each assistant can give in all.
    client, assistant
        The pairs.
    most
        Of more needs than these, only what shows at a glance is told.
    """
    days, words = need_starts.shape[2], need_starts.shape[3]
    widest = 1
    for whose in range(first_need.shape[0] - 1):
        widest = max(widest, first_need[whose + 1] - first_need[whose])
    possible = np.zeros((widest, days, words), dtype=np.uint64)
    slots, free_days = np.zeros(widest, dtype=np.int64), np.zeros(widest, dtype=np.int64)
    taken = np.zeros(days, dtype=np.bool_)
    for n in range(client.shape[0]):
        if not out[n]:
            continue
        whose, whom = client[n], assistant[n]
        count, load, essential = 0, 0, 0
        for need in range(first_need[whose], first_need[whose + 1]):
            if not optional[need]:
                essential += 1
                load += lengths[need]
        for need in range(first_need[whose], first_need[whose + 1]):
            if optional[need]:
                continue
            free_days[count], slots[count] = 0, lengths[need]
            if covers[topic[need], whom] and lengths[need] <= min(day_slots[whom], week_slots[whom]):
                for day in range(days):
                    some = False
                    for word in range(words):
                        left = np.uint64(0)
                        for at in range(first_place[whose], first_place[whose + 1]):
                            left |= (
                                need_starts[need, place[at], day, word]
                                & assistant_starts[kind[need], whom, place[at], day, word]
                            )
                        possible[count, day, word] = left
                        some |= left != np.uint64(0)
                    free_days[count] += some
                    # With a day for each need of the client, one is left whenever the others are met.
                    if free_days[count] == essential and load <= week_slots[whom]:
                        break
            if free_days[count] == 0:
                out[n] = False
                break
            count += 1
        if not out[n] or count == 0:
            continue
        if per_day[whose] == 0 or load > room[whom]:
            out[n] = False
        elif count > 1 and not (
            load <= week_slots[whom] and _on_days_of_their_own(possible[:count], free_days, taken)
        ):
            any_day = 0
            for day in range(days):
                any_day += int(possible[:count, day].any())
            if any_day * per_day[whose] < count:
                out[n] = False
            elif count <= most:
                out[n] = schedulable(
                    possible[:count], slots[:count], week_of_day,
                    per_day[whose], day_slots[whom], week_slots[whom], buffer[whom],
                )


@compiled
def _on_days_of_their_own(possible: Bits, free_days: Ints, taken: Bools) -> bool:
    """Give each need the first free day, the pickiest first; False where that fails, which proves nothing."""
    taken[:] = False
    for turn in range(1, taken.shape[0] + 1):
        for need in range(possible.shape[0]):
            if free_days[need] != turn:
                continue
            found = False
            for day in range(taken.shape[0]):
                if not taken[day] and possible[need, day].any():
                    taken[day] = found = True
                    break
            if not found:
                return False
    return True
