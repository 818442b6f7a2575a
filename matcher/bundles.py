"""The best bundle: the clients that an assistant should serve at some prices, compiled.

A bundle is a set of clients whose needs fit into one assistant's time. The best one is found by
branch and bound over clients; a table over the capacity left bounds what the clients not yet decided
on can add, and a bundle counts as possible once its needs have been given days.
"""

from __future__ import annotations

import numpy as np

from matcher.compiled import compiled
from matcher.desk import Desk
from matcher.placing import NO, YES, place
from matcher.rows import Floats, Ints
from matcher.times import Bits

_LITTLE = 1e-9
# Worth less than any bundle could make up for.
_CLOSED = -1e5
_MIX = 0x9E3779B97F4A7C15
# A search that moves appointments costs about as much as so many steps without one.
_COSTLY = 20


@compiled
def best_bundles(
    desk: Desk, price: Floats, count_price: Floats, threshold: float, every: bool, limit: int,
    cut_begin: Ints, cut: Ints, cut_price: Floats, refused: Bits, found: Ints, size: Ints, value: Floats,
) -> tuple[int, float, bool]:
    """Find bundles worth more than a threshold.

    Parameters
    ----------
    price
        What each client is worth: shape (clients,).
    count_price
        What the first, second, ... client adds, whoever it is: shape (most + 1,).
    every
        Whether every bundle above the threshold counts, or only one better than all before it.
    limit
        How many steps to take at most.
    cut_begin, cut, cut_price
        The cuts in which each client stands, compressed by client, and what a bundle pays for a cut
        of which it holds two clients or more.
    refused
        Sets known not to fit, kept from call to call: shape (a power of 2, words).
    found, size, value
        Filled with bundles, the oldest overwritten first: shapes (room, most), (room,), (room,).

    Returns
    -------
    tuple[int, float, bool]
        How many were found, what no bundle is worth more than (the threshold at least), and whether
        there is none but these.
    """
    clients, most = price.shape[0], desk.most
    days, words = desk.day_slots.shape[0], refused.shape[1]
    gain = max(0.0, count_price[:most].max()) if most else 0.0
    order = np.argsort(-(price + gain) / np.maximum(desk.client_slots, 0.5))
    # In the best bundle nobody costs anything; in one that is nearly as good, somebody may.
    order = order[(price + gain)[order] > (_CLOSED if every else _LITTLE)]
    counted = most if desk.counted or count_price.any() else 0
    rest = _rest(desk, price, count_price, order, counted)
    first, better = _better(desk, price, order, cut_begin, cut)

    day_of = np.full((most + 1, desk.need_slots.shape[0]), -1, dtype=np.int64)
    day_load = np.zeros((most + 1, days), dtype=np.int64)
    week_load = np.zeros((most + 1, desk.week_slots.shape[0]), dtype=np.int64)
    visits = np.zeros((most + 1, clients, days), dtype=np.int64)
    scratch = np.zeros(1 << 10, dtype=np.int64)
    needs = np.zeros(desk.need_slots.shape[0], dtype=np.int64)
    held = np.zeros(cut_price.shape[0], dtype=np.int64)
    chosen = np.zeros(most + 1, dtype=np.int64)
    state = np.zeros(most + 1, dtype=np.int64)
    following = np.zeros(most + 1, dtype=np.int64)
    worth = np.zeros(most + 1)
    key = np.zeros((most + 1, words), dtype=np.uint64)

    # What nothing that was left undecided is worth more than.
    doubt = threshold
    best, outs, steps, depth = threshold, 0, 0, 0
    while depth >= 0:
        at = following[depth]
        if (
            at >= order.shape[0] or depth >= most
            or worth[depth] + rest[at, state[depth], depth if counted else 0] <= best + _LITTLE
        ):
            depth -= 1
            if depth >= 0:
                for n in range(cut_begin[chosen[depth]], cut_begin[chosen[depth] + 1]):
                    held[cut[n]] -= 1
            continue
        following[depth] = at + 1
        client, deeper = order[at], depth + 1
        then = desk.after[state[depth], desk.kind[client]]
        if then < 0:
            continue
        if not every:
            missing = False
            for n in range(first[at], first[at + 1]):
                missing |= key[depth, better[n] >> 6] >> np.uint64(better[n] & 63) & np.uint64(1) == 0
            if missing:
                continue
        total = worth[depth] + price[client] + count_price[depth]
        for n in range(cut_begin[client], cut_begin[client + 1]):
            if held[cut[n]] == 1:
                total -= cut_price[cut[n]]
        most_with = total + rest[at + 1, then, deeper if counted else 0]
        if most_with <= best + _LITTLE:
            continue
        steps += 1
        if steps > limit:
            doubt = max(doubt, most_with)
            for n in range(deeper):
                doubt = max(doubt, worth[n] + rest[following[n], state[n], n if counted else 0])
            return outs, max(doubt, best), False
        key[deeper] = key[depth]
        key[deeper, client >> 6] |= np.uint64(1) << np.uint64(client & 63)
        entry = _entry(key[deeper], refused.shape[0])
        if (refused[entry] == key[deeper]).all():
            continue
        day_of[deeper], day_load[deeper] = day_of[depth], day_load[depth]
        week_load[deeper], visits[deeper] = week_load[depth], visits[depth]
        chosen[depth] = client
        before, together = _needs(desk, chosen, deeper, needs)
        fits = place(
            desk, needs, before, together, day_of[deeper], day_load[deeper], week_load[deeper],
            visits[deeper], scratch, limit,
        )
        if fits != YES and before:
            steps += _COSTLY
            day_of[deeper], day_load[deeper], week_load[deeper], visits[deeper] = -1, 0, 0, 0
            tightest = needs[:together][np.argsort(
                100 * desk.need_days[needs[:together]] - desk.need_slots[needs[:together]]
            )]
            fits = place(
                desk, tightest, 0, together, day_of[deeper], day_load[deeper], week_load[deeper],
                visits[deeper], scratch, limit,
            )
        if fits != YES:
            if fits == NO:
                refused[entry] = key[deeper]
            else:
                doubt = max(doubt, most_with)
            continue
        for n in range(cut_begin[client], cut_begin[client + 1]):
            held[cut[n]] += 1
        depth = deeper
        following[depth], worth[depth], state[depth] = at + 1, total, then
        if total > best + _LITTLE:
            room = outs % size.shape[0]
            found[room, :depth], size[room], value[room] = chosen[:depth], depth, total
            outs += 1
            if not every:
                best = total
    # In search of every bundle, what is in doubt counts even below the best.
    return outs, max(doubt, best), doubt <= (threshold if every else best)


