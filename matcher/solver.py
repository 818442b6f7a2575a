"""From a round to a plan: proven level by level, or the best that the clock allowed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcher.candidates import candidates
from matcher.check import check
from matcher.climb import Climb
from matcher.clock import Clock
from matcher.conflicts import Pinned, pinned
from matcher.explain import explained
from matcher.levels import Objective, objectives, start_of
from matcher.model import Model, build
from matcher.plan import Plan
from matcher.plan_parts import Appointment, Level, Pair, Solver
from matcher.program import Program, fixed
from matcher.round import Round
from matcher.rows import Ints
from matcher.start import greedy
from matcher.stop import Progress, Stop

# What wrote a plan; the version in pyproject.toml.
VERSION = "0.1.0"


def solve(rnd: Round, stop: Stop, on_progress: Callable[[Progress], None] | None = None) -> Plan:
    """Find the plan that is best on every level, strictly in the policy's order.

    What is possible is tabled; pins are checked; a first plan is made client by client; then each
    level is proven in turn, and every proof leaves fewer columns to the next level. The plan of a
    run that was stopped keeps every rule, and its bounds are true.
    """
    clock = Clock(stop)
    table = candidates(rnd)
    model = build(table)
    pins = pinned(model, clock)
    if pins.conflict is not None:
        return Plan(
            round_sha256=rnd.sha256, status="infeasible", levels=(), pairs=(), unmatched=(),
            conflicts=(pins.conflict,), solver=_solver(stop, clock),
        )
    levels = objectives(model)
    climb = _climb(model, levels, pins, clock, on_progress)
    first = climb.chosen(), climb.bounds()
    climb.run()
    plan = _plan(model, levels, climb.chosen(), climb.bounds(), stop, clock)
    # No fault is known, but a plan that breaks a rule must not leave, whoever is to blame for it.
    return _plan(model, levels, *first, stop, clock) if check(rnd, plan) else plan


def _climb(
    model: Model, levels: tuple[Objective, ...], pins: Pinned, clock: Clock,
    on_progress: Callable[[Progress], None] | None,
) -> Climb:
    """Begin with every column that the pins leave open, and the first plan."""
    def report(level: str, value: int, bound: int) -> None:
        if on_progress is not None:
            on_progress(Progress(level, value, bound, clock.seconds))

    first = greedy(model, pins.plan)
    everything = Program(np.arange(model.columns), model.rows, np.zeros(0, dtype=np.int64))
    ones = np.zeros(model.columns, dtype=np.bool_)
    ones[pins.fixed] = True
    found = (
        start_of(model, pin.client, pin.assistant, pin.need, pin.start)
        for pin in model.table.round.pins if pin.need is not None and pin.start is not None
    )
    starts = np.array([start for start in found if start is not None], dtype=np.int64)
    climb = Climb(model, levels, clock, report, (pins.fixed, starts))
    climb.begin(fixed(everything, ones, np.zeros_like(ones)), first)
    return climb


def _plan(
    model: Model, levels: tuple[Objective, ...], chosen: Ints, bounds: list[int], stop: Stop, clock: Clock
) -> Plan:
    told = tuple(
        Level(level=level.level, value=level.of(chosen), bound=bound)
        for level, bound in zip(levels, bounds, strict=True)
    )
    pairs, unmatched = explained(model.table.round, model.table, _pairs(model, chosen))
    return Plan(
        round_sha256=model.table.round.sha256,
        status="optimal" if all(level.value == level.bound for level in told) else "feasible",
        levels=told, pairs=pairs, unmatched=unmatched, solver=_solver(stop, clock),
    )


def _pairs(model: Model, chosen: Ints) -> list[Pair]:
    """Read pairs and appointments off the chosen columns."""
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
    return [
        Pair(
            client=table.clients[table.client[pair]].id,
            assistant=table.assistants[table.assistant[pair]].id,
            appointments=tuple(sorted(own, key=lambda a: (a.start, a.need))),
        )
        for pair, own in appointments.items()
    ]


def _solver(stop: Stop, clock: Clock) -> Solver:
    return Solver(version=VERSION, seconds=round(clock.seconds, 3), seed=stop.seed, workers=stop.workers)
