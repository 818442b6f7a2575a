"""Whether some needs fit into an assistant's days: exact search, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.bits import entry_of, is_at
from matcher.compiled import compiled, inner
from matcher.desk import Desk
from matcher.filling import NO, SUBSETS, UNKNOWN, YES, fits_day, sort
from matcher.rows import Ints
from matcher.times import Bits

# How many sets of clients, and of needs of a day, are remembered.
_SETS = 1 << 15


class Placing(NamedTuple):
    """Who is where.

    Attributes
    ----------
    held
        The needs that each day has, as bit sets: shape (days, words).
    day_load, week_load
        Slots taken in each day and week.
    """

    held: Bits
    day_load: Ints
    week_load: Ints


class Memory(NamedTuple):
    """What was found out about a desk, from one search to the next; the latest of two with one entry.

    Attributes
    ----------
    refused
        Sets of clients that do not fit: shape (entries, words).
    days
        Sets of needs, and after them a day and whether it can hold them: shape (entries, words + 1).
    """

    refused: Bits
    days: Bits


class Room(NamedTuple):
    """Arrays to work in, made once: each but the last two and `today` for as many needs as there are."""

    needs: Ints
    rank: Ints
    day_of: Ints
    following: Ints
    today: Bits
    listed: Ints
    end: Ints


def memory(desk: Desk) -> Memory:
    """Return the memory of a desk at which nothing was tried."""
    clients, needs = _words(len(desk.pair)), _words(len(desk.need_slots))
    return Memory(
        np.zeros((_SETS, clients), dtype=np.uint64), np.zeros((_SETS, needs + 1), dtype=np.uint64)
    )


@compiled
def room(desk: Desk) -> Room:
    """Return arrays for `add` and `place_anew` to work in."""
    needs = desk.need_slots.shape[0]
    return Room(
        np.zeros(needs, dtype=np.int64), np.zeros(needs, dtype=np.int64), np.zeros(needs, dtype=np.int64),
        np.zeros(needs + 1, dtype=np.int64), np.zeros(_words(needs), dtype=np.uint64),
        np.zeros(64 * _words(needs), dtype=np.int64), np.zeros(1 << SUBSETS, dtype=np.int64),
    )


@compiled
def placings(desk: Desk, count: int) -> Placing:
    """Return so many placings, all empty, in one: each array has one more dimension, which comes first."""
    needs, days = desk.open_days.shape
    return Placing(
        np.zeros((count, days, _words(needs)), dtype=np.uint64),
        np.zeros((count, days), dtype=np.int64),
        np.zeros((count, desk.week_slots.shape[0]), dtype=np.int64),
    )


@inner
def nth(placing: Placing, n: int) -> Placing:
    """Return one of some placings."""
    return Placing(placing.held[n], placing.day_load[n], placing.week_load[n])


@inner
def copy(placing: Placing, other: Placing) -> None:
    """Make the second placing like the first."""
    for day in range(placing.held.shape[0]):
        for word in range(placing.held.shape[1]):
            other.held[day, word] = placing.held[day, word]
        other.day_load[day] = placing.day_load[day]
    for week in range(placing.week_load.shape[0]):
        other.week_load[week] = placing.week_load[week]


@inner
def clear(placing: Placing) -> None:
    """Take every need out of its day."""
    placing.held[:] = 0
    placing.day_load[:] = 0
    placing.week_load[:] = 0


@inner
def is_refused(known: Memory, key: Bits) -> bool:
    """Tell whether some clients, as a bit set, are known not to fit."""
    return is_at(known.refused, entry_of(key, known.refused.shape[0]), key)


@inner
def refuse(known: Memory, key: Bits) -> None:
    """Remember that some clients, as a bit set, do not fit."""
    entry = entry_of(key, known.refused.shape[0])
    for word in range(key.shape[0]):
        known.refused[entry, word] = key[word]


@inner
def add(desk: Desk, clients: Ints, placing: Placing, known: Memory, room: Room, trials: int) -> int:
    """Give days to the needs of the last of some clients beside the others', who keep theirs.

    Parameters
    ----------
    trials
        After how many looks at a day the answer is UNKNOWN.
    """
    count, last = list_needs(desk, clients, room), clients[clients.shape[0] - 1]
    first = count - (desk.first_need[last + 1] - desk.first_need[last])
    return _place(desk, first, count, placing, known.days, room, trials)


@inner
def place_anew(desk: Desk, clients: Ints, placing: Placing, known: Memory, room: Room, trials: int) -> int:
    """Give all needs of some clients days anew, first those with the fewest days and the most slots."""
    clear(placing)
    count = list_needs(desk, clients, room)
    order_needs(desk, count, room)
    return _place(desk, 0, count, placing, known.days, room, trials)


@inner
def list_needs(desk: Desk, clients: Ints, room: Room) -> int:
    """List the needs of some clients, in the clients' order, and tell how many there are."""
    count = 0
    for n in range(clients.shape[0]):
        client = clients[n]
        for need in range(desk.first_need[client], desk.first_need[client + 1]):
            room.needs[count] = need
            count += 1
    return count


