"""Pins that cannot all hold: a smallest set of them, and the rule that they break.

A set of pins contradicts exactly if it hits the complement of every set that can hold. So the
smallest set to hit the complements found so far is tried, and either it contradicts, and no smaller
one does, or it grows to another set that can hold: Ignatiev, Previti, Liffiton and Marques-Silva,
"Smallest MUS extraction with minimal hitting set dualization", CP 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from matcher.candidates import CODES, NO_COMMON_TIME
from matcher.clock import Clock
from matcher.columns import Columns
from matcher.common_time import have_common_time
from matcher.highs import branch
from matcher.levels import start_of
from matcher.model import COUNT, RULES, Model
from matcher.parts import Assistant, Client, Pin
from matcher.plan_parts import Conflict
from matcher.program import Program, fixed
from matcher.rows import Floats, Ints, family
from matcher.times import places_of

# How many seconds beyond its limit a run may look for the smallest of the sets that contradict.
_GRACE = 2.0
# The rows of the pins themselves, which state none of the rules.
_DECIDED = COUNT + 1
_TEXTS = {
    "one-assistant": "a client meets at most one assistant",
    "language": "the two do not understand each other well enough",
    "origin": "the client's wish about origin rules this assistant out",
    "gender": "a required or accepted gender rules this pair out",
    "not-with": "the client or the office rules this pair out",
    "topic": "the assistant does not cover the topic",
    "place": "the two share no place then",
    "essential": "each essential need has exactly one appointment, an optional one at most one",
    "time": "no time within both people's hours, the opening times and the need's last day fits",
    "overlap": "appointments would overlap or leave no buffer between them",
    "load": "a limit on clients, minutes or appointments a day would be exceeded",
}


@dataclass(frozen=True)
class Pinned:
    """What the pins come to: columns of a plan that keeps them all, or pins that contradict.

    Attributes
    ----------
    fixed
        The columns that the pins themselves name.
    plan
        The columns of a plan of the pinned clients alone.
    """

    fixed: Ints
    plan: Ints
    conflict: Conflict | None = None


def pinned(model: Model, clock: Clock) -> Pinned:
    """Find a plan that keeps every pin, or a smallest set of pins that contradict.

    Whether there is such a plan is told whatever the clock says; how small the set is, is not.
    """
    pins = model.table.round.pins
    nothing = np.zeros(0, dtype=np.int64)
    if not pins:
        return Pinned(nothing, nothing)
    columns = [_columns(model, pin) for pin in pins]
    for n, pin in enumerate(pins):
        if columns[n] is None:
            return Pinned(nothing, nothing, _conflict(pins, (n,), _code(model, pin)))
    known = [column for column in columns if column is not None]
    small = _only(model, {pair for column in known for pair in column[:1]})
    hits: list[set[int]] = []
    while True:
        tried = _smallest_hitting(hits, len(pins), clock)
        held = _most_held(small, known, tried, clock)
        if held is None:
            rule = _rule(small, known, tried, clock)
            return Pinned(nothing, nothing, _conflict(pins, tuple(sorted(tried)), rule))
        plan, holds = held
        if len(holds) == len(pins):
            return Pinned(np.unique(np.concatenate([np.array(c) for c in known])), plan)
        hits.append(set(range(len(pins))) - holds)
        if clock.is_over(_GRACE):
            # All of them contradict, if not as a smallest set.
            rule = _rule(small, known, set(range(len(pins))), clock)
            everything = tuple(range(len(pins)))
            return Pinned(nothing, nothing, _conflict(pins, everything, rule, smallest=False))


def _columns(model: Model, pin: Pin) -> tuple[int, ...] | None:
    """Return the pair's column and, if the pin names one, the start's; None where impossible."""
    pair = model.table.index.get((pin.client, pin.assistant))
    if pair is None:
        return None
    if pin.need is None or pin.start is None:
        return (pair,)
    start = start_of(model, pin.client, pin.assistant, pin.need, pin.start)
    if start is None:
        return None
    return (pair, int(model.day_column(np.array(start))), int(model.time_column(np.array(start))))


def _code(model: Model, pin: Pin) -> str:
    """Name the rule that keeps one pin, alone, from holding."""
    table, rnd = model.table, model.table.round
    client, assistant = rnd.client(pin.client), rnd.assistant(pin.assistant)
    columns = table.columns
    broken = table.broken[columns.client_index[pin.client], columns.assistant_index[pin.assistant]]
    if broken:
        code = CODES[broken - 1]
        return _what_takes_the_time(model, client, assistant) if code == NO_COMMON_TIME else code
    need = next(need for need in client.needs if need.id == pin.need)
    if assistant.topics is not None and need.topic not in assistant.topics:
        return "topic"
    if pin.start is None:
        return "time"
    # Somebody who lists places may be free then, and yet not where the other is.
    free = (any(i.start <= pin.start < i.end for i in p.availability) for p in (client, assistant))
    if all(free) and not _share_place(client, assistant, pin.start):
        return "place"
    return "time"


def _what_takes_the_time(model: Model, client: Client, assistant: Assistant) -> str:
    """Tell hours that do not meet from limits, and from a buffer, that leave none of the time."""
    table, rnd = model.table, model.table.round
    free = replace(client, max_per_day=len(client.needs))
    able = replace(assistant, max_clients=None, max_minutes_per_week=None, max_minutes_per_day=None)
    pair = table.columns.client_index[client.id], table.columns.assistant_index[assistant.id]
    for code, other in (("load", able), ("overlap", replace(able, buffer_minutes=0))):
        eased = replace(
            rnd,
            clients=tuple(free if one is client else one for one in rnd.clients),
            assistants=tuple(other if one is assistant else one for one in rnd.assistants),
        )
        if have_common_time(Columns(eased), table.meetings, *(np.array([one]) for one in pair))[0]:
            return code
    return "time"


def _share_place(client: Client, assistant: Assistant, when: datetime) -> bool:
    """Tell whether two people can be at one place at a moment."""
    mine, theirs = (
        [places_of(p, i) for i in p.availability if i.start <= when < i.end] for p in (client, assistant)
    )
    return any(a is None or b is None or set(a) & set(b) for a in mine for b in theirs)


def _only(model: Model, pairs: set[int]) -> Program:
    """Return the program of some pairs alone."""
    mine = np.zeros(model.columns, dtype=np.bool_)
    mine[sorted(pairs)] = True
    # A pinned pair's needs are of kinds of their own, so that their times stand for themselves.
    rows = np.concatenate([model.groups.row, model.table.starts.row[model.groups.time_start]])
    mine[model.pairs : model.first_further] = mine[: model.pairs][model.table.row_pair[rows]]
    mine[model.first_further :] = True
    whole = Program(np.arange(model.columns), model.rows, np.zeros(0, dtype=np.int64))
    return fixed(whole, np.zeros(model.columns, dtype=np.bool_), ~mine)


def _most_held(
    program: Program, pins: list[tuple[int, ...]], forced: set[int], clock: Clock
) -> tuple[Ints, set[int]] | None:
    """Hold some pins, and as many others as can be: the plan's columns and the pins; None if impossible."""
    place = {column: n for n, column in enumerate(program.column.tolist())}
    must = np.array(sorted({place[column] for n in forced for column in pins[n]}), dtype=np.int64)
    rows = program.rows.joined(family(must, must, 1.0, rule=_DECIDED, lower=1.0))
    value: Floats = np.zeros(len(program.column))
    for n, columns in enumerate(pins):
        if n not in forced:
            value[place[columns[-1]]] += 1.0
    found = branch(Program(program.column, rows, program.chosen), value, clock.unhurried())
    if found.point is None:
        return None
    plan = np.concatenate([program.chosen, program.column[found.point > 0.5]])
    held = set(plan.tolist())
    return plan, {n for n, wanted in enumerate(pins) if held.issuperset(wanted)}


