"""A round as a few tables that compiled code reads: who may meet whom, for how long, when, and for what.

Every table that is handed from one compiled function to the next costs time to compile; so what
belongs together stands in one, with named columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.candidates import Candidates
from matcher.parts import LEVELS
from matcher.rows import Bools, Floats, Ints
from matcher.times import Bits, pack, weeks

Shorts = npt.NDArray[np.int32]
# A table with named columns of whole numbers: `table[n].column`, or `table["column"]` for all.
Table = Any
SERVED, STABILITY, ORIGIN, BALANCE, EXTRAS, EARLY = (
    LEVELS.index(level) for level in ("served", "stability", "origin", "balance", "extras", "early")
)
# The levels that only pairs count for, in the order of the book's points; they follow each other.
OF_PAIRS = ("origin", "language", "gender", "continuity")
# What a unit of a level is worth in units of the next one while a plan is searched for: more than
# levels can be exchanged for. Strictness does not depend on it, as plans are compared level by level.
RATIO = 24


class Book(NamedTuple):
    """What a search may know, by the numbers of the table of candidates.

    Attributes
    ----------
    clients
        `first_pair`, `first_need`, `first_place`: where a client's own begin, with one entry more;
        `weight`; `per_day`; `work`, how long needs that are not optional last; `held`, the only pair
        that pins leave, else -1.
    needs
        `client`, `slots`, `kind` (which of the lengths), `optional`, `topic`; `held_day`, `held_slot`:
        the only time that pins leave, else -1; `first_keep`, with one entry more.
    assistants
        `first_of`, with one entry more; `room`: how many clients fit; `day_slots`, `buffer`, `caseload`.
    pairs
        `client` and `assistant`, by client and then by assistant.
    points
        What each pair adds to the levels OF_PAIRS: shape (pairs, 4).
    of_assistant
        Each assistant's pairs: shape (pairs,).
    keeps
        What was announced, by need: `pair`, `day`, `slot`.
    need_starts, assistant_starts
        Where each side could start, by place: shapes (needs, places, days, words) and
        (lengths, assistants, places, days, words).
    need_days, assistant_days
        The days of those, as bit sets; all bits where there are more days: shapes (needs, places)
        and (lengths, assistants, places).
    place
        The places at which each client can be at all.
    covers
        Which assistants cover each topic: shape (topics, assistants).
    week_slots, week
        What each assistant can give in each week: shape (assistants, weeks); the week of each day.
    worth
        What a unit of each level is worth in a search, in the order of LEVELS.
    """

    clients: Table
    needs: Table
    assistants: Table
    pairs: Table
    points: npt.NDArray[np.int8]
    of_assistant: Shorts
    keeps: Table
    need_starts: Bits
    assistant_starts: Bits
    need_days: Bits
    assistant_days: Bits
    place: Ints
    covers: Bools
    week_slots: Ints
    week: Ints
    worth: Floats
    slots_per_day: int


def columns(size: int, kind: type, of: Mapping[str, Any]) -> Table:
    """Return a table with named columns; a shorter column is filled up with zeros."""
    out = np.zeros(size, dtype=[(name, kind) for name in of])
    for name, values in of.items():
        out[name][: len(values)] = values
    return out


def book(table: Candidates) -> Book:
    """Lay a table of candidates out for compiled code."""
    known, rnd, meetings = table.columns, table.round, table.meetings
    clients, needs, assistants = len(table.clients), len(known.needs), len(table.assistants)
    possible = np.bincount(table.assistant, minlength=assistants)
    held, held_day, held_slot = _held(table)
    keep = _kept(table)
    return Book(
        clients=columns(clients + 1, np.int64, {
            "first_pair": np.searchsorted(table.client, np.arange(clients + 1)),
            "first_need": known.first_need,
            "first_place": meetings.first_place,
            "weight": known.weight,
            "per_day": known.max_per_day,
            "work": np.bincount(
                known.need_client, np.where(known.need_optional, 0, known.need_slots), clients
            ),
            "held": held,
        }),
        needs=columns(needs + 1, np.int64, {
            "client": known.need_client, "slots": known.need_slots, "kind": meetings.kind_of_need,
            "optional": known.need_optional, "topic": meetings.topic_of_need,
            "held_day": held_day, "held_slot": held_slot,
            "first_keep": np.searchsorted(keep[:, 0], np.arange(needs + 1)),
        }),
        assistants=columns(assistants + 1, np.int64, {
            "first_of": np.concatenate([[0], np.cumsum(possible)]),
            "room": np.minimum(known.max_clients, possible), "day_slots": known.day_slots,
            "buffer": known.buffer_slots, "caseload": known.caseload,
        }),
        pairs=columns(len(table), np.int32, {"client": table.client, "assistant": table.assistant}),
        points=np.column_stack([table.points[level] for level in OF_PAIRS]).astype(np.int8, copy=False),
        # Short numbers are sorted by their digits, in linear time.
        of_assistant=np.argsort(
            table.assistant.astype(np.min_scalar_type(assistants)), kind="stable"
        ).astype(np.int32),
        keeps=columns(len(keep), np.int64, {"pair": keep[:, 1], "day": keep[:, 2], "slot": keep[:, 3]}),
        need_starts=meetings.of_needs,
        assistant_starts=meetings.of_assistants,
        need_days=_days(meetings.of_needs),
        assistant_days=_days(meetings.of_assistants),
        place=meetings.place,
        covers=meetings.covers,
        week_slots=_week_slots(table),
        week=weeks(rnd),
        worth=_worth(_counting(table, len(keep))),
        slots_per_day=rnd.slots_per_day,
    )


def _days(starts: Bits) -> Bits:
    """Tell as bit sets on which days there is a start: shape (..., days, words) to (...)."""
    on_day: Bools = np.asarray(starts.any(axis=-1))
    days = on_day.shape[-1]
    if days > 64:
        return np.full(on_day.shape[:-1], ~np.uint64(0), dtype=np.uint64)
    return np.ascontiguousarray(pack(on_day)[..., 0])


def _week_slots(table: Candidates) -> Ints:
    """Return what each assistant can give in each week, also by their hours: shape (assistants, weeks)."""
    hours = np.minimum(table.meetings.hours(), table.columns.day_slots[:, None])
    week = weeks(table.round)
    out = np.zeros((len(hours), int(week[-1]) + 1), dtype=np.int64)
    for day, its_week in enumerate(week.tolist()):
        out[:, its_week] += hours[:, day]
    return np.minimum(out, table.columns.week_slots[:, None])


def _counting(table: Candidates, keeps: int) -> list[str]:
    """Return the levels of the policy on which plans can differ."""
    differ = {
        "stability": keeps > 0, "extras": bool(table.columns.need_optional.any()),
        **{level: bool(points.any()) for level, points in table.points.items()},
    }
    return [level for level in table.round.policy.levels if differ.get(level, True)]


def _worth(levels: Sequence[str]) -> Floats:
    out = np.zeros(len(LEVELS))
    for n, level in enumerate(reversed(levels)):
        out[LEVELS.index(level)] = float(RATIO**n)
    return out


def _held(table: Candidates) -> tuple[Ints, Ints, Ints]:
    """Read the pins, which hold together: the only pair of a client, the only time of a need."""
    known, rnd = table.columns, table.round
    pair = np.full(len(table.clients), -1, dtype=np.int64)
    day, slot = np.full((2, len(known.needs)), -1, dtype=np.int64)
    for pin in rnd.pins:
        client = known.client_index[pin.client]
        pair[client] = table.pair_of(client, known.assistant_index[pin.assistant])
        if pin.need is not None and pin.start is not None:
            need = known.need_index(client, pin.need)
            day[need], slot[need] = rnd.day_index(pin.start.date()), rnd.slot(pin.start)
    return pair, day, slot


def _kept(table: Candidates) -> Ints:
    """List what was announced and could stand: need, pair, day and slot, by need."""
    known, rnd = table.columns, table.round
    out = []
    for keep in rnd.keep:
        client = known.client_index[keep.client]
        pair = table.pair_of(client, known.assistant_index[keep.assistant])
        day = rnd.day_index(keep.start.date())
        if pair >= 0 and 0 <= day < len(rnd.days):
            out.append((known.need_index(client, keep.need), pair, day, rnd.slot(keep.start)))
    return np.array(sorted(out), dtype=np.int64).reshape(-1, 4)
