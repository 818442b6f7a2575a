"""The round as a time-indexed integer program, whose linear relaxation is nearly whole.

One column for every possible pair, one for every day of a need of a pair, one for every time of a
day at which a kind of need could start, and one for each further client that an assistant might
take. All are 0 or 1; a plan is a choice of columns. After Dyer and Wolsey, "Formulating the single
machine sequencing problem with release dates as a mixed integer program", Discrete Applied
Mathematics 26 (1990).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from matcher.alike import Alike, alike, starts_at
from matcher.candidates import Candidates
from matcher.columns import UNLIMITED
from matcher.rows import Bools, Floats, Ints, Rows, family
from matcher.times import weeks

# In the order of the round's table of hard rules.
RULES = ("one-assistant", "essential", "overlap", "load")
# Rows that state no rule but tie columns together.
TIMES, COUNT = len(RULES), len(RULES) + 1


@dataclass(frozen=True)
class Model:
    """Columns in the order pairs, days, times, further clients; and the rows between them.

    Attributes
    ----------
    further_assistant, further_rank
        For each further-client column whose it is, and how many it stands after (from 0).
    """

    table: Candidates
    groups: Alike
    further_assistant: Ints
    further_rank: Ints
    rows: Rows

    @property
    def pairs(self) -> int:
        """How many pair columns there are; they come first."""
        return len(self.table)

    @property
    def first_time(self) -> int:
        """Where the columns of times begin, after pairs and days."""
        return self.pairs + len(self.groups.row)

    @property
    def first_further(self) -> int:
        """Where the further-client columns begin, after pairs, days and times."""
        return self.first_time + len(self.groups.time_kind)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return self.first_further + len(self.further_assistant)

    def day_column(self, start: Ints) -> Ints:
        """Return the columns of the days of some starts."""
        return self.pairs + self.groups.day_of_start[start]

    def time_column(self, start: Ints) -> Ints:
        """Return the columns of the times of some starts."""
        groups, slots = self.groups, self.table.round.slots_per_day
        wanted = groups.kind[groups.day_of_start[start]] * slots + self.table.starts.slot[start]
        return self.first_time + np.searchsorted(groups.time_kind * slots + groups.time_slot, wanted)

    def starts(self, chosen: Ints) -> Ints:
        """Return the starts that a choice of columns comes to, ascending."""
        day = chosen[(chosen >= self.pairs) & (chosen < self.first_time)] - self.pairs
        time = chosen[(chosen >= self.first_time) & (chosen < self.first_further)] - self.first_time
        return starts_at(self.table, self.groups, day, time)


def build(table: Candidates) -> Model:
    """State every hard rule but the pins."""
    possible = np.bincount(table.assistant, minlength=len(table.assistants))
    most = np.minimum(possible, table.columns.max_clients)
    further_assistant = np.repeat(np.arange(len(most)), most)
    further_rank = np.arange(len(further_assistant)) - np.repeat(np.cumsum(most) - most, most)
    groups = alike(table)
    parts = (
        _one_assistant(table), _appointments(table, groups), _days_of_clients(table, groups),
        _overlaps(table, groups), _loads(table, groups), _times(table, groups),
        _counts(table, groups, further_assistant),
    )
    return Model(table, groups, further_assistant, further_rank, reduce(Rows.joined, parts))


def _one_assistant(table: Candidates) -> Rows:
    return family(table.client, np.arange(len(table)), 1.0, rule=0, upper=1.0)


def _appointments(table: Candidates, groups: Alike) -> Rows:
    """One day for each essential need of a pair that is made, at most one for an optional one."""
    rows = np.arange(table.row_need.size)
    lower = np.where(table.columns.need_optional[table.row_need], -np.inf, 0.0)
    return family(
        np.concatenate([rows, groups.row]),
        np.concatenate([table.row_pair, len(table) + np.arange(len(groups.row))]),
        np.concatenate([np.full(len(rows), -1.0), np.ones(len(groups.row))]),
        rule=1, lower=lower, upper=0.0,
    )


def _days_of_clients(table: Candidates, groups: Alike) -> Rows:
    """A pair's appointments in a day, where there are needs enough to break `max_per_day`."""
    days = len(table.round.days)
    key = table.row_pair[groups.row] * days + groups.day
    needs = np.bincount(key, minlength=len(table) * days)
    most = np.repeat(table.columns.max_per_day[table.client], days)
    scarce = np.flatnonzero(needs > most)
    chosen = np.flatnonzero((needs > most)[key]) if len(key) else key
    return family(
        np.concatenate([scarce, key[chosen]]),
        np.concatenate([scarce // days, len(table) + chosen]),
        np.concatenate([-most[scarce].astype(np.float64), np.ones(len(chosen))]),
        rule=3, upper=0.0,
    )


def _times(table: Candidates, groups: Alike) -> Rows:
    """As many times of each kind as needs of the kind have this day."""
    first_time = len(table) + len(groups.row)
    return family(
        np.concatenate([groups.kind, groups.time_kind]),
        np.concatenate([
            len(table) + np.arange(len(groups.row)), first_time + np.arange(len(groups.time_kind)),
        ]),
        np.concatenate([np.full(len(groups.row), -1.0), np.ones(len(groups.time_kind))]),
        rule=TIMES, lower=0.0, upper=0.0,
    )


def _overlaps(table: Candidates, groups: Alike) -> Rows:
    """At most one appointment of an assistant at a time, each taken to last to its buffer's end.

    Intervals overlap pairwise where they share a slot (Helly), so a row for every slot that holds
    a maximal set of them says it all. A client's appointments are all with one assistant: that they
    do not overlap need not be said again.
    """
    starts, columns, times = table.starts, table.columns, groups.time_start
    whose = table.assistant[starts.pair[times]]
    reach = columns.need_slots[starts.need[times]] + columns.buffer_slots[whose]
    # One line of slots through all days: a buffer may reach over midnight.
    slots = table.round.slots_per_day * len(table.round.days)
    slot = starts.day[times] * table.round.slots_per_day + starts.slot[times]
    end = np.minimum(slot + reach, slots)
    begins: Bools = np.zeros((len(table.assistants), slots), dtype=np.bool_)
    begins[whose, slot] = True
    # The sets that no other set holds are those at the last start before some appointment's end.
    latest = np.maximum.accumulate(np.where(begins, np.arange(slots), -1), axis=1)
    maximal = np.zeros_like(begins)
    maximal[whose, latest[whose, end - 1]] = True
    length = end - slot
    entry = np.repeat(np.arange(len(times)), length)
    at = slot[entry] + np.arange(len(entry)) - np.repeat(np.cumsum(length) - length, length)
    kept = maximal[whose[entry], at]
    first_time = len(table) + len(groups.row)
    rows = family((whose[entry] * slots + at)[kept], first_time + entry[kept], 1.0, rule=2, upper=1.0)
    return rows.pick(np.diff(rows.begin) > 1)


def _loads(table: Candidates, groups: Alike) -> Rows:
    """Clients, and slots in a day and in a week, of each assistant."""
    columns, days = table.columns, len(table.round.days)
    whose = table.assistant[table.row_pair[groups.row]]
    slots = columns.need_slots[table.row_need[groups.row]].astype(np.float64)
    column = len(table) + np.arange(len(groups.row))
    week = weeks(table.round)
    parts = (
        _limited(table.assistant, np.arange(len(table)), np.ones(len(table)), columns.max_clients),
        _limited(whose * days + groups.day, column, slots, np.repeat(columns.day_slots, days)),
        _limited(
            whose * (int(week[-1]) + 1) + week[groups.day], column, slots,
            np.repeat(columns.week_slots, int(week[-1]) + 1),
        ),
    )
    return reduce(Rows.joined, parts)


def _limited(key: Ints, column: Ints, value: Floats, limit: Ints) -> Rows:
    """Return a row for every key whose entries could exceed its limit."""
    total = np.bincount(key, weights=value, minlength=len(limit))
    kept = (limit < np.minimum(total, UNLIMITED))[key] if len(key) else np.zeros(0, dtype=np.bool_)
    return family(key[kept], column[kept], value[kept], rule=3, upper=limit.astype(np.float64))


def _counts(table: Candidates, groups: Alike, further_assistant: Ints) -> Rows:
    """Each assistant's pairs are as many as their further clients."""
    first = len(table) + len(groups.row) + len(groups.time_kind)
    return family(
        np.concatenate([table.assistant, further_assistant]),
        np.concatenate([np.arange(len(table)), first + np.arange(len(further_assistant))]),
        np.concatenate([np.ones(len(table)), np.full(len(further_assistant), -1.0)]),
        rule=COUNT, lower=0.0, upper=0.0,
    )
