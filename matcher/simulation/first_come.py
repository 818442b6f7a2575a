"""First come, first served: what an office does that goes down its list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.candidates import Candidates
from matcher.plan import Appointment, Pair
from matcher.times import weeks

Slot = tuple[int, int, int]  # the start's number, its day, its first slot counted from the first day


def first_come(table: Candidates, order: Sequence[str]) -> list[Pair]:
    """Serve clients in an order: each by the first assistant who has time, at the first times that are free.

    Essential needs only, one after the other; who finds no time for one of them asks the next assistant.
    The pairs keep every rule.
    """
    list_ = _List(table)
    number = {client.id: n for n, client in enumerate(table.clients)}
    pairs = []
    for client in order:
        first, last = np.searchsorted(table.client, [number[client], number[client] + 1]).tolist()
        for pair in range(first, last):
            found = list_.place(pair)
            if found is not None:
                pairs.append(_pair(table, pair, found))
                break
    return pairs


@dataclass
class _List:
    """The assistants' diaries, as they fill up."""

    table: Candidates
    day: Counter[tuple[int, int]] = field(default_factory=Counter)
    week: Counter[tuple[int, int]] = field(default_factory=Counter)
    clients: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        table = self.table
        slots = table.round.slots_per_day
        self.weeks = weeks(table.round).tolist()
        self.busy = np.zeros((len(table.assistants), (len(table.round.days) + 1) * slots), dtype=np.bool_)
        self.first_start = np.searchsorted(table.starts.row, np.arange(table.row_need.size + 1)).tolist()

    def place(self, pair: int) -> list[Slot] | None:
        """Enter a pair's appointments, or nothing and return None."""
        table, columns = self.table, self.table.columns
        client, assistant = int(table.client[pair]), int(table.assistant[pair])
        if self.clients[assistant] >= columns.max_clients[assistant]:
            return None
        booked: list[Slot] = []
        for row in range(int(table.first_row[pair]), int(table.first_row[pair + 1])):
            if columns.need_optional[table.row_need[row]]:
                continue
            slot = self._first_free(client, assistant, row, booked)
            if slot is None:
                for start, day, at in booked:
                    self._enter(assistant, start, day, at, -1)
                return None
            self._enter(assistant, *slot, 1)
            booked.append(slot)
        self.clients[assistant] += 1
        return booked

    def _first_free(self, client: int, assistant: int, row: int, booked: list[Slot]) -> Slot | None:
        table, columns, starts = self.table, self.table.columns, self.table.starts
        length = self._length(row)
        buffer = int(columns.buffer_slots[assistant])
        for start in range(self.first_start[row], self.first_start[row + 1]):
            day = int(starts.day[start])
            at = day * table.round.slots_per_day + int(starts.slot[start])
            if (
                sum(other == day for _, other, _ in booked) < columns.max_per_day[client]
                and self.day[assistant, day] + length <= columns.day_slots[assistant]
                and self.week[assistant, self.weeks[day]] + length <= columns.week_slots[assistant]
                and not self.busy[assistant, max(0, at - buffer) : at + length + buffer].any()
            ):
                return start, day, at
        return None

    def _enter(self, assistant: int, start: int, day: int, at: int, sign: int) -> None:
        length = self._length(int(self.table.starts.row[start]))
        self.busy[assistant, at : at + length] = sign > 0
        self.day[assistant, day] += sign * length
        self.week[assistant, self.weeks[day]] += sign * length

    def _length(self, row: int) -> int:
        return int(self.table.columns.need_slots[self.table.row_need[row]])


def _pair(table: Candidates, pair: int, found: list[Slot]) -> Pair:
    rnd, starts = table.round, table.starts
    return Pair(
        client=table.clients[table.client[pair]].id,
        assistant=table.assistants[table.assistant[pair]].id,
        appointments=tuple(
            Appointment(
                need=table.needs[starts.need[n]].id,
                start=rnd.moment(day, int(starts.slot[n])),
                end=rnd.moment(day, int(starts.slot[n] + table.columns.need_slots[starts.need[n]])),
                place=table.places[starts.place[n]],
            )
            for n, day, _ in found
        ),
    )  # fmt: skip
