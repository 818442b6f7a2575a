"""A plan to begin with: client by client, each into the first times that are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from matcher.levels import start_of
from matcher.model import Model
from matcher.plan_parts import Pair
from matcher.rows import Ints
from matcher.times import weeks

# How many times one pair's schedule may be tried before the next assistant is asked.
_TRIALS = 200


class _Diary:
    """Who is busy when, in a plan that grows."""

    def __init__(self, model: Model) -> None:
        self._table = table = model.table
        self._columns = table.columns
        self._week = weeks(table.round).tolist()
        self._busy = [0] * len(table.assistants)
        self._day: dict[tuple[int, int], int] = defaultdict(int)
        self._in_week: dict[tuple[int, int], int] = defaultdict(int)
        self._of_client: dict[tuple[int, int], int] = defaultdict(int)
        self._slots = table.round.slots_per_day
        self._length = self._columns.need_slots.tolist()
        self._buffer = self._columns.buffer_slots.tolist()
        starts = table.starts
        self._start = list(zip(
            starts.need.tolist(), table.client[starts.pair].tolist(), table.assistant[starts.pair].tolist(),
            starts.day.tolist(), starts.slot.tolist(), strict=True,
        ))

    def fits(self, start: int) -> bool:
        """Tell whether a start breaks nothing that is in the diary."""
        need, client, assistant, day, slot = self._start[start]
        length = self._length[need]
        return (
            not self._busy[assistant] & self._span(assistant, day, slot, length)
            and self._of_client[client, day] < self._columns.max_per_day[client]
            and self._day[assistant, day] + length <= self._columns.day_slots[assistant]
            and self._in_week[assistant, self._week[day]] + length <= self._columns.week_slots[assistant]
        )

    def write(self, start: int, sign: int = 1) -> None:
        """Enter a start, or strike it out where `sign` is -1."""
        need, client, assistant, day, slot = self._start[start]
        length = self._length[need]
        self._busy[assistant] ^= self._span(assistant, day, slot, length)
        self._of_client[client, day] += sign
        self._day[assistant, day] += sign * length
        self._in_week[assistant, self._week[day]] += sign * length

    def _span(self, assistant: int, day: int, slot: int, length: int) -> int:
        # One line of slots through all days: a buffer may reach over midnight.
        span: int = ((1 << (length + self._buffer[assistant])) - 1) << (day * self._slots + slot)
        return span


def greedy(model: Model, chosen: Ints) -> Ints:
    """Extend chosen pairs and starts by whoever still fits, the weightiest clients first.

    Returns
    -------
    Ints
        The columns of a plan that keeps every rule, ascending.
    """
    table = model.table
    diary = _Diary(model)
    starts_of_row = np.searchsorted(table.starts.row, np.arange(table.row_need.size + 1)).tolist()
    load = np.zeros(len(table.assistants), dtype=np.int64)
    pairs = set(chosen[chosen < model.pairs].tolist())
    starts = model.starts(chosen).tolist()
    matched = set(table.client[sorted(pairs)].tolist())
    for pair in pairs:
        load[table.assistant[pair]] += 1
    for start in starts:
        diary.write(start)
    first_pair = np.searchsorted(table.client, np.arange(len(table.clients) + 1)).tolist()
    choice = np.diff(first_pair)
    points = sum(table.points.values(), np.zeros(len(table), dtype=np.int64))
    for client in np.lexsort((choice, -table.columns.weight)).tolist():
        mine = range(first_pair[client], first_pair[client + 1])
        if client in matched:
            continue
        for pair in sorted(mine, key=lambda p: (-points[p], load[table.assistant[p]], p)):
            assistant = table.assistant[pair]
            if load[assistant] >= table.columns.max_clients[assistant]:
                continue
            rows = range(table.first_row[pair], table.first_row[pair + 1])
            essential = [r for r in rows if not table.columns.need_optional[table.row_need[r]]]
            choices = [range(starts_of_row[r], starts_of_row[r + 1]) for r in essential]
            found = _placed(diary, sorted(choices, key=len))
            if found is not None:
                load[assistant] += 1
                pairs.add(pair)
                starts += found
                break
    return _columns(model, sorted(pairs), starts)


def columns_of(model: Model, pairs: Sequence[Pair]) -> Ints:
    """Return the columns of a plan that somebody else made, ascending."""
    starts = (
        start_of(model, pair.client, pair.assistant, one.need, one.start)
        for pair in pairs for one in pair.appointments
    )
    chosen = sorted(model.table.index[pair.client, pair.assistant] for pair in pairs)
    return _columns(model, chosen, [start for start in starts if start is not None])


def _columns(model: Model, pairs: list[int], starts: list[int]) -> Ints:
    pair, start = (np.array(numbers, dtype=np.int64) for numbers in (pairs, starts))
    # The further clients of each assistant fill up in their order.
    load = np.bincount(model.table.assistant[pair], minlength=len(model.table.assistants))
    return np.concatenate([
        pair, np.sort(model.day_column(start)), np.sort(model.time_column(start)),
        model.first_further + np.flatnonzero(model.further_rank < load[model.further_assistant]),
    ])


def _placed(diary: _Diary, choices: list[range]) -> list[int] | None:
    """Place one start of each choice, those with the fewest first; None where that fails."""
    chosen: list[int] = []
    trials = 0

    def place(depth: int) -> bool:
        nonlocal trials
        if depth == len(choices):
            return True
        for start in choices[depth]:
            trials += 1
            if trials > _TRIALS:
                return False
            if diary.fits(start):
                diary.write(start)
                chosen.append(start)
                if place(depth + 1):
                    return True
                chosen.pop()
                diary.write(start, -1)
        return False

    return chosen if place(0) else None
