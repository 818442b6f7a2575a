"""What fits into an assistant's days is what can be dealt out to them, one appointment after another."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.capacity import Day, capacity

day = st.builds(Day, week=st.integers(0, 1), slots=st.integers(0, 6), with_buffers=st.integers(0, 8))


def fits(needs: tuple[int, ...], of: list[Day], weeks: tuple[int, ...], buffer: int) -> bool:
    """Put each appointment into each day in turn."""

    @cache
    def rest(n: int, slots: tuple[int, ...], shared: tuple[int, ...], left: tuple[int, ...]) -> bool:
        if n == len(needs):
            return True
        for at, day in enumerate(of):
            if needs[n] <= min(slots[at], left[day.week]) and needs[n] + buffer <= shared[at] and rest(
                n + 1, less(slots, at, needs[n]), less(shared, at, needs[n] + buffer),
                less(left, day.week, needs[n]),
            ):
                return True
        return False

    return rest(0, tuple(day.slots for day in of), tuple(day.with_buffers for day in of), weeks)


def less(numbers: tuple[int, ...], at: int, by: int) -> tuple[int, ...]:
    return (*numbers[:at], numbers[at] - by, *numbers[at + 1 :])


@given(
    needs=st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=2), min_size=1, max_size=5),
    of=st.lists(day, max_size=4),
    weeks=st.tuples(st.integers(0, 9), st.integers(0, 9)), buffer=st.integers(0, 1),
)
def test_clients_fit_one_after_the_other_if_their_needs_can_be_dealt_out(
    needs: list[list[int]], of: list[Day], weeks: tuple[int, int], buffer: int
) -> None:
    client = np.repeat(np.arange(len(needs)), [len(own) for own in needs])
    slots = np.array([need for own in needs for need in own])
    found = capacity(client, slots, len(needs), of, np.array(weeks), buffer)

    state, taken = 0, []
    for n, own in enumerate(needs):
        taken += own
        state = int(found.after[state, found.kind[n]])
        assert (state >= 0) == fits(tuple(taken), of, weeks, buffer)
        if state < 0:
            break
