"""The round as a time-indexed integer program, whose linear relaxation is nearly whole.

One column for every possible pair, one for every possible start of a need of a pair, and one for
each further client that an assistant might take. All are 0 or 1; a plan is a choice of columns.
After Dyer and Wolsey, "Formulating the single machine sequencing problem with release dates as a
mixed integer program", Discrete Applied Mathematics 26 (1990).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from matcher.candidates import Candidates
from matcher.columns import UNLIMITED
from matcher.rows import Bools, Floats, Ints, Rows, family
from matcher.times import weeks

# In the order of the round's table of hard rules; the last is no rule but ties columns together.
RULES = ("one-assistant", "essential", "overlap", "load", "count")


@dataclass(frozen=True)
class Model:
    """Columns in the order pairs, starts, further clients; and the rows between them.

    Attributes
    ----------
    further_assistant, further_rank
        For each further-client column whose it is, and how many it stands after (from 0).
    """

    table: Candidates
    further_assistant: Ints
    further_rank: Ints
    rows: Rows

    @property
    def pairs(self) -> int:
        """How many pair columns there are; they come first."""
        return len(self.table)

    @property
    def first_further(self) -> int:
        """Where the further-client columns begin, after pairs and starts."""
        return self.pairs + len(self.table.starts)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return self.first_further + len(self.further_assistant)


def build(table: Candidates) -> Model:
    """State every hard rule but the pins."""
    possible = np.bincount(table.assistant, minlength=len(table.assistants))
    most = np.minimum(possible, table.columns.max_clients)
    further_assistant = np.repeat(np.arange(len(most)), most)
    further_rank = np.arange(len(further_assistant)) - np.repeat(np.cumsum(most) - most, most)
    parts = (
        _one_assistant(table), _appointments(table), _days_of_clients(table),
        _overlaps(table), _loads(table), _counts(table, further_assistant),
    )
    return Model(table, further_assistant, further_rank, reduce(Rows.joined, parts))


def _one_assistant(table: Candidates) -> Rows:
    return family(table.client, np.arange(len(table)), 1.0, rule=0, upper=1.0)


def _appointments(table: Candidates) -> Rows:
    """One start for each essential need of a pair that is made, at most one for an optional one."""
    rows = np.arange(table.row_need.size)
    starts = table.starts
    lower = np.where(table.columns.need_optional[table.row_need], -np.inf, 0.0)
    return family(
        np.concatenate([rows, starts.row]),
        np.concatenate([table.row_pair, len(table) + np.arange(len(starts))]),
        np.concatenate([np.full(len(rows), -1.0), np.ones(len(starts))]),
        rule=1, lower=lower, upper=0.0,
    )


def _days_of_clients(table: Candidates) -> Rows:
    """A pair's appointments in a day, where there are needs enough to break `max_per_day`."""
    starts, days = table.starts, len(table.round.days)
    key = starts.pair * days + starts.day
    _, first = np.unique(starts.row * days + starts.day, return_index=True)
    needs = np.bincount(key[first], minlength=len(table) * days)
    most = np.repeat(table.columns.max_per_day[table.client], days)
    scarce = np.flatnonzero(needs > most)
    chosen = np.flatnonzero((needs > most)[key]) if len(key) else key
    return family(
        np.concatenate([scarce, key[chosen]]),
        np.concatenate([scarce // days, len(table) + chosen]),
        np.concatenate([-most[scarce].astype(np.float64), np.ones(len(chosen))]),
        rule=3, upper=0.0,
    )


def _overlaps(table: Candidates) -> Rows:
    """At most one appointment of an assistant at a time, each taken to last to its buffer's end.

    Intervals overlap pairwise where they share a slot (Helly), so a row for every slot that holds
    a maximal set of them says it all. A client's appointments are all with one assistant: that they
    do not overlap need not be said again.
    """
    starts, columns = table.starts, table.columns
    whose = table.assistant[starts.pair]
    reach = columns.need_slots[starts.need] + columns.buffer_slots[whose]
    # One line of slots through all days: a buffer may reach over midnight.
    slots = table.round.slots_per_day * len(table.round.days)
    slot = starts.day * table.round.slots_per_day + starts.slot
    end = np.minimum(slot + reach, slots)
    begins: Bools = np.zeros((len(table.assistants), slots), dtype=np.bool_)
    begins[whose, slot] = True
    # The sets that no other set holds are those at the last start before some appointment's end.
    latest = np.maximum.accumulate(np.where(begins, np.arange(slots), -1), axis=1)
    maximal = np.zeros_like(begins)
    maximal[whose, latest[whose, end - 1]] = True
    length = end - slot
    entry = np.repeat(np.arange(len(starts)), length)
    at = slot[entry] + np.arange(len(entry)) - np.repeat(np.cumsum(length) - length, length)
    kept = maximal[whose[entry], at]
    rows = family((whose[entry] * slots + at)[kept], len(table) + entry[kept], 1.0, rule=2, upper=1.0)
    return rows.pick(np.diff(rows.begin) > 1)


def _loads(table: Candidates) -> Rows:
    """Clients, and slots in a day and in a week, of each assistant."""
    starts, columns, days = table.starts, table.columns, len(table.round.days)
    whose = table.assistant[starts.pair]
    slots = columns.need_slots[starts.need].astype(np.float64)
    column = len(table) + np.arange(len(starts))
    week = weeks(table.round)
    parts = (
        _limited(table.assistant, np.arange(len(table)), np.ones(len(table)), columns.max_clients),
        _limited(whose * days + starts.day, column, slots, np.repeat(columns.day_slots, days)),
        _limited(
            whose * (int(week[-1]) + 1) + week[starts.day], column, slots,
            np.repeat(columns.week_slots, int(week[-1]) + 1),
        ),
    )
    return reduce(Rows.joined, parts)


def _limited(key: Ints, column: Ints, value: Floats, limit: Ints) -> Rows:
    """Return a row for every key whose entries could exceed its limit."""
    total = np.bincount(key, weights=value, minlength=len(limit))
    kept = (limit < np.minimum(total, UNLIMITED))[key] if len(key) else np.zeros(0, dtype=np.bool_)
    return family(key[kept], column[kept], value[kept], rule=3, upper=limit.astype(np.float64))


def _counts(table: Candidates, further_assistant: Ints) -> Rows:
    """Each assistant's pairs are as many as their further clients."""
    first = len(table) + len(table.starts)
    return family(
        np.concatenate([table.assistant, further_assistant]),
        np.concatenate([np.arange(len(table)), first + np.arange(len(further_assistant))]),
        np.concatenate([np.ones(len(table)), np.full(len(further_assistant), -1.0)]),
        rule=4, lower=0.0, upper=0.0,
    )


