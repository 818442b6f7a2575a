"""A program by HiGHS from two of its seeds, and answers that what is known contradicts.

How long a proof takes depends on chance as much as on the program: Lodi and Tramontani, "Performance
variability in mixed-integer programming", INFORMS TutORials in Operations Research (2013).
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import count
from time import perf_counter

from matcher.highs import Found, Limits, branch
from matcher.program import Program
from matcher.race import Lane, race
from matcher.rows import Floats

# How often HiGHS asks whether to go on before the second seed is tried as well: for half a second about.
_SLOW = 12
_LITTLE = 1e-6


def branch_once(program: Program, value: Floats, known: float, limits: Limits) -> Found:
    """Solve a program of which a point worth `known` is known; without a bound where HiGHS contradicts it.

    With its tolerances as tight as here, HiGHS 1.16 sometimes calls a program infeasible that is not.
    """
    found = branch(program, value, limits)
    return found if found.bound > known - _LITTLE else Found(None, math.inf, False)


def branch_twice(program: Program, value: Floats, known: float, limits: Limits) -> Found:
    """Do the same from two seeds at once where one takes long; `limits.watch` hears of the first."""
    partly: dict[int, Found] = {}
    begun = perf_counter()

    def from_seed(lane: Lane) -> Found | None:
        steps = count(1)

        def watch(best: float | None, bound: float) -> bool:
            go_on = lane.go_on(next(steps))
            if lane.place == 0 and lane.work >= _SLOW:
                lane.invite()
            told = limits.watch is not None and lane.place == 0 and limits.watch(best, bound)
            return told or not go_on or (limits.stop is not None and limits.stop())

        # Searches inside its search HiGHS 1.16 ends when time is up, not because `watch` says so.
        left = limits.seconds - (perf_counter() - begun)
        mine = replace(limits, seconds=left, seed=limits.seed ^ lane.place, watch=watch)
        partly[lane.place] = found = branch_once(program, value, known, mine)
        if not found.finished and math.isinf(found.bound):
            lane.invite()
        return found if found.finished else None

    won = race(from_seed, from_seed)
    return partly[0] if won is None else won.answer