@compiled
def _better(desk: Desk, price: Floats, order: Ints, cut_begin: Ints, cut: Ints) -> tuple[Ints, Ints]:
    """List for each place in the order clients before it, without whom its own need not be chosen.

    Whoever can stand in for another, is worth as much and stands in no cut but those of the other, can
    take the other's place in any bundle: of bundles worth the same, that with the first in the order
    is found.
    """
    first = np.zeros(order.shape[0] + 1, dtype=np.int64)
    better = np.zeros(order.shape[0] * order.shape[0] // 2 + 1, dtype=np.int64)
    count = 0
    for at in range(order.shape[0]):
        client = order[at]
        for before in range(at):
            other = order[before]
            if price[other] < price[client] or not desk.stands_in[other, client]:
                continue
            paid = False
            for n in range(cut_begin[other], cut_begin[other + 1]):
                found = False
                for m in range(cut_begin[client], cut_begin[client + 1]):
                    found |= cut[m] == cut[n]
                paid |= not found
            if not paid:
                better[count] = other
                count += 1
        first[at + 1] = count
    return first, better


@compiled
def best_with(desk: Desk, price: Floats, count_price: Floats) -> Floats:
    """Bound what a bundle with each client is worth, by capacity and number alone: shape (clients,)."""
    most, states = desk.most, desk.after.shape[0]
    order = np.flatnonzero(price > _CLOSED)
    counted = most if desk.counted or count_price.any() else 0
    rest = _rest(desk, price, count_price, order, counted)
    bound = np.full(price.shape[0], -np.inf)
    before = np.full((states, counted + 1), -np.inf)
    before[0, 0] = 0.0
    for at in range(order.shape[0]):
        client = order[at]
        later = before.copy()
        for state in range(states):
            then = desk.after[state, desk.kind[client]]
            for count in range(counted + 1):
                if then < 0 or before[state, count] == -np.inf or (counted and count == counted):
                    continue
                more = count + 1 if counted else 0
                total = before[state, count] + price[client] + count_price[count]
                bound[client] = max(bound[client], total + rest[at + 1, then, more])
                later[then, more] = max(later[then, more], total)
        before = later
    return bound


@compiled
def _rest(desk: Desk, price: Floats, count_price: Floats, order: Ints, counted: int) -> Floats:
    """Bound what the clients from a place in the order on can add, by capacity and count so far."""
    states = desk.after.shape[0]
    rest = np.zeros((order.shape[0] + 1, states, counted + 1))
    for at in range(order.shape[0] - 1, -1, -1):
        client = order[at]
        for state in range(states):
            then = desk.after[state, desk.kind[client]]
            for count in range(counted + 1):
                best = rest[at + 1, state, count]
                if then >= 0 and (count < counted or not counted):
                    more = count + 1 if counted else 0
                    best = max(best, price[client] + count_price[count] + rest[at + 1, then, more])
                rest[at, state, count] = best
    return rest


@compiled
def _needs(desk: Desk, chosen: Ints, count: int, needs: Ints) -> tuple[int, int]:
    """List the needs of some clients, and tell how many are there before the last one's and with them."""
    before = together = 0
    for n in range(count):
        before = together
        for need in range(desk.first_need[chosen[n]], desk.first_need[chosen[n] + 1]):
            needs[together] = need
            together += 1
    return before, together


@compiled
def _entry(key: Bits, size: int) -> int:
    mixed = np.uint64(0)
    for word in key:
        mixed = (mixed ^ word) * np.uint64(_MIX)
        mixed ^= mixed >> np.uint64(29)
    return int(mixed >> np.uint64(20)) & (size - 1)
