"""A large round: a searched plan, and bounds on every level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.appointments import pairs_of
from matcher.candidates import Candidates, only
from matcher.clock import Clock
from matcher.conflicts import pinned
from matcher.highs import Limits
from matcher.large.book import book
from matcher.large.bounds import bounds
from matcher.large.search import Found, Search
from matcher.large.touched import touched
from matcher.model import build
from matcher.parts import LEVELS
from matcher.plan_parts import Appointment, Conflict, Level, Pair
from matcher.round import Round
from matcher.rows import Ints

# Seconds kept for explaining, checking and writing a plan, for each client.
_WRITING = 3e-4
# Seconds kept for the bounds of later levels, for each pair, where as many are left.
_BOUNDING = 5e-4
# More pairs than these are bounded on the first level only: each program takes as long as the search.
MOST_BOUNDED = 60_000


@dataclass(frozen=True)
class Before:
    """A round, and the pairs of its plan."""

    round: Round
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Answer:
    """Pairs and levels, or the pins that contradict."""

    pairs: tuple[Pair, ...] = ()
    levels: tuple[Level, ...] = ()
    conflict: Conflict | None = None


def solve_large(
    table: Candidates, clock: Clock, report: Callable[[str, int, int], None], seed: int,
    before: Before | None = None,
) -> Answer:
    """Search for a plan and bound it.

    Parameters
    ----------
    before
        A round that was nearly the same, and its plan: only those whom the change concerns are planned
        anew, and only the first level is bounded, to answer within a second.
    """
    held = _held(table, clock)
    if isinstance(held, Conflict):
        return Answer(conflict=held)
    reserve = _WRITING * len(table.clients)
    laid_out = book(table)
    limit = bounds(table, laid_out)
    order = table.round.policy.levels
    places = tuple(LEVELS.index(level) for level in order)
    most = [limit.trivial(n) for n in range(len(order))]

    def tell(score: Ints) -> None:
        if order:
            report(order[0], int(score[places[0]]) + limit.constant[0], most[0])

    def left() -> float:
        return 0.0 if clock.is_over() else clock.left - reserve

    search = Search(laid_out, places, seed, left, tell)
    search.start(*_times(table, [*held, *(before.pairs if before else ())]))
    if before:
        search.again(touched(table, before.round, before.pairs))
    else:
        search.quickly()
    if order:
        most[0] = limit.level(0, [], Limits(max(0.0, left()), seed))
    if not before:
        # Half of the time that is left is for the bounds, if it is little.
        search.left = _sooner(left, min(left() / 2, _BOUNDING * len(table)))
        search.long()
    values = [int(search.best.score[n]) + c for n, c in zip(places, limit.constant, strict=True)]
    for n in range(1, len(order)):
        if len(table) <= MOST_BOUNDED and not before:
            report(order[n], values[n], most[n])
            most[n] = limit.level(n, values[:n], Limits(max(0.0, left()), seed))
    levels = tuple(
        Level(level=level, value=value, bound=max(value, bound))
        for level, value, bound in zip(order, values, most, strict=True)
    )
    return Answer(_pairs(table, search.best), levels)


def _sooner(left: Callable[[], float], kept: float) -> Callable[[], float]:
    return lambda: left() - kept


def _held(table: Candidates, clock: Clock) -> tuple[Pair, ...] | Conflict:
    """Place the pinned clients alone, or tell which pins contradict."""
    rnd = table.round
    clients = {table.columns.client_index[pin.client] for pin in rnd.pins}
    model = build(only(table, np.isin(table.client, list(clients))))
    pins = pinned(model, clock)
    return pins.conflict or pairs_of(model, pins.plan)


def _times(table: Candidates, pairs: Sequence[Pair]) -> tuple[Ints, Ints, Ints]:
    """Number pairs, and the needs and times of their appointments, as far as they are possible."""
    columns, rnd = table.columns, table.round
    chosen: list[int] = []
    when: dict[int, int] = {}
    for pair in pairs:
        client, assistant = columns.client_index.get(pair.client), columns.assistant_index.get(pair.assistant)
        number = -1 if client is None or assistant is None else table.pair_of(client, assistant)
        if client is None or number < 0:
            continue
        chosen.append(number)
        for appointment in pair.appointments:
            need = columns.need_index(client, appointment.need)
            day = rnd.day_index(appointment.start.date())
            if need >= 0 and 0 <= day < len(rnd.days):
                when.setdefault(need, day * rnd.slots_per_day + rnd.slot(appointment.start))
    needs = sorted(when)
    return (
        np.array(chosen, dtype=np.int64), np.array(needs, dtype=np.int64),
        np.array([when[need] for need in needs], dtype=np.int64),
    )


def _pairs(table: Candidates, found: Found) -> tuple[Pair, ...]:
    """Write a plan down."""
    columns, rnd = table.columns, table.round
    out = []
    for client in np.flatnonzero(found.pair >= 0).tolist():
        assistant = int(table.assistant[found.pair[client]])
        met = [
            (need, at) for need in range(columns.first_need[client], columns.first_need[client + 1])
            if (at := found.at(need)) is not None
        ]
        appointments = tuple(sorted(
            (
                Appointment(
                    need=table.needs[need].id,
                    start=rnd.moment(day, slot),
                    end=rnd.moment(day, slot + int(columns.need_slots[need])),
                    place=table.meetings.place_of(need, assistant, day, slot),
                )
                for need, (day, slot) in met
            ),
            key=lambda a: (a.start, a.need),
        ))
        out.append(Pair(
            client=table.clients[client].id, assistant=table.assistants[assistant].id,
            appointments=appointments,
        ))
    return tuple(out)
