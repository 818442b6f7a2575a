"""Whether some needs fit into one day of an assistant, compiled.

A day's needs go one after the other; as only the time at which the last one ends matters to the next,
the earliest end over every order of every subset tells whether a day can hold them (Held and Karp,
"A dynamic programming approach to sequencing problems", 1962).
"""

from __future__ import annotations

import numpy as np

from matcher.bits import entry_of, first_from, is_at, lowest
from matcher.compiled import inner
from matcher.desk import Desk
from matcher.rows import Ints
from matcher.times import Bits

NO, YES, UNKNOWN = 0, 1, 2
# A day with more needs is filled in the order of their last starts, which may fail without proof.
SUBSETS = 10
_NEVER = 1 << 40


@inner
def fits_day(desk: Desk, day: int, today: Bits, known: Bits, listed: Ints, end: Ints) -> int:
    """Tell whether today's needs can follow each other in a day, and remember it.

    Parameters
    ----------
    today
        The needs, as a bit set.
    known
        Days that were looked at: see `matcher.placing.Memory`.
    listed, end
        To work in: shapes (needs,) and (1 << SUBSETS,).
    """
    words = today.shape[0]
    entry = (entry_of(today, known.shape[0]) + day) & (known.shape[0] - 1)
    if known[entry, words] >> np.uint64(2) == np.uint64(day + 1) and is_at(known, entry, today):
        return int(known[entry, words] & np.uint64(3))
    count = 0
    for word in range(words):
        rest = today[word]
        while rest != np.uint64(0):
            listed[count] = 64 * word + lowest(rest)
            count += 1
            rest &= rest - np.uint64(1)
    if count <= SUBSETS:
        fits = _ordered_day(desk, day, listed, count, end)
    else:
        fits = _filled_day(desk, day, listed, count, end)
    for word in range(words):
        known[entry, word] = today[word]
    known[entry, words] = np.uint64((day + 1) << 2 | fits)
    return fits


@inner
def _ordered_day(desk: Desk, day: int, needs: Ints, count: int, end: Ints) -> int:
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


@inner
def _filled_day(desk: Desk, day: int, needs: Ints, count: int, latest: Ints) -> int:
    for n in range(count):
        latest[n] = _last(desk.need_starts[needs[n], day])
    sort(needs, latest, count)
    slot = 0
    for n in range(count):
        start = first_from(desk.need_starts[needs[n], day], slot)
        if start < 0:
            return UNKNOWN
        slot = start + desk.need_slots[needs[n]] + desk.buffer
    return YES


@inner
def _last(starts: Bits) -> int:
    """Return the last start, or -1."""
    for word in range(starts.shape[0] - 1, -1, -1):
        for bit in range(63, -1, -1):
            if (starts[word] >> np.uint64(bit)) & np.uint64(1):
                return 64 * word + bit
    return -1


@inner
def sort(needs: Ints, rank: Ints, count: int) -> None:
    """Order the first needs of a list by their rank, which goes with them."""
    for n in range(1, count):
        need, mine, at = needs[n], rank[n], n
        while at > 0 and rank[at - 1] > mine:
            needs[at], rank[at] = needs[at - 1], rank[at - 1]
            at -= 1
        needs[at], rank[at] = need, mine
