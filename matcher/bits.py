"""Bit sets of slots, read by compiled code."""

from __future__ import annotations

import numpy as np

from matcher.compiled import compiled, inner
from matcher.times import Bits


@inner
def lowest(word: np.uint64) -> int:
    """Return the place of the lowest bit that is set."""
    place = 0
    for step in (32, 16, 8, 4, 2, 1):
        if word & ((np.uint64(1) << np.uint64(step)) - np.uint64(1)) == np.uint64(0):
            place += step
            word >>= np.uint64(step)
    return place


@compiled
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
