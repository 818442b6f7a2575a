"""Bit sets of slots, read by compiled code."""

from __future__ import annotations

import numpy as np

from matcher.compiled import inner, lean
from matcher.times import Bits

_MIX = 0x9E3779B97F4A7C15


@inner
def lowest(word: np.uint64) -> int:
    """Return the place of the lowest bit that is set."""
    place = 0
    for step in (32, 16, 8, 4, 2, 1):
        if word & ((np.uint64(1) << np.uint64(step)) - np.uint64(1)) == np.uint64(0):
            place += step
            word >>= np.uint64(step)
    return place


@lean
def first_from(starts: Bits, slot: int) -> int:
    """Return the first slot of a set at or after a slot, or -1."""
    word = slot >> 6
    if word >= starts.shape[0]:
        return -1
    rest = starts[word] >> np.uint64(slot & 63)
    if rest != np.uint64(0):
        return slot + lowest(rest)
    for later in range(word + 1, starts.shape[0]):
        if starts[later] != np.uint64(0):
            return 64 * later + lowest(starts[later])
    return -1


@inner
def entry_of(key: Bits, size: int) -> int:
    """Return the place of a set in a table of some size, a power of 2."""
    mixed = np.uint64(0)
    for n in range(key.shape[0]):
        mixed = (mixed ^ key[n]) * np.uint64(_MIX)
        mixed ^= mixed >> np.uint64(29)
    return int(mixed >> np.uint64(20)) & (size - 1)


@inner
def is_at(sets: Bits, entry: int, key: Bits) -> bool:
    """Tell whether a set is the one at a place of a table."""
    same = True
    for word in range(key.shape[0]):
        same &= sets[entry, word] == key[word]
    return same
