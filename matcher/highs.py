"""HiGHS behind two questions: the linear relaxation of a program, and the program itself.

Huangfu and Hall, "Parallelizing the dual revised simplex method", Mathematical Programming
Computation 10 (2018).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from matcher.program import Program
from matcher.rows import Floats

# Objectives are whole: what is less than one unit below the best found cannot be better.
ALMOST_ONE = 0.99
_TOLERANCE = 1e-8
# Of HiGHS 1.16's presolve, the enumeration, which calls some programs infeasible that are not.
_ENUMERATION = 1 << 16


@dataclass(frozen=True)
class Relaxed:
    """An optimal point of the relaxation and the prices of its rows, for a maximum."""

    point: Floats
    price: Floats


@dataclass(frozen=True)
class Found:
    """What branch and cut knows at its end: the best point, if any, and an upper bound.

    `finished` tells whether it ended by itself; without a point the program is then infeasible.
    """

    point: Floats | None
    bound: float
    finished: bool


class UndecidedError(Exception):
    """HiGHS ended without an answer, for numerical reasons."""


@dataclass(frozen=True)
class Limits:
    """What a run may take: seconds, a seed; and whom it asks whether to go on.

    `stop` is asked where nobody watches, also by a relaxation; `watch` is called several times a second
    with the best value so far, or None, and the bound. True ends the run.
    """

    seconds: float
    seed: int
    stop: Callable[[], bool] | None = None
    watch: Callable[[float | None, float], bool] | None = None


def relax(program: Program, value: Floats, limits: Limits) -> Relaxed | None:
    """Solve the linear relaxation; None where it is infeasible or time is up."""
    solver = _solver(limits)
    _pass(solver, program, value, whole=False)
    if limits.stop is not None:
        _stop(solver, limits.stop)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    return Relaxed(np.array(solution.col_value), -np.array(solution.row_dual))


def branch(program: Program, value: Floats, limits: Limits, *, gap: float = ALMOST_ONE) -> Found:
    """Solve the program, until its best point is known to within a gap.

    `limits.watch` is called the same number of times in each run that ends by itself.

    It is given no point to start from: HiGHS 1.16 takes one back from its presolve with another
    objective than it has, and then calls a wrong point optimal.
    """
    solver = _solver(limits)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", gap)
    solver.setOptionValue("mip_feasibility_tolerance", _TOLERANCE)
    # Nearly everything is proven at the root, where this search for a better point takes a fifth of the time.
    solver.setOptionValue("mip_heuristic_run_rens", False)
    solver.setOptionValue("presolve_rule_off", _ENUMERATION)
    _pass(solver, program, value, whole=True)
    if limits.watch is not None:
        _watch(solver, limits.watch)
    elif limits.stop is not None:
        _stop(solver, limits.stop)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    point = None
    if math.isfinite(info.objective_function_value) and info.primal_solution_status == 2:
        point = np.rint(np.array(solver.getSolution().col_value))
    bound = -float(info.mip_dual_bound)
    finished = status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
    return Found(point, bound, finished)


class _Quiet(highspy.Highs):
    """HiGHS without its greeting: standard output belongs to the plan."""

    def enableCallbacks(self) -> None:  # noqa: N802 - called by its constructor, which then greets
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def quiet() -> Any:
    """Return a solver that prints nothing."""
    solver = _Quiet()  # type: ignore[no-untyped-call]
    # HiGHS keeps one pool of threads for the whole process, which another number of threads breaks;
    # one thread also gives the same plan to any number of workers.
    solver.setOptionValue("threads", 1)
    return solver


def _solver(limits: Limits) -> Any:
    solver = quiet()
    solver.setOptionValue("random_seed", limits.seed)
    solver.setOptionValue("time_limit", max(limits.seconds, 0.0))
    return solver


def _pass(solver: Any, program: Program, value: Floats, *, whole: bool) -> None:
    rows, columns = program.rows, len(program.column)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, rows.count
    lp.col_cost_ = -value
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    lp.row_lower_, lp.row_upper_ = rows.lower, rows.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = columns, rows.count
    lp.a_matrix_.start_ = rows.begin.astype(np.int32)
    lp.a_matrix_.index_ = rows.column.astype(np.int32)
    lp.a_matrix_.value_ = rows.value
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver.passModel(lp)


def _stop(solver: Any, stop: Callable[[], bool]) -> None:
    def called(_kind: object, _message: str, _out: object, answer: Any, _data: object) -> None:
        if stop():
            answer.user_interrupt = True

    solver.setCallback(called, None)
    solver.startCallback(highspy.cb.HighsCallbackType.kCallbackSimplexInterrupt)
    solver.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)


def _watch(solver: Any, watch: Callable[[float | None, float], bool]) -> None:
    def called(_kind: object, _message: str, out: Any, answer: Any, _data: object) -> None:
        primal = float(out.mip_primal_bound)
        if watch(-primal if math.isfinite(primal) else None, -float(out.mip_dual_bound)):
            answer.user_interrupt = True

    solver.setCallback(called, None)
    solver.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
