"""From a round to a plan: proven level by level, or the best that the clock allowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import numpy as np

from matcher.apart import parts_of
from matcher.appointments import pairs_of
from matcher.candidates import Candidates, candidates, only
from matcher.check import check
from matcher.climb import Climb
from matcher.clock import Clock
from matcher.conflicts import Pinned, pinned
from matcher.dispatch import Dispatch, Report
from matcher.explain import explained
from matcher.large.solve import Answer, Large
from matcher.large.touched import is_narrower, is_small
from matcher.levels import Objective, objectives, pins_of
from matcher.model import Model, build
from matcher.plan import Plan
from matcher.plan_parts import Conflict, Level, Pair, Solver
from matcher.program import Program, fixed
from matcher.round import Round
from matcher.rows import Ints
from matcher.start import columns_of
from matcher.stop import PROVEN_PAIRS, Progress, Stop
from matcher.telling import Teller
from matcher.unmoved import unmoved

# What wrote a plan; the version in pyproject.toml.
VERSION = "0.1.0"
# Seconds in which an assistant's own days can be filled; it mostly takes some hundredths.
_MOMENT = 1.0
# Of more pairs, a search goes on where time ends the proof.
EASY_PAIRS = 700


def solve(
    rnd: Round, stop: Stop, on_progress: Callable[[Progress], None] | None = None, *,
    before: tuple[Round, Plan] | None = None, executor: Executor | None = None,
) -> Plan:
    """Find the plan that is best on every level, strictly in the policy's order.

    What is possible is tabled; pins are checked; a first plan is searched for; then each
    level is proven in turn, and every proof leaves fewer columns to the next level. The plan of a
    run that was stopped keeps every rule, and its bounds are true.

    With more than PROVEN_PAIRS possible pairs, a plan is searched for instead, with bounds. Where
    the round and its plan `before` a few people changed, or a few decisions, are given, nothing moves in
    vain: a proven plan that keeps all further decisions stands, and of many pairs only those whom the
    changes concern are planned anew, in about a second.
    Parts of a round that share nobody are solved apart, as many at a time as there are workers if an
    executor is given, to the same plan whatever it is.

    Parameters
    ----------
    on_progress
        Told a level's value and bound as they get better, at least once a second, maybe by another thread.
    """
    clock = Clock(stop)
    first = next(iter(rnd.policy.levels), None)
    with Teller(clock, first, on_progress) as report:

        def tell(most: int) -> None:
            if first == "served":
                report(first, 0, most)

        table = candidates(rnd, tell)
        stands = None if before is None else _standing(table, *before, stop, clock)
        if stands is not None:
            return stands
        if before is not None and len(table) > PROVEN_PAIRS and is_small(rnd, before[0]):
            return _alone(table, stop, clock, report, before=before)
        parts = parts_of(table)
        if parts:
            plan = _apart(table, parts, stop, clock, report, executor)
        else:
            plan = _alone(table, stop, clock, report)
        if before is None or len(table) > PROVEN_PAIRS or plan.status == "infeasible":
            return plan
        pairs = unmoved(rnd, plan, before[1], lambda part: _at_once(part, clock))
        return _told(table, pairs, plan.levels, stop, clock)


def solve_part(
    rnd: Round, stop: Stop, on_progress: Callable[[Progress], None] | None, first: tuple[Pair, ...]
) -> Plan:
    """Solve a part of a round, beginning with a plan; of a large one only the first level is bounded."""
    clock = Clock(stop)

    def report(level: str, value: int, bound: int) -> None:
        if on_progress is not None:
            on_progress(Progress(level, value, bound, clock.seconds))

    return _alone(candidates(rnd), stop, clock, report, first=first, bounded=False)


def _standing(table: Candidates, rnd: Round, plan: Plan, stop: Stop, clock: Clock) -> Plan | None:
    """Return a proven plan where all that came since is decisions that it keeps; else None."""
    if plan.status != "optimal" or not is_narrower(table.round, rnd):
        return None
    again = _told(table, plan.pairs, plan.levels, stop, clock)
    return None if check(table.round, again) else again


def _at_once(rnd: Round, clock: Clock) -> Plan | None:
    """Solve a round that is small enough for a moment, if there is one left."""
    if clock.is_over():
        return None
    return solve_part(rnd, Stop(min(_MOMENT, clock.left)), None, ())


def _apart(
    table: Candidates, parts: Sequence[Round], stop: Stop, clock: Clock, report: Report,
    executor: Executor | None,
) -> Plan:
    """Sketch a plan, let each part be solved from there, and bound what no part alone can."""
    held = _held(table, clock)
    if isinstance(held, Conflict):
        return _infeasible(table.round, held, stop, clock)
    whole = Large(table, held, clock, report, stop.seed)
    sketch = {pair.client: pair for pair in whole.sketched()}
    first = [
        tuple(sketch[client.id] for client in part.clients if client.id in sketch) for part in parts
    ]
    top = whole.first_bound()

    def tell(level: str, value: int, bound: int) -> None:
        report(level, value, min(bound, top) if level == whole.order[0] else bound)

    plans = Dispatch(parts, first, solve_part, stop, clock, tell, executor, whole.reserve).run()
    levels = tuple(zip(*(plan.levels for plan in plans), strict=True))
    values = [sum(level.value for level in of_parts) for of_parts in levels]
    most = [sum(level.bound for level in of_parts) for of_parts in levels]
    # Where a level is open, another plan may be better on it, and worse later, in another part.
    closed = next((n for n in range(len(most)) if values[n] < most[n]), len(most)) + 1
    most[closed:] = [whole.limit.trivial(n) for n in range(closed, len(most))]
    most = [*(min(bound, top) for bound in most[:1]), *whole.bound_later(values, most, closed)[1:]]
    told = tuple(
        Level(level=level, value=value, bound=max(value, bound))
        for level, value, bound in zip(whole.order, values, most, strict=True)
    )
    pairs = sorted((pair for plan in plans for pair in plan.pairs), key=lambda pair: pair.client)
    return _told(table, pairs, told, stop, clock)


def _alone(
    table: Candidates, stop: Stop, clock: Clock, report: Report, *, before: tuple[Round, Plan] | None = None,
    first: tuple[Pair, ...] = (), bounded: bool = True,
) -> Plan:
    """Solve a round as one."""
    if len(table) <= PROVEN_PAIRS:
        return _proven(table, stop, clock, report, first)
    held = _held(table, clock)
    if isinstance(held, Conflict):
        return _infeasible(table.round, held, stop, clock)
    large = Large(table, held, clock, report, stop.seed)
    if before is not None:
        answer = large.repaired(before[0], before[1].pairs)
    else:
        answer = large.searched(first, bounded=bounded)
    return _told(table, answer.pairs, answer.levels, stop, clock)


def _held(table: Candidates, clock: Clock) -> tuple[Pair, ...] | Conflict:
    """Place the pinned clients alone, or tell which pins contradict."""
    clients = {table.columns.client_index[pin.client] for pin in table.round.pins}
    model = build(only(table, np.isin(table.client, list(clients))))
    pins = pinned(model, clock)
    return pins.conflict or pairs_of(model, pins.plan)


def _proven(
    table: Candidates, stop: Stop, clock: Clock, report: Report, begun: tuple[Pair, ...]
) -> Plan:
    """Prove one level after the other, as far as the clock allows."""
    model = build(table)
    pins = pinned(model, clock)
    if pins.conflict is not None:
        return _infeasible(table.round, pins.conflict, stop, clock)
    levels = objectives(model)
    search = Large(table, pairs_of(model, pins.plan), clock, report, stop.seed)
    hard = len(table) > EASY_PAIRS
    first = columns_of(model, begun or search.sketched())
    ends, named = clock.sooner(search.polishing) if hard else clock, (pins.fixed, pins_of(model).starts)
    climb = Climb(model, levels, ends, report, named)
    climb.begin(_open(model, pins), first)
    known = climb.chosen(), climb.bounds()
    climb.run()
    plan = _plan(model, levels, climb.chosen(), climb.bounds(), stop, clock)
    if hard and plan.status != "optimal":
        better = search.polished(Answer(plan.pairs, plan.levels))
        plan = _told(table, better.pairs, better.levels, stop, clock)
    # No fault is known, but a plan that breaks a rule must not leave, whoever is to blame for it.
    return _plan(model, levels, *known, stop, clock) if check(table.round, plan) else plan


def _open(model: Model, pins: Pinned) -> Program:
    """Return the program of every column that the pins leave open."""
    everything = Program(np.arange(model.columns), model.rows, np.zeros(0, dtype=np.int64))
    ones = np.zeros(model.columns, dtype=np.bool_)
    ones[pins.fixed] = True
    return fixed(everything, ones, np.zeros_like(ones))


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
