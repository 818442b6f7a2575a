"""Pairs and appointments, read off the chosen columns of a model."""

from __future__ import annotations

from matcher.model import Model
from matcher.plan_parts import Appointment, Pair
from matcher.rows import Ints


def pairs_of(model: Model, chosen: Ints) -> tuple[Pair, ...]:
    """Return the pairs of a plan, by client, each with its appointments in the order of time."""
    table, rnd = model.table, model.table.round
    starts = table.starts
    appointments: dict[int, list[Appointment]] = {n: [] for n in chosen[chosen < model.pairs].tolist()}
    for start in model.starts(chosen).tolist():
        need = int(starts.need[start])
        day, slot = int(starts.day[start]), int(starts.slot[start])
        appointments[int(starts.pair[start])].append(Appointment(
            need=table.needs[need].id,
            start=rnd.moment(day, slot),
            end=rnd.moment(day, slot + int(table.columns.need_slots[need])),
            place=table.places[int(starts.place[start])],
        ))
    return tuple(
        Pair(
            client=table.clients[table.client[pair]].id,
            assistant=table.assistants[table.assistant[pair]].id,
            appointments=tuple(sorted(own, key=lambda a: (a.start, a.need))),
        )
        for pair, own in appointments.items()
    )