def _smallest_hitting(sets: list[set[int]], count: int, clock: Clock) -> set[int]:
    """Return a smallest set of numbers that meets every set; of several, always the same."""
    if not sets:
        return set()
    members = np.array([(row, n) for row, one in enumerate(sets) for n in sorted(one)], dtype=np.int64)
    rows = family(members[:, 0], members[:, 1], 1.0, rule=_DECIDED, lower=1.0)
    found = branch(
        Program(np.arange(count), rows, np.zeros(0, dtype=np.int64)), -np.ones(count), clock.unhurried()
    )
    if found.point is None:
        raise AssertionError("every set has a member, so that all numbers hit them")
    return set(np.flatnonzero(found.point > 0.5).tolist())


def _rule(program: Program, pins: list[tuple[int, ...]], forced: set[int], clock: Clock) -> str:
    """Name the first rule without which the pins could hold."""
    # Rows that only count an assistant's clients hold `max_clients` too, and are nobody's rule.
    kept = program.rows.pick(program.rows.rule != COUNT)
    for number, code in enumerate(RULES):
        relaxed = Program(program.column, kept.pick(kept.rule != number), program.chosen)
        if _most_held(relaxed, pins, forced, clock) is not None:
            return code
    return "time"


def _conflict(
    pins: Sequence[Pin], chosen: tuple[int, ...], code: str, *, smallest: bool = True
) -> Conflict:
    """Say in words which pins contradict, by which rule, and whether fewer could."""
    rule = _TEXTS.get(code, "this rule keeps the pair apart")
    if len(chosen) == 1:
        return Conflict(pins=chosen, code=code, text=f"{_told(pins[chosen[0]])} cannot hold: {rule}")
    said = f"{' and '.join(_told(pins[n]) for n in chosen)} cannot all hold: {rule}; "
    said += "no smaller set of pins contradicts" if smallest else "fewer of them may do, the time ended"
    return Conflict(pins=chosen, code=code, text=said)


def _told(pin: Pin) -> str:
    if pin.start is None:
        return f"{pin.client} with {pin.assistant}"
    return f"{pin.client} with {pin.assistant} for {pin.need} on {pin.start:%Y-%m-%d %H:%M}"
