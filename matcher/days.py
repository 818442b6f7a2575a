"""What the best days of some clients' needs come to: exact search, compiled."""

from __future__ import annotations

import numpy as np

from matcher.compiled import compiled, inner
from matcher.desk import Desk
from matcher.filling import NO, YES
from matcher.placing import (
    Memory,
    Placing,
    Room,
    clear,
    fits_beside,
    has_room,
    list_needs,
    move,
    nth,
    order_needs,
    placings,
    room,
)
from matcher.rows import Bools, Floats, Ints

_LITTLE = 1e-6


@compiled
def best_days(
    desk: Desk, worth: Floats, members: Ints, size: Ints, which: Ints, known: Memory, trials: int,
    value: Floats, exact: Bools,
) -> None:
    """Find what the best days of some bundles come to.

    Parameters
    ----------
    worth
        What each need adds on each day; one that is not essential adds nothing without one: shape
        (needs, days).
    members, size
        The clients of each bundle: shapes (bundles, most) and (bundles,).
    which
        The bundles to look at.
    trials
        How many looks at a day each may take.
    value, exact
        Filled for those where that was enough: shape (bundles,).
    """
    needs, days = worth.shape
    # After the days comes not to have one.
    each = np.full((needs, days + 1), -np.inf)
    by_worth = np.empty((needs, days + 1), dtype=np.int64)
    best = np.empty(needs)
    for need in range(needs):
        for day in range(days):
            if desk.open_days[need, day]:
                each[need, day] = worth[need, day]
        if not desk.essential[need]:
            each[need, days] = 0.0
        by_worth[need] = np.argsort(-each[need])
        best[need] = each[need].max()
    total, rest = np.zeros(needs + 1), np.zeros(needs + 1)
    placed, at_work = placings(desk, 1), room(desk)
    for n in which:
        found, is_exact = _best(
            desk, each, best, by_worth, members[n, : size[n]], known, trials, placed, at_work, total, rest
        )
        if is_exact:
            value[n], exact[n] = found, True


@inner
def _best(
    desk: Desk, worth: Floats, best: Floats, by_worth: Ints, clients: Ints, known: Memory, trials: int,
    placed: Placing, room: Room, total: Floats, rest: Floats,
) -> tuple[float, bool]:
    placing = nth(placed, 0)
    clear(placing)
    needs, following, days = room.needs, room.following, desk.day_slots.shape[0]
    count = list_needs(desk, clients, room)
    if count == 0:
        return 0.0, True
    order_needs(desk, count, room)
    rest[count] = 0.0
    for n in range(count - 1, -1, -1):
        rest[n] = rest[n + 1] + best[needs[n]]
    found, at, tried = -np.inf, 0, 0
    following[0], total[0] = 0, 0.0
    while at >= 0 and found < rest[0] - _LITTLE:
        if at == count:
            found = max(found, total[at])
        need = needs[min(at, count - 1)]
        chosen = -1
        for n in range(following[at] if at < count else days + 1, days + 1):
            day = by_worth[need, n]
            # Later days are worth no more than this one.
            if total[at] + worth[need, day] + rest[at + 1] <= found + _LITTLE:
                break
            following[at] = n + 1
            if day == days:
                chosen = day
                break
            if not has_room(desk, need, day, placing):
                continue
            tried += 1
            if tried > trials:
                return found, False
            fits = fits_beside(desk, need, day, placing, known.days, room)
            if fits == YES:
                chosen = day
                break
            if fits != NO:
                return found, False
        if chosen >= 0:
            if chosen < days:
                move(desk, need, chosen, placing, 1)
            room.day_of[at] = chosen
            total[at + 1] = total[at] + worth[need, chosen]
            at += 1
            following[at] = 0
            continue
        at -= 1
        if at >= 0 and room.day_of[at] < days:
            move(desk, needs[at], room.day_of[at], placing, -1)
    return found, True
