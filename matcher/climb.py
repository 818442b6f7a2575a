"""Level after level to a proven optimum, on ever fewer columns.

Once a level is proven, its best plans are a face of the program: the columns that no such plan can
use are fixed by their reduced values, the rows that each such plan fills become equations (Dantzig,
Fulkerson and Johnson, "Solution of a large-scale traveling-salesman problem", Operations Research 2
(1954)), and what is left may fall into parts that share nothing. The best of a sum over independent
parts is the sum of their bests at every level, so that each part climbs on alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

import numpy as np

from matcher.clock import Clock
from matcher.decompose import by_bundles, counted
from matcher.desk import reaches_midnight
from matcher.faces import Part, faces, is_whole, tidied
from matcher.groups import Group, group, spread
from matcher.highs import Found, relax
from matcher.levels import Objective
from matcher.model import COUNT, Model
from matcher.program import Program, dual_bound, parts, safe_prices
from matcher.race import Lane
from matcher.rows import Bools, Floats, Ints
from matcher.twice import branch_once, branch_twice

# How many open pairs a part has whose levels are proven soonest over bundles: smaller ones are easy as
# they are, and of larger ones (200 clients, 20 assistants, 10 days) single appointments are sooner through.
SMALL, LARGE = 150, 500
# Up to how many they are tried as they are, and how many steps of HiGHS a level may then take.
TRIED, _FEW = 290, 65


@dataclass
class Climb:
    """The parts of a round, open and done, and what they say together."""

    model: Model
    levels: tuple[Objective, ...]
    clock: Clock
    report: Callable[[str, int, int], None]
    # The columns and the starts that pins name.
    pinned: tuple[Ints, Ints]
    open: list[tuple[int, int, Part]] = field(default_factory=list)
    done: list[Part] = field(default_factory=list)
    # How many levels were reported as proven in all parts.
    told: int = 0
    # Whether bundles may be tried.
    bundling: bool = True
    # Of two ways to a level, the one that this is, and how many steps HiGHS took on it.
    lane: Lane | None = None
    steps: int = 0
    # How many steps a level may take, and how many were taken when the last one was proven.
    patience: int | None = None
    begun: int = 0

    def begin(self, program: Program, chosen: Ints, level: int = 0) -> None:
        """Put the parts of a program in line at a level, with a plan to begin with."""
        plan = np.zeros(self.model.columns)
        plan[chosen] = 1.0
        for piece in parts(program):
            self.push(Part(piece, plan[piece.column], level))

    def run(self) -> None:
        """Prove one level after the other until all are proven or the clock says stop."""
        while self.open:
            level, _, part = heappop(self.open)
            if level == len(self.levels) or self._is_over():
                self.done.append(part)
                continue
            self._step(part)

        self._tell_proven()

    def _step(self, part: Part) -> None:
        program, self.steps = part.program, self.steps + 1
        if part.level == 0 and self._by_bundles(program):
            tried = self._tried(part)
            if self.clock.is_over() or all(one.level == len(self.levels) for one in tried):
                self.done += tried
                self._tell_proven()
            else:
                self._bundle(part, tried)
            return
        is_known = part.faced < part.level
        levels = self.levels[: part.level] if is_known else self.levels
        goal = group(self.model, program.column, levels, part.faced)
        lean, rows = self._lean(program, goal)
        value = goal.value[: len(lean.column)]
        price = np.zeros(program.rows.count)
        relaxed = None
        if goal.value.any():
            relaxed = relax(lean, value, self.clock.limits(None))
            if relaxed is None:
                self.done.append(part)
                return
            price[rows] = relaxed.price
        limit, reduced = dual_bound(program, goal.value, price)
        best, bound = part.best, limit
        if relaxed is not None and not is_known and not _reached(goal, best, bound):
            if is_whole(relaxed.point):
                best = tidied(self.model, program, np.rint(relaxed.point))
            else:
                found = self._branch(part, lean, goal)
                if found.point is not None and value @ found.point > goal.value @ best:
                    best = tidied(self.model, program, found.point)
                bound = min(bound, found.bound)
        if is_known or _reached(goal, best, bound):
            part = replace(part, best=best)
            self._settle(part, goal, limit, reduced, safe_prices(program.rows, price))
        else:
            bounds = goal.bounds(bound, goal.values(float(goal.value @ best)))
            self.done.append(replace(part, best=best, bounds=tuple(bounds)))

    def _by_bundles(self, program: Program) -> bool:
        pairs = int(np.searchsorted(program.column, self.model.pairs))
        fits = self.bundling and SMALL <= pairs <= LARGE
        return fits and counted(self.model, self.levels) > 0 and not reaches_midnight(self.model)

    def _tried(self, part: Part) -> list[Part]:
        """Prove the levels of a part over single appointments, as far as each takes few steps."""
        if int(np.searchsorted(part.program.column, self.model.pairs)) > TRIED:
            return [part]
        place = {level.level: n for n, level in enumerate(self.levels)}

        def tell(level: str, value: int, bound: int) -> None:
            n = place[level]
            chosen = self.levels[n].of(part.program.chosen)
            self._tell(n, part, value - chosen, bound - chosen)

        climb = Climb(
            self.model, self.levels, self.clock, tell, self.pinned, bundling=False, patience=_FEW
        )
        climb.begin(part.program, part.columns)
        climb.run()
        return climb.parts

    def _bundle(self, part: Part, tried: list[Part]) -> None:
        """Prove the first levels of a part by bundles of clients, from what was found of it."""
        count = counted(self.model, self.levels)
        best = np.isin(part.program.column, np.concatenate([one.columns for one in tried]))

        def tell(n: int, value: int, bound: int) -> None:
            self._tell(n, part, value, bound)

        proven = by_bundles(
            self.model, part.program, best.astype(np.float64), self.levels[:count], self.levels[count:],
            self.pinned, self.clock, self._exactly, tell,
        )
        # Where numbers failed rather than time, single appointments go on from here.
        self.bundling = proven.bound is None or self.clock.is_over()
        if proven.bound is not None and self.bundling:
            ended = [Part(proven.program, proven.best, proven.levels, bounds=(proven.bound,))]
            self.done += ended if proven.levels >= min(one.level for one in tried) else tried
            return
        self.begin(proven.program, proven.program.column[proven.best > 0.5], proven.levels)
        self._tell_proven()

    def _lean(self, program: Program, goal: Group) -> tuple[Program, Bools]:
        """Leave out the further clients before `balance` is reached; tell which rows are left."""
        first = self.model.first_further
        if any(level.value[first:].any() for level in self.levels[: goal.end]):
            return program, np.ones(program.rows.count, dtype=np.bool_)
        first, rows = int(np.searchsorted(program.column, first)), program.rows.rule != COUNT
        return Program(program.column[:first], program.rows.pick(rows), program.chosen), rows

    def _exactly(self, program: Program, best: Floats, level: int, lane: Lane) -> Ints | None:
        """Prove one level of a program, all before it being known; None where another way was shorter."""
        climb = Climb(
            self.model, self.levels[: level + 1], self.clock, lambda *_: None, self.pinned,
            bundling=False, lane=lane,
        )
        chosen = np.concatenate([program.chosen, program.column[best > 0.5]])
        climb.begin(program, chosen, level)
        climb.run()
        return climb.chosen() if all(part.level > level for part in climb.parts) else None

    def _is_over(self) -> bool:
        lost = self.lane is not None and not self.lane.go_on(self.steps)
        late = self.patience is not None and self.steps - self.begun > self.patience
        return lost or late or self.clock.is_over()

    def _branch(self, part: Part, lean: Program, goal: Group) -> Found:
        def watch(value: float | None, bound: float) -> bool:
            self.steps += 1
            if value is not None:
                values = goal.values(value)
                for n, most in enumerate(goal.bounds(bound, values), start=goal.first):
                    if not self._tell(n, part, values[n - goal.first], most):
                        break
            return self._is_over()

        value, known = goal.value[: len(lean.column)], float(goal.value @ part.best)
        # Where steps are counted, against another way or a limit, a second seed would only take its time.
        is_counted = self.lane is not None or self.patience is not None
        proven = branch_once if is_counted else branch_twice
        return proven(lean, value, known, self.clock.limits(watch))

    def _settle(self, part: Part, goal: Group, limit: float, reduced: Floats, price: Floats) -> None:
        """Leave only the plans that are best at the group's levels, and go on with their parts."""
        for child in faces(part, self.levels[goal.first : goal.end], goal.value, limit, reduced, price):
            self.push(replace(child, level=max(part.level, goal.end), faced=goal.end))
        self._tell_proven()

    def push(self, part: Part) -> None:
        """Put a part in line: lower levels first, then by the smallest of its columns."""
        if len(part.program.column):
            heappush(self.open, (part.level, int(part.program.column[0]), part))
        else:
            self.done.append(replace(part, level=len(self.levels)))

    @property
    def parts(self) -> list[Part]:
        """Every part but one that is being worked on."""
        return [*self.done, *(part for _, _, part in self.open)]

    def chosen(self) -> Ints:
        """Return the columns of the best plan known, ascending."""
        return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *(p.columns for p in self.parts)]))

    def bounds(self) -> list[int]:
        """Bound every level over all plans at least as good at the levels before it.

        What a part says about a level holds for plans that are as good before in this part; so it
        counts only while the levels before are proven in every part, and no plan can give up
        something in one part to be better in another.
        """
        out: list[int] = []
        proven = True
        for n, level in enumerate(self.levels):
            own = [(self._value(part, n), self._bound(part, n)) for part in self.parts]
            out.append(level.constant + sum(bound for _, bound in own) if proven else self._trivial(n))
            proven = proven and all(value == bound for value, bound in own)
        return out

    def _value(self, part: Part, n: int) -> int:
        return self.levels[n].of(part.columns) - self.levels[n].constant

    def _bound(self, part: Part, n: int) -> int:
        """Bound a level over the plans of a part that are as good at the levels before."""
        if n < part.level:
            return self._value(part, n)
        level, program = self.levels[n], part.program
        chosen = level.of(program.chosen) - level.constant
        if n - part.level < len(part.bounds):
            return chosen + part.bounds[n - part.level]
        return chosen + spread(self.model, program.column, level.value[program.column])[1]

    def _trivial(self, n: int) -> int:
        level = self.levels[n]
        return level.constant + spread(self.model, np.arange(self.model.columns), level.value)[1]

    def _tell_proven(self) -> None:
        while self.told < len(self.levels) and self._tell(self.told):
            pass

    def _tell(self, n: int, part: Part | None = None, value: int = 0, bound: int = 0) -> bool:
        """Report a level once the levels before it are proven; tell whether it is, too.

        `value` and `bound` are the open columns' share of the part that is being worked on.
        """
        if n != self.told:
            return n < self.told
        level = self.levels[n]
        rest = level.constant if part is None else level.of(part.program.chosen)
        value += rest + sum(self._value(p, n) for p in self.parts)
        bound += rest + sum(self._bound(p, n) for p in self.parts)
        if part is not None or value == bound:
            self.report(level.level, value, bound)
        if value == bound:
            self.told, self.begun = n + 1, self.steps
        return value == bound


def _reached(goal: Group, best: Floats, bound: float) -> bool:
    return float(goal.value @ best) >= math.floor(bound + 1e-4)
