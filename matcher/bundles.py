"""The best bundle: the clients that an assistant should serve at some prices, compiled.

A bundle is a set of clients whose needs fit into one assistant's time. The best one is found by
branch and bound over clients; a table over the capacity left bounds what the clients not yet decided
on can add, and a bundle counts as possible once its needs have been given days.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.compiled import compiled, inner
from matcher.desk import Desk
from matcher.filling import NO, UNKNOWN, YES
from matcher.placing import (
    Memory,
    Placing,
    Room,
    add,
    copy,
    is_refused,
    nth,
    place_anew,
    placings,
    refuse,
    room,
)
from matcher.rows import Floats, Ints
from matcher.times import Bits

_LITTLE = 1e-9
# Worth less than any bundle could make up for.
_CLOSED = -1e5
# A search that moves appointments costs about as much as so many steps without one.
_COSTLY = 20


@compiled
def best_bundles(
    desk: Desk, price: Floats, count_price: Floats, threshold: float, every: bool, limit: int,
    cut_begin: Ints, cut: Ints, cut_price: Floats, known: Memory, found: Ints, size: Ints, value: Floats,
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
    known
        What was found out in earlier calls.
    found, size, value
        Filled with bundles, the oldest overwritten first: shapes (room, most), (room,), (room,).

    Returns
    -------
    tuple[int, float, bool]
        How many were found, what no bundle is worth more than (the threshold at least), and whether
        there is none but these.
    """
    most = desk.most
    gain = max(0.0, count_price[:most].max()) if most else 0.0
    order = np.argsort(-(price + gain) / np.maximum(desk.client_slots, 0.5))
    # In the best bundle nobody costs anything; in one that is nearly as good, somebody may.
    order = order[(price + gain)[order] > (_CLOSED if every else _LITTLE)]
    counted = most if desk.counted or count_price.any() else 0
    rest = _rest(desk, price, count_price, order, counted)
    better = _better(desk, price, order, cut_begin, cut)

    path = _Path(
        np.zeros(most + 1, dtype=np.int64), np.zeros(most + 1, dtype=np.int64),
        np.zeros(most + 1, dtype=np.int64), np.zeros(most + 1),
        np.zeros((most + 1, known.refused.shape[1]), dtype=np.uint64),
        np.zeros(cut_price.shape[0], dtype=np.int64),
    )
    return _search(
        desk, price, count_price, threshold, every, limit, cut_begin, cut, cut_price, known, found, size,
        value, order, counted, rest, better, path, placings(desk, most + 1), room(desk),
    )


class _Path(NamedTuple):
    """What was chosen down to each depth, and how many clients of each cut."""

    chosen: Ints
    state: Ints
    following: Ints
    worth: Floats
    key: Bits
    held: Ints


@inner
def _search(
    desk: Desk, price: Floats, count_price: Floats, threshold: float, every: bool, limit: int,
    cut_begin: Ints, cut: Ints, cut_price: Floats, known: Memory, found: Ints, size: Ints, value: Floats,
    order: Ints, counted: int, rest: Floats, better: Bits, path: _Path, placing: Placing, room: Room,
) -> tuple[int, float, bool]:
    chosen, state, following, worth, key, held = path
    most = desk.most
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
        if not every and not _holds(key[depth], better[at]):
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
        for word in range(key.shape[1]):
            key[deeper, word] = key[depth, word]
        key[deeper, client >> 6] |= np.uint64(1) << np.uint64(client & 63)
        if is_refused(known, key[deeper]):
            continue
        here = nth(placing, deeper)
        copy(nth(placing, depth), here)
        chosen[depth] = client
        fits = add(desk, chosen[:deeper], here, known, room, limit)
        if fits != YES and depth:
            steps += _COSTLY
            fits = place_anew(desk, chosen[:deeper], here, known, room, limit)
        if fits == NO:
            refuse(known, key[deeper])
            continue
        if fits == UNKNOWN:
            doubt = max(doubt, most_with)
            continue
        for n in range(cut_begin[client], cut_begin[client + 1]):
            held[cut[n]] += 1
        depth = deeper
        following[depth], worth[depth], state[depth] = at + 1, total, then
        if total > best + _LITTLE:
            to = outs % size.shape[0]
            for n in range(depth):
                found[to, n] = chosen[n]
            size[to], value[to] = depth, total
            outs += 1
            if not every:
                best = total
    # In search of every bundle, what is in doubt counts even below the best.
    return outs, max(doubt, best), doubt <= (threshold if every else best)


@compiled
def _better(desk: Desk, price: Floats, order: Ints, cut_begin: Ints, cut: Ints) -> Bits:
    """Gather for each place in the order clients before it, without whom its own need not be chosen.

    Whoever can stand in for another, is worth as much and stands in no cut but those of the other, can
    take the other's place in any bundle: of bundles worth the same, that with the first in the order
    is found.
    """
    better = np.zeros((order.shape[0], (price.shape[0] + 63) // 64), dtype=np.uint64)
    for at in range(order.shape[0]):
        client = order[at]
        for other in order[:at]:
            if price[other] < price[client] or not desk.stands_in[other, client]:
                continue
            paid = False
            for n in range(cut_begin[other], cut_begin[other + 1]):
                found = False
                for m in range(cut_begin[client], cut_begin[client + 1]):
                    found |= cut[m] == cut[n]
                paid |= not found
            if not paid:
                better[at, other >> 6] |= np.uint64(1) << np.uint64(other & 63)
    return better


@inner
def _holds(key: Bits, others: Bits) -> bool:
    """Tell whether a set of clients, as a bit set, holds all of another."""
    inside = True
    for word in range(key.shape[0]):
        inside &= others[word] & ~key[word] == np.uint64(0)
    return inside


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
