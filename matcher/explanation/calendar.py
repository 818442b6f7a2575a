"""Whether one assistant can meet all that some clients cannot do without: quick, and may miss it.

What it finds keeps the rules of time, overlap and load. What it does not find may still be possible: so
many days are tried and no more. A day's needs go one after the other, and only the moment at which the
last one ends matters to the next (Held and Karp, "A dynamic programming approach to sequencing
problems", 1962).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

# How often a need may be given a day before the search ends, and the most needs tried in a day.
_TRIALS, _LARGEST_DAY = 150, 8
Placed = tuple[int, int]


class Task(NamedTuple):
    """One need of one client with one assistant.

    Attributes
    ----------
    starts
        For each day the slots at which it may start, as bits.
    hint
        The day it has in a plan that stands; tried first.
    """

    client: str
    need: str
    slots: int
    starts: tuple[int, ...]
    hint: int | None = None


class Limits(NamedTuple):
    """What binds the assistant, in slots, and how many appointments a day each client may have."""

    buffer: int
    day: int
    week: int
    week_of_day: tuple[int, ...]
    per_day: Mapping[str, int]


def fit(tasks: Sequence[Task], limits: Limits, slots_per_day: int) -> list[Placed] | None:
    """Find a day and a slot for every task, in their order; None where none was found."""
    if not _could_fit(tasks, limits):
        return None
    orders = [
        sorted(range(len(tasks)), key=lambda n: tasks[n].hint is None),
        sorted(range(len(tasks)), key=lambda n: sum(day.bit_count() for day in tasks[n].starts)),
    ]
    known: dict[tuple[int, frozenset[int]], dict[int, int] | None] = {}
    for order in orders:
        found = _Search(tasks, limits, order, known).run()
        if found is not None and not _meets_midnight(found, tasks, limits, slots_per_day):
            return found
    return None


def _could_fit(tasks: Sequence[Task], limits: Limits) -> bool:
    weeks = len(set(limits.week_of_day))
    days = len(limits.week_of_day)
    total = sum(task.slots for task in tasks)
    return total <= min(limits.week * weeks, limits.day * days) and all(any(t.starts) for t in tasks)


class _Search:
    def __init__(
        self, tasks: Sequence[Task], limits: Limits, order: Sequence[int],
        known: dict[tuple[int, frozenset[int]], dict[int, int] | None],
    ) -> None:
        self.tasks, self.limits, self.order, self.known = tasks, limits, order, known
        days = len(limits.week_of_day)
        self.day: list[set[int]] = [set() for _ in range(days)]
        self.load = [0] * days
        self.week = [0] * (max(limits.week_of_day, default=0) + 1)
        self.left = _TRIALS

    def run(self) -> list[Placed] | None:
        if not self._place(0):
            return None
        at = {n: (day, slot) for day in range(len(self.day)) for n, slot in (self._slots(day) or {}).items()}
        return [at[n] for n in range(len(self.tasks))]

    def _slots(self, day: int) -> dict[int, int] | None:
        key = day, frozenset(self.day[day])
        if key not in self.known:
            self.known[key] = sequence([(n, self.tasks[n]) for n in sorted(key[1])], day, self.limits.buffer)
        return self.known[key]

    def _place(self, depth: int) -> bool:
        if depth == len(self.order):
            return True
        n = self.order[depth]
        task, limits = self.tasks[n], self.limits
        days = [day for day, bits in enumerate(task.starts) if bits]
        for day in sorted(days, key=lambda d: (d != task.hint, self.load[d])):
            week = limits.week_of_day[day]
            visits = sum(self.tasks[m].client == task.client for m in self.day[day])
            if (
                self.load[day] + task.slots > limits.day
                or self.week[week] + task.slots > limits.week
                or visits >= limits.per_day[task.client]
            ):
                continue
            self.left -= 1
            if self.left < 0:
                return False
            self.day[day].add(n)
            self.load[day] += task.slots
            self.week[week] += task.slots
            if self._slots(day) is not None and self._place(depth + 1):
                return True
            self.day[day].remove(n)
            self.load[day] -= task.slots
            self.week[week] -= task.slots
        return False


def sequence(tasks: Sequence[tuple[int, Task]], day: int, buffer: int) -> dict[int, int] | None:
    """Put a day's tasks one after the other: the slot of each, or None where that is impossible.

    More tasks than are tried one by one pass for impossible.
    """
    count = len(tasks)
    if count > _LARGEST_DAY:
        return None
    bits = [task.starts[day] for _, task in tasks]
    reach = [task.slots + buffer for _, task in tasks]
    # For every set of tasks the earliest moment after it, and the task and slot that end it.
    ends: list[tuple[int, int, int] | None] = [(0, -1, -1), *[None] * ((1 << count) - 1)]
    for subset in range(1, 1 << count):
        best: tuple[int, int, int] | None = None
        for n in range(count):
            before = ends[subset ^ (1 << n)] if subset >> n & 1 else None
            if before is None:
                continue
            later = bits[n] >> before[0]
            if later:
                slot = before[0] + (later & -later).bit_length() - 1
                if best is None or slot + reach[n] < best[0]:
                    best = slot + reach[n], n, slot
        ends[subset] = best
    out: dict[int, int] = {}
    subset = (1 << count) - 1
    while subset:
        last = ends[subset]
        if last is None:
            return None
        out[tasks[last[1]][0]] = last[2]
        subset ^= 1 << last[1]
    return out


def _meets_midnight(
    found: Sequence[Placed], tasks: Sequence[Task], limits: Limits, slots_per_day: int
) -> bool:
    """Tell whether a buffer reaches over midnight into the next day's first appointment."""
    spans = sorted(
        (day * slots_per_day + slot, day * slots_per_day + slot + task.slots + limits.buffer)
        for (day, slot), task in zip(found, tasks, strict=True)
    )
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))
