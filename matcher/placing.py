"""Whether some needs fit into an assistant's days: exact search, compiled.

A need goes to a day, and a day's needs go one after the other; as only the time at which the last
one ends matters to the next, the earliest end over every order of every subset tells whether a day
can hold them (Held and Karp, "A dynamic programming approach to sequencing problems", 1962).
"""

from __future__ import annotations

import numpy as np

from matcher.bits import first_from
from matcher.compiled import compiled
from matcher.desk import Desk
from matcher.rows import Ints
from matcher.times import Bits

NO, YES, UNKNOWN = 0, 1, 2
# A day with more needs is filled in the order of their last starts, which may fail without proof.
_SUBSETS = 10
_NEVER = 1 << 40


@compiled
def _last(starts: Bits) -> int:
    """Return the last start, or -1."""
    for word in range(starts.shape[0] - 1, -1, -1):
        for bit in range(63, -1, -1):
            if (starts[word] >> np.uint64(bit)) & np.uint64(1):
                return 64 * word + bit
    return -1


@compiled
def _fits_day(desk: Desk, day: int, needs: Ints, count: int, end: Ints) -> int:
    """Tell whether the first `count` needs can follow each other in a day."""
    if count > _SUBSETS:
        return _filled_day(desk, day, needs, count)
    end[0] = 0
    for subset in range(1, 1 << count):
        best = _NEVER
        for n in range(count):
            before = end[subset ^ (1 << n)]
            if subset >> n & 1 and before < _NEVER:
                start = first_from(desk.need_starts[needs[n], day], before)
                if start >= 0:
                    best = min(best, start + desk.need_slots[needs[n]] + desk.buffer)
        end[subset] = best
    return YES if end[(1 << count) - 1] < _NEVER else NO


@compiled
def _filled_day(desk: Desk, day: int, needs: Ints, count: int) -> int:
    latest = np.empty(count, dtype=np.int64)
    for n in range(count):
        latest[n] = _last(desk.need_starts[needs[n], day])
    slot = 0
    for n in np.argsort(latest):
        start = first_from(desk.need_starts[needs[n], day], slot)
        if start < 0:
            return UNKNOWN
        slot = start + desk.need_slots[needs[n]] + desk.buffer
    return YES


@compiled
def place(
    desk: Desk, order: Ints, first: int, count: int, day_of: Ints,
    day_load: Ints, week_load: Ints, visits: Ints, scratch: Ints, trials: int,
) -> int:
    """Give days to the needs order[first:count] beside those that have one; in place where it succeeds.

    Parameters
    ----------
    day_of
        The day of every need that has one: shape (needs,).
    day_load, week_load, visits
        What goes with that: slots in each day and week, appointments of each client on each day.
    trials
        After how many looks at a day the answer is UNKNOWN.
    """
    days = desk.day_slots.shape[0]
    today = np.empty(count, dtype=np.int64)
    following = np.zeros(count + 1, dtype=np.int64)
    at, tried, unsure = first, 0, False
    while first <= at < count:
        need = order[at]
        client, slots = desk.need_client[need], desk.need_slots[need]
        found = -1
        for day in range(following[at], days):
            week = desk.week[day]
            if (
                day_load[day] + slots > desk.day_slots[day]
                or week_load[week] + slots > desk.week_slots[week]
                or visits[client, day] >= desk.client_day[client]
                or not desk.open_days[need, day]
            ):
                continue
            tried += 1
            if tried > trials:
                break
            size = 1
            today[0] = need
            for n in range(at):
                if day_of[order[n]] == day:
                    today[size] = order[n]
                    size += 1
            fits = YES if size == 1 else _fits_day(desk, day, today, size, scratch)
            if fits == YES:
                found = day
                break
            unsure = unsure or fits == UNKNOWN
        if found >= 0:
            day_of[need] = found
            day_load[found] += slots
            week_load[desk.week[found]] += slots
            visits[client, found] += 1
            following[at] = found + 1
            at += 1
            following[at] = 0
            continue
        at -= 1
        if at >= first:
            _unplace(desk, order[at], day_of, day_load, week_load, visits)
        if tried > trials:
            unsure = True
            while at > first:
                at -= 1
                _unplace(desk, order[at], day_of, day_load, week_load, visits)
            at = first - 1
    if at == count:
        return YES
    return UNKNOWN if unsure else NO


@compiled
def _unplace(desk: Desk, need: int, day_of: Ints, day_load: Ints, week_load: Ints, visits: Ints) -> None:
    day = day_of[need]
    day_of[need] = -1
    day_load[day] -= desk.need_slots[need]
    week_load[desk.week[day]] -= desk.need_slots[need]
    visits[desk.need_client[need], day] -= 1
