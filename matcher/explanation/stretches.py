"""Stretches of time: those that a person lacks for a need to be met, and how they are told."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from matcher.explanation.calendar import Task
from matcher.explanation.desks import Desks
from matcher.explanation.standing import Standing
from matcher.parts import Assistant, Client, Interval
from matcher.round_writing import moment

# How many stretches of a day are tried for each need.
_STRETCHES = 2


def missing(
    standing: Standing, there: Desks, client: Client, assistant: Assistant, person: Client | Assistant
) -> list[Interval]:
    """List the shortest stretches that a person lacks for some need to start in the assistant's free time.

    `there` are desks at which the person is always there.
    """
    rnd, desks = standing.round, standing.desks
    if not there.may_meet(client.id, assistant.id):
        return []
    busy = _busy(standing, assistant)
    buffer = desks.limits(assistant, {}).buffer
    found: set[tuple[int, int, int, int]] = set()
    for task in there.tasks(client.id, assistant.id):
        for day, bits in enumerate(task.starts):
            have = _present(standing, person, day)
            best: list[tuple[int, int, int, int]] = []
            for slot in range(rnd.slots_per_day):
                if not bits >> slot & 1 or busy[day] & (((1 << task.slots + buffer) - 1) << slot):
                    continue
                lacking = (((1 << task.slots) - 1) << slot) & ~have
                if lacking:
                    first, last = (lacking & -lacking).bit_length() - 1, lacking.bit_length()
                    best.append((last - first, day, first, last))
            found.update(sorted(best)[:_STRETCHES])
    return [
        Interval(start=rnd.moment(day, first), end=rnd.moment(day, last))
        for _, day, first, last in sorted(found)
    ]


def while_there(task: Task, standing: Standing, person: Client | Assistant) -> Task:
    """Leave of a task's starts those at which a person is there until it ends, wherever that is."""
    kept = []
    for day, bits in enumerate(task.starts):
        here = _present(standing, person, day) if bits else 0
        for _ in range(task.slots - 1):
            bits &= here
            here >>= 1
        kept.append(bits & here)
    return task._replace(starts=tuple(kept))


def _busy(standing: Standing, assistant: Assistant) -> list[int]:
    """Return the slots of each day that an assistant's appointments and buffers take, as bits."""
    rnd = standing.round
    busy = [0] * len(rnd.days)
    buffer = standing.desks.limits(assistant, {}).buffer
    for pair in standing.plan.pairs:
        if pair.assistant == assistant.id:
            for meeting in pair.appointments:
                length = (meeting.end - meeting.start) // timedelta(minutes=rnd.grid_minutes)
                day = rnd.day_index(meeting.start.date())
                busy[day] |= ((1 << length + buffer) - 1) << rnd.slot(meeting.start)
    return busy


def _present(standing: Standing, person: Client | Assistant, day: int) -> int:
    """Return the slots of a day at which somebody is there, wherever, as bits."""
    rnd, bits = standing.round, 0
    for interval in person.availability:
        first, last = rnd.day_index(interval.start.date()), rnd.day_index(interval.end.date())
        if first <= day <= last:
            begin = rnd.slot(interval.start) if day == first else 0
            end = rnd.slot(interval.end) if day == last else rnd.slots_per_day
            bits |= (1 << end) - (1 << begin) if end > begin else 0
    return bits


def whole(standing: Standing) -> tuple[Interval, ...]:
    """Return the whole round as one stretch of time."""
    rnd = standing.round
    end = rnd.moment(len(rnd.days) - 1, rnd.slots_per_day)
    return (Interval(start=rnd.moment(0, 0), end=end),)


def minutes(interval: Interval) -> int:
    """Return how many minutes a stretch lasts."""
    return int((interval.end - interval.start) / timedelta(minutes=1))


def told(interval: Interval) -> str:
    """Write a stretch as a day and two times; as two days, if it does not end on the day it begins."""
    start, end = (moment(when).replace("T", " ") for when in (interval.start, interval.end))
    next_day = interval.start.date() + timedelta(days=1)
    alone = interval.end.date() == interval.start.date() or interval.end == datetime.combine(next_day, time())
    return f"{start}–{end[11:] if alone else end}"
