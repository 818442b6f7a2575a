"""A round as flat arrays that compiled code reads: who may meet whom, for how long, when, and for what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.candidates import Candidates
from matcher.parts import LEVELS
from matcher.rows import Bools, Floats, Ints
from matcher.times import Bits, pack, weeks

Shorts = npt.NDArray[np.int32]
SERVED, STABILITY, ORIGIN, BALANCE, EXTRAS, EARLY = (
    LEVELS.index(level) for level in ("served", "stability", "origin", "balance", "extras", "early")
)
# The levels that only pairs count for, in the order of the book's points; they follow each other.
OF_PAIRS = ("origin", "language", "gender", "continuity")
# What a unit of a level is worth in units of the next one while a plan is searched for: more than
# levels can be exchanged for. Strictness does not depend on it, as plans are compared level by level.
_RATIO = 24.0


class Book(NamedTuple):
    """What a search may know, by the numbers of the table of candidates.

    Attributes
    ----------
    first_pair, client, assistant
        Each client's pairs, and whose each pair is: shapes (clients + 1,) and (pairs,).
    points
        What each pair adds to the levels OF_PAIRS: shape (pairs, 4).
    of_assistant, first_of
        Each assistant's pairs: shapes (pairs,) and (assistants + 1,).
    weight, first_need, client_day, work
        Of clients; `client_day` is `max_per_day`, `work` what needs that are not optional last.
    need_client, slots, kind, optional, topic
        Of needs; `kind` numbers the lengths.
    need_starts, assistant_starts
        Where each side could start, by place: shapes (needs, places, days, words) and
        (lengths, assistants, places, days, words).
    first_place, place
        The places at which each client can be at all.
    need_days, assistant_days
        The days of those, as bit sets; all bits where there are more days: shapes (needs, places)
        and (lengths, assistants, places).
    covers
        Which assistants cover each topic: shape (topics, assistants).
    room, day_slots, week_slots, buffer, caseload
        Of assistants; `room` is how many clients one can take at most.
    week
        The week of each day.
    held_pair, held_day, held_slot
        What pins decide: the only pair of a client, and the only time of a need; else -1.
    first_keep, keep_pair, keep_day, keep_slot
        What was announced, by need.
    worth
        What a unit of each level is worth in a search, in the order of LEVELS.
    """

    first_pair: Ints
    client: Shorts
    assistant: Shorts
    points: npt.NDArray[np.int8]
    of_assistant: Shorts
    first_of: Ints
    weight: Ints
    first_need: Ints
    client_day: Ints
    work: Ints
    need_client: Ints
    slots: Ints
    kind: Ints
    optional: Bools
    topic: Ints
    need_starts: Bits
    assistant_starts: Bits
    need_days: Bits
    assistant_days: Bits
    first_place: Ints
    place: Ints
    covers: Bools
    room: Ints
    day_slots: Ints
    week_slots: Ints
    buffer: Ints
    caseload: Ints
    week: Ints
    held_pair: Ints
    held_day: Ints
    held_slot: Ints
    first_keep: Ints
    keep_pair: Ints
    keep_day: Ints
    keep_slot: Ints
    slots_per_day: int
    worth: Floats


def book(table: Candidates) -> Book:
    """Lay a table of candidates out for compiled code."""
    columns, rnd = table.columns, table.round
    need_starts, assistant_starts = table.meetings.by_place()
    at = need_starts.any(axis=(2, 3))
    of_client = np.zeros((len(table.clients), at.shape[1]), dtype=np.bool_)
    np.logical_or.at(of_client, columns.need_client, at)
    who, place = np.nonzero(of_client)
    possible = np.bincount(table.assistant, minlength=len(table.assistants))
    order = np.argsort(table.assistant, kind="stable")
    held_pair, held_day, held_slot = _held(table)
    keep = _kept(table)
    return Book(
        first_pair=np.searchsorted(table.client, np.arange(len(table.clients) + 1)),
        client=table.client.astype(np.int32),
        assistant=table.assistant.astype(np.int32),
        points=np.column_stack([table.points[level] for level in OF_PAIRS]).astype(np.int8),
        of_assistant=order.astype(np.int32),
        first_of=np.concatenate([[0], np.cumsum(possible)]),
        weight=columns.weight,
        first_need=columns.first_need,
        client_day=columns.max_per_day,
        work=np.bincount(
            columns.need_client, np.where(columns.need_optional, 0, columns.need_slots), len(table.clients)
        ).astype(np.int64),
        need_client=columns.need_client,
        slots=columns.need_slots,
        kind=table.meetings.kind_of_need,
        optional=columns.need_optional,
        topic=table.meetings.topic_of_need,
        need_starts=need_starts,
        assistant_starts=assistant_starts,
        need_days=_days(need_starts),
        assistant_days=_days(assistant_starts),
        first_place=np.searchsorted(who, np.arange(len(table.clients) + 1)),
        place=place,
        covers=table.meetings.covers,
        room=np.minimum(columns.max_clients, possible),
        day_slots=columns.day_slots,
        week_slots=_week_slots(table),
        buffer=columns.buffer_slots,
        caseload=columns.caseload,
        week=weeks(rnd),
        held_pair=held_pair,
        held_day=held_day,
        held_slot=held_slot,
        first_keep=np.searchsorted(keep[:, 0], np.arange(len(columns.needs) + 1)),
        keep_pair=np.ascontiguousarray(keep[:, 1]),
        keep_day=np.ascontiguousarray(keep[:, 2]),
        keep_slot=np.ascontiguousarray(keep[:, 3]),
        slots_per_day=rnd.slots_per_day,
        worth=_worth(rnd.policy.levels),
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
    columns = table.columns
    hours = np.minimum(table.meetings.hours(), columns.day_slots[:, None])
    week = weeks(table.round)
    out = np.zeros((len(hours), int(week[-1]) + 1), dtype=np.int64)
    for day, its_week in enumerate(week.tolist()):
        out[:, its_week] += hours[:, day]
    return np.minimum(out, columns.week_slots[:, None])


def _worth(levels: tuple[str, ...]) -> Floats:
    out = np.zeros(len(LEVELS))
    for n, level in enumerate(reversed(levels)):
        out[LEVELS.index(level)] = _RATIO**n
    return out


def _held(table: Candidates) -> tuple[Ints, Ints, Ints]:
    """Read the pins, which hold together: the only pair of a client, the only time of a need."""
    columns, rnd = table.columns, table.round
    pair = np.full(len(table.clients), -1, dtype=np.int64)
    day, slot = np.full((2, len(columns.needs)), -1, dtype=np.int64)
    for pin in rnd.pins:
        client = columns.client_index[pin.client]
        pair[client] = table.pair_of(client, columns.assistant_index[pin.assistant])
        if pin.need is not None and pin.start is not None:
            need = columns.need_index(client, pin.need)
            day[need], slot[need] = rnd.day_index(pin.start.date()), rnd.slot(pin.start)
    return pair, day, slot


def _kept(table: Candidates) -> Ints:
    """List what was announced and could stand: need, pair, day and slot, by need."""
    columns, rnd = table.columns, table.round
    out = []
    for keep in rnd.keep:
        client = columns.client_index[keep.client]
        pair = table.pair_of(client, columns.assistant_index[keep.assistant])
        day = rnd.day_index(keep.start.date())
        if pair >= 0 and 0 <= day < len(rnd.days):
            out.append((columns.need_index(client, keep.need), pair, day, rnd.slot(keep.start)))
    return np.array(sorted(out), dtype=np.int64).reshape(-1, 4)