@inner
def order_needs(desk: Desk, count: int, room: Room) -> None:
    """Put the needs with the fewest days first, and of those the ones with the most slots."""
    for n in range(count):
        need = room.needs[n]
        room.rank[n] = 100 * desk.need_days[need] - desk.need_slots[need]
    sort(room.needs, room.rank, count)


@inner
def _place(
    desk: Desk, first: int, count: int, placing: Placing, known: Bits, room: Room, trials: int
) -> int:
    """Give days to the needs from a place in the list on; nothing changes unless all have one."""
    days, needs, following = desk.day_slots.shape[0], room.needs, room.following
    at, tried, unsure = first, 0, False
    following[at] = 0
    while first <= at < count:
        need = needs[at]
        found = -1
        for day in range(following[at], days):
            if not has_room(desk, need, day, placing):
                continue
            tried += 1
            if tried > trials:
                break
            fits = fits_beside(desk, need, day, placing, known, room)
            if fits == YES:
                found = day
                break
            unsure = unsure or fits == UNKNOWN
        if found >= 0:
            move(desk, need, found, placing, 1)
            room.day_of[at] = found
            following[at] = found + 1
            at += 1
            following[at] = 0
            continue
        at -= 1
        if at >= first:
            move(desk, needs[at], room.day_of[at], placing, -1)
        if tried > trials:
            unsure = True
            while at > first:
                at -= 1
                move(desk, needs[at], room.day_of[at], placing, -1)
            at = first - 1
    if at == count:
        return YES
    return UNKNOWN if unsure else NO


@inner
def has_room(desk: Desk, need: int, day: int, placing: Placing) -> bool:
    """Tell whether the limits of a day, of its week and of the need's client leave room for it."""
    slots, week, client = desk.need_slots[need], desk.week[day], desk.need_client[need]
    if (
        not desk.open_days[need, day]
        or placing.day_load[day] + slots > desk.day_slots[day]
        or placing.week_load[week] + slots > desk.week_slots[week]
    ):
        return False
    count = 0
    for other in range(desk.first_need[client], desk.first_need[client + 1]):
        count += placing.held[day, other >> 6] >> np.uint64(other & 63) & np.uint64(1) != np.uint64(0)
    return bool(count < desk.client_day[client])


@inner
def fits_beside(desk: Desk, need: int, day: int, placing: Placing, known: Bits, room: Room) -> int:
    """Tell whether a need finds a time beside those that a day has."""
    if placing.day_load[day] == 0:
        return YES
    for word in range(room.today.shape[0]):
        room.today[word] = placing.held[day, word]
    room.today[need >> 6] |= np.uint64(1) << np.uint64(need & 63)
    return fits_day(desk, day, room.today, known, room.listed, room.end)


@inner
def move(desk: Desk, need: int, day: int, placing: Placing, sign: int) -> None:
    """Put a need into a day, or with -1 take it out."""
    placing.held[day, need >> 6] ^= np.uint64(1) << np.uint64(need & 63)
    placing.day_load[day] += sign * desk.need_slots[need]
    placing.week_load[desk.week[day]] += sign * desk.need_slots[need]


@compiled
def _words(members: int) -> int:
    return (members + 63) // 64
