"""Plans as the search knows them, and as people read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.candidates import Candidates
from matcher.large.search import Found
from matcher.plan_parts import Appointment, Pair
from matcher.rows import Ints


def times(table: Candidates, pairs: Sequence[Pair]) -> tuple[Ints, Ints, Ints]:
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


def pairs_found(table: Candidates, found: Found) -> tuple[Pair, ...]:
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
