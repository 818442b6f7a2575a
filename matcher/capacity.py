"""How many needs of each length fit into an assistant's days, whoever's and whenever they are.

Two appointments of 60 and of 90 minutes leave half an hour of a limit of three hours that no third
one can use: counting slots alone would not see it. What fits is a set of vectors, one number for
each length; a client takes a vector of them, and every set of clients that can be served stays in
the set. So it bounds what an assistant can do, and is small enough for a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.rows import Bools, Ints

# A set of vectors that would be larger is counted in slots alone.
_LARGEST = 20_000


@dataclass(frozen=True)
class Day:
    """A day's week, the slots that may be given in it, and those that appointments and buffers share."""

    week: int
    slots: int
    with_buffers: int


@dataclass(frozen=True)
class Capacity:
    """What is taken so far, as numbered states; state 0 is nothing.

    Attributes
    ----------
    kind
        Clients of one kind take the same: shape (clients,).
    after
        The state after one more client of a kind, or -1 where that does not fit: shape
        (states, kinds).
    most
        How many appointments, and so clients, fit at most.
    """

    kind: Ints
    after: Ints
    most: int


def capacity(
    client: Ints, slots: Ints, clients: int, days: Sequence[Day], week_slots: Ints, buffer: int
) -> Capacity:
    """Work out what fits into the days.

    Parameters
    ----------
    client, slots
        Whose each need is, and how many slots it takes: shape (needs,).
    """
    # One length at least, so that there is a state even where nobody needs anything.
    length = np.unique(slots) if len(slots) else np.ones(1, dtype=np.int64)
    of_need = np.searchsorted(length, slots)
    taken = np.zeros((clients, len(length)), dtype=np.int64)
    np.add.at(taken, (client, of_need), 1)
    total = int(week_slots.sum())
    size = np.minimum(taken.sum(axis=0), total // np.maximum(length, 1)) + 1
    if np.prod(size.astype(np.float64)) > _LARGEST:
        # Slots alone: one length of one slot, and no buffers between.
        taken = (taken @ length)[:, None]
        length, size, buffer = np.ones(1, dtype=np.int64), np.array([total + 1]), 0
        days = [Day(day.week, day.slots, day.slots) for day in days]
    fits = _fits(length, size, days, week_slots, buffer)
    state = np.argwhere(fits)
    number = np.full(fits.shape, -1, dtype=np.int64)
    number[tuple(state.T)] = np.arange(len(state))
    kinds, kind = np.unique(taken, axis=0, return_inverse=True)
    after = np.full((len(state), len(kinds)), -1, dtype=np.int64)
    for n, vector in enumerate(kinds):
        then = state + vector
        inside = (then < size).all(axis=1)
        after[inside, n] = number[tuple(then[inside].T)]
    fewest = int(taken.sum(axis=1).min(initial=1))
    most = clients if fewest < 1 else int(state.sum(axis=1).max()) // fewest
    return Capacity(kind.reshape(-1).astype(np.int64), after, most)


def _fits(length: Ints, size: Ints, days: Sequence[Day], week_slots: Ints, buffer: int) -> Bools:
    """Tell which vectors of appointments fit: an array of shape `size`."""
    vectors = np.indices(tuple(size.tolist()))
    load = np.tensordot(length, vectors, 1)
    with_buffers = np.tensordot(length + buffer, vectors, 1)
    whole = _nothing(size)
    for week, most in enumerate(week_slots.tolist()):
        of_week = _nothing(size)
        for day in days:
            if day.week == week and day.slots:
                of_week = _sums(of_week, (load <= day.slots) & (with_buffers <= day.with_buffers))
        whole = _sums(whole, of_week & (load <= most))
    return whole


def _nothing(size: Ints) -> Bools:
    out: Bools = np.zeros(size, dtype=np.bool_)
    out.flat[0] = True
    return out


def _sums(one: Bools, other: Bools) -> Bools:
    """Add every vector of a set to every vector of another; each set holds what is less, too.

    A sum is less than one with a largest vector of the other set that lies in the array as well.
    """
    out = np.zeros_like(one)
    for vector in np.argwhere(_largest(other)).tolist():
        moved = tuple(slice(n, None) for n in vector)
        stays = tuple(slice(0, size - n) for n, size in zip(vector, one.shape, strict=True))
        out[moved] |= one[stays]
    for axis in range(out.ndim):
        out = np.flip(np.logical_or.accumulate(np.flip(out, axis), axis), axis)
    return out


def _largest(some: Bools) -> Bools:
    """Mark the vectors of a set to which nothing can be added."""
    out = some.copy()
    for axis in range(some.ndim):
        upper, lower = (tuple(part if n == axis else slice(None) for n in range(some.ndim))
                        for part in (slice(1, None), slice(None, -1)))
        out[lower] &= ~some[upper]
    return out
