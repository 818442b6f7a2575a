"""From a round to a plan: proven level by level, or the best that the clock allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from matcher.appointments import pairs_of
from matcher.candidates import Candidates, candidates
from matcher.check import check
from matcher.climb import Climb
from matcher.clock import Clock
from matcher.conflicts import Pinned, pinned
from matcher.explain import explained
from matcher.large.solve import Before, solve_large
from matcher.levels import Objective, objectives, start_of
from matcher.model import Model, build
from matcher.plan import Plan
from matcher.plan_parts import Conflict, Level, Pair, Solver
from matcher.program import Program, fixed
from matcher.round import Round
from matcher.rows import Ints
from matcher.start import greedy
from matcher.stop import Progress, Stop

# What wrote a plan; the version in pyproject.toml.
VERSION = "0.1.0"
# Of more pairs, not every level can be proven while somebody waits.
PROVEN_PAIRS = 4_000


def solve(
    rnd: Round, stop: Stop, on_progress: Callable[[Progress], None] | None = None, *,
    before: tuple[Round, Plan] | None = None,
) -> Plan:
    """Find the plan that is best on every level, strictly in the policy's order.

    What is possible is tabled; pins are checked; a first plan is made client by client; then each
    level is proven in turn, and every proof leaves fewer columns to the next level. The plan of a
    run that was stopped keeps every rule, and its bounds are true.

    With more than PROVEN_PAIRS possible pairs, a plan is searched for instead, with bounds; where
    the round and its plan `before` a small change are given, only those whom it concerns are planned anew.
    """
    clock = Clock(stop)
    table = candidates(rnd)
    if len(table) > PROVEN_PAIRS:
        earlier = None if before is None else Before(before[0], before[1].pairs)
        return _large(table, stop, clock, on_progress, earlier)
    model = build(table)
    pins = pinned(model, clock)
    if pins.conflict is not None:
        return _infeasible(rnd, pins.conflict, stop, clock)
    levels = objectives(model)
    climb = _climb(model, levels, pins, clock, on_progress)
    first = climb.chosen(), climb.bounds()
    climb.run()
    plan = _plan(model, levels, climb.chosen(), climb.bounds(), stop, clock)
    # No fault is known, but a plan that breaks a rule must not leave, whoever is to blame for it.
    return _plan(model, levels, *first, stop, clock) if check(rnd, plan) else plan


def _large(
    table: Candidates, stop: Stop, clock: Clock, on_progress: Callable[[Progress], None] | None,
    before: Before | None,
) -> Plan:
    """Search for a plan of a round that is too large to be proven level by level, and bound it."""
    answer = solve_large(table, clock, _report(clock, on_progress), stop.seed, before)
    if answer.conflict is not None:
        return _infeasible(table.round, answer.conflict, stop, clock)
    return _told(table, answer.pairs, answer.levels, stop, clock)


def _climb(
    model: Model, levels: tuple[Objective, ...], pins: Pinned, clock: Clock,
    on_progress: Callable[[Progress], None] | None,
) -> Climb:
    """Begin with every column that the pins leave open, and the first plan."""
    first = greedy(model, pins.plan)
    everything = Program(np.arange(model.columns), model.rows, np.zeros(0, dtype=np.int64))
    ones = np.zeros(model.columns, dtype=np.bool_)
    ones[pins.fixed] = True
    found = (
        start_of(model, pin.client, pin.assistant, pin.need, pin.start)
        for pin in model.table.round.pins if pin.need is not None and pin.start is not None
    )
    starts = np.array([start for start in found if start is not None], dtype=np.int64)
    climb = Climb(model, levels, clock, _report(clock, on_progress), (pins.fixed, starts))
    climb.begin(fixed(everything, ones, np.zeros_like(ones)), first)
    return climb


def _report(
    clock: Clock, on_progress: Callable[[Progress], None] | None
) -> Callable[[str, int, int], None]:
    def report(level: str, value: int, bound: int) -> None:
        if on_progress is not None:
            on_progress(Progress(level, value, bound, clock.seconds))

    return report


def _plan(
    model: Model, levels: tuple[Objective, ...], chosen: Ints, bounds: list[int], stop: Stop, clock: Clock
) -> Plan:
    told = tuple(
        Level(level=level.level, value=level.of(chosen), bound=bound)
        for level, bound in zip(levels, bounds, strict=True)
    )
    return _told(model.table, pairs_of(model, chosen), told, stop, clock)


def _told(
    table: Candidates, pairs: Sequence[Pair], levels: tuple[Level, ...], stop: Stop, clock: Clock
) -> Plan:
    explained_pairs, unmatched = explained(table.round, table, pairs)
    return Plan(
        round_sha256=table.round.sha256,
        status="optimal" if all(level.value == level.bound for level in levels) else "feasible",
        levels=levels, pairs=explained_pairs, unmatched=unmatched, solver=_solver(stop, clock),
    )


def _infeasible(rnd: Round, conflict: Conflict, stop: Stop, clock: Clock) -> Plan:
    return Plan(
        round_sha256=rnd.sha256, status="infeasible", levels=(), pairs=(), unmatched=(),
        conflicts=(conflict,), solver=_solver(stop, clock),
    )


def _solver(stop: Stop, clock: Clock) -> Solver:
    return Solver(version=VERSION, seconds=round(clock.seconds, 3), seed=stop.seed, workers=stop.workers)
