"""What one would use instead: general solvers on the model that is easiest to write, and greed.

All get the same table of possible starts; making it is not counted, solving is.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from matcher.candidates import Candidates
from matcher.times import weeks

# Timefold is in an environment of its own (`make bench` installs it) and needs a Java runtime.
_ROOT = Path(__file__).parents[1]
_TIMEFOLD = (_ROOT / ".venv/timefold/bin/python", "-P", _ROOT / "benchmarks/timefold_visits.py")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """A level's value and a bound that no plan exceeds, or None; `seconds` counts all levels so far."""

    level: str
    value: int | None
    bound: int | None
    seconds: float | None

    @property
    def proven(self) -> bool:
        """Whether no plan can be better."""
        return self.value is not None and self.value == self.bound


@dataclass(frozen=True)
class Sums:
    """The plain model: columns of pairs and starts, rows `lower <= sum <= upper`, and the levels."""

    columns: int
    rows: list[tuple[list[int], list[float], float, float]]
    levels: dict[str, tuple[Floats, int]]


def plain(table: Candidates) -> Sums:
    """Write down the time-indexed model rule by rule, with one row for every half hour."""
    pairs, starts = len(table), table.starts
    slots, days = table.round.slots_per_day, len(table.round.days)
    columns, week = table.columns, weeks(table.round).tolist()
    sums: dict[tuple[Any, ...], tuple[list[int], list[float]]] = {}
    upper: dict[tuple[Any, ...], float] = {}
    lower: dict[tuple[Any, ...], float] = {}

    def add(row: tuple[Any, ...], column: int, value: float, most: float, least: float = -np.inf) -> None:
        into = sums.setdefault(row, ([], []))
        into[0].append(column)
        into[1].append(value)
        upper[row], lower[row] = most, least

    for pair, (client, assistant) in enumerate(
        zip(table.client.tolist(), table.assistant.tolist(), strict=True)
    ):
        add(("one", client), pair, 1, 1)
        add(("clients", assistant), pair, 1, int(columns.max_clients[assistant]))
    for row, (pair, need) in enumerate(zip(table.row_pair.tolist(), table.row_need.tolist(), strict=True)):
        add(("need", row), pair, -1, 0, -np.inf if columns.need_optional[need] else 0)
    entries = zip(
        *(x.tolist() for x in (starts.row, starts.pair, starts.need, starts.day, starts.slot)), strict=True
    )
    for number, (row, pair, need, day, slot) in enumerate(entries):
        column, assistant, client = pairs + number, int(table.assistant[pair]), int(table.client[pair])
        length, buffer = int(columns.need_slots[need]), int(columns.buffer_slots[assistant])
        add(("need", row), column, 1, 0, -np.inf if columns.need_optional[need] else 0)
        add(("per day", client, day), column, 1, int(columns.max_per_day[client]))
        add(("day", assistant, day), column, length, int(columns.day_slots[assistant]))
        add(("week", assistant, week[day]), column, length, int(columns.week_slots[assistant]))
        for at in range(day * slots + slot, min(day * slots + slot + length + buffer, days * slots)):
            add(("slot", assistant, at), column, 1, 1)
    count = pairs + len(starts)
    rows = [(*sums[row], lower[row], upper[row]) for row in sums]
    loads: dict[int, list[int]] = {}
    for pair, assistant in enumerate(table.assistant.tolist()):
        loads.setdefault(assistant, []).append(pair)
    levels = {name: (np.zeros(count), 0) for name in table.round.policy.levels}
    for name, (value, _) in levels.items():
        if name == "served":
            value[:pairs] = columns.weight[table.client]
        elif name in table.points:
            value[:pairs] = table.points[name]
        elif name == "extras":
            value[pairs:] = columns.need_optional[starts.need]
        elif name == "early":
            value[pairs:] = -starts.day
    if "balance" in levels:
        # A column for each further client of an assistant, of growing cost.
        cost: list[int] = []
        for assistant, mine in loads.items():
            further = list(range(count + len(cost), count + len(cost) + len(mine)))
            caseload = int(columns.caseload[assistant])
            cost += [-(2 * (caseload + k) + 1) for k in range(len(mine))]
            rows.append((mine + further, [1.0] * len(mine) + [-1.0] * len(mine), 0.0, 0.0))
        levels = {name: (np.concatenate([v, np.zeros(len(cost))]), c) for name, (v, c) in levels.items()}
        value, _ = levels["balance"]
        value[count:] = cost
        levels["balance"] = value, -int((columns.caseload**2).sum())
        count += len(cost)
    return Sums(count, rows, levels)


def highs(sums: Sums, *, seconds: float, workers: int) -> Iterable[Result]:
    """HiGHS as it comes, level after level, each kept by one more row and begun from the plan before."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for option, value in {"threads": workers, "mip_rel_gap": 0.0, "mip_abs_gap": 0.99}.items():
        solver.setOptionValue(option, value)
    for column in range(sums.columns):
        solver.addVar(0.0, 1.0)
        solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
    for index, weight, least, most in sums.rows:
        solver.addRow(least, most, len(index), np.array(index, dtype=np.int32), np.array(weight))
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    begun = time.perf_counter()
    everything = np.arange(sums.columns, dtype=np.int32)
    for level, (worth, constant) in sums.levels.items():
        if not worth.any():
            yield Result(level, constant, constant, time.perf_counter() - begun)
            continue
        left = seconds - (time.perf_counter() - begun)
        if left <= 0:
            yield Result(level, None, None, time.perf_counter() - begun)
            continue
        solver.setOptionValue("time_limit", left)
        solver.changeColsCost(sums.columns, everything, worth)
        solver.run()
        info = solver.getInfo()
        if info.primal_solution_status != 2:
            yield Result(level, None, None, time.perf_counter() - begun)
            continue
        best = round(info.objective_function_value)
        bound = max(best, int(np.floor(info.mip_dual_bound + 1e-6)))
        yield Result(level, best + constant, bound + constant, time.perf_counter() - begun)
        point = solver.getSolution()
        used = np.flatnonzero(worth).astype(np.int32)
        solver.addRow(float(best), np.inf, len(used), used, worth[used])
        solver.setSolution(point)


def cp_sat(
    sums: Sums, *, seconds: float, workers: int, subsolvers: Iterable[str] = (), level: str = "served"
) -> Result:
    """CP-SAT on the same columns and rows, as it comes or with named subsolvers."""
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(sums.columns)]
    for index, weight, least, most in sums.rows:
        total = sum(int(w) * chosen[i] for i, w in zip(index, weight, strict=True))
        if least == most:
            model.add(total == int(most))
        else:
            model.add(total <= int(most))
    worth, constant = sums.levels[level]
    model.maximize(sum(int(worth[i]) * chosen[i] for i in np.flatnonzero(worth)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.subsolvers.extend(subsolvers)
    begun = time.perf_counter()
    status = solver.solve(model)
    took = time.perf_counter() - begun
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Result(level, None, None, took)
    bound = int(np.floor(solver.best_objective_bound + 1e-6))
    return Result(level, round(solver.objective_value) + constant, bound + constant, took)


def greedy(table: Candidates, order: Callable[[int], float]) -> Result:
    """Take clients in an order; each gets the first assistant and the first times that are free."""
    begun = time.perf_counter()
    columns, starts, slots = table.columns, table.starts, table.round.slots_per_day
    week = weeks(table.round).tolist()
    busy = np.zeros((len(table.assistants), (len(table.round.days) + 1) * slots), dtype=np.bool_)
    day_load: dict[tuple[int, int], int] = {}
    week_load: dict[tuple[int, int], int] = {}
    taken = np.zeros(len(table.assistants), dtype=np.int64)
    first_start = np.searchsorted(starts.row, np.arange(table.row_need.size + 1))
    served = 0
    for client in sorted(range(len(table.clients)), key=order):
        for pair in np.flatnonzero(table.client == client).tolist():
            assistant = int(table.assistant[pair])
            if taken[assistant] >= columns.max_clients[assistant]:
                continue
            buffer, booked = int(columns.buffer_slots[assistant]), []
            per_day: dict[int, int] = {}
            for row in range(int(table.first_row[pair]), int(table.first_row[pair + 1])):
                need = int(table.row_need[row])
                length = int(columns.need_slots[need])
                for n in range(int(first_start[row]), int(first_start[row + 1])):
                    day, at = int(starts.day[n]), int(starts.day[n]) * slots + int(starts.slot[n])
                    today = day_load.get((assistant, day), 0) + length
                    this_week = week_load.get((assistant, week[day]), 0) + length
                    if (
                        per_day.get(day, 0) < columns.max_per_day[client]
                        and today <= columns.day_slots[assistant]
                        and this_week <= columns.week_slots[assistant]
                        and not busy[assistant, max(0, at - buffer) : at + length + buffer].any()
                    ):
                        busy[assistant, at : at + length] = True
                        day_load[assistant, day], week_load[assistant, week[day]] = today, this_week
                        per_day[day] = per_day.get(day, 0) + 1
                        booked.append((day, at, length))
                        break
                else:
                    if not columns.need_optional[need]:
                        break
            else:
                taken[assistant] += 1
                served += int(columns.weight[client])
                break
            for day, at, length in booked:
                busy[assistant, at : at + length] = False
                day_load[assistant, day] -= length
                week_load[assistant, week[day]] -= length
    return Result("served", served, None, time.perf_counter() - begun)


def timefold(table: Candidates, *, seconds: float) -> Result:
    """Timefold's local search on the same starts of essential needs."""
    columns, starts, slots = table.columns, table.starts, table.round.slots_per_day
    week = weeks(table.round).tolist()
    of_need: dict[int, list[list[int]]] = {}
    most = np.minimum([columns.day_slots, columns.week_slots, columns.max_clients], 2**31 - 1).T.tolist()
    for pair, need, day, slot in zip(
        *(x.tolist() for x in (starts.pair, starts.need, starts.day, starts.slot)), strict=True
    ):
        assistant, length = int(table.assistant[pair]), int(columns.need_slots[need])
        begin = day * slots + slot
        end = begin + length + int(columns.buffer_slots[assistant])
        of_need.setdefault(need, []).append([assistant, day, week[day], begin, end, length, *most[assistant]])
    essential = np.flatnonzero(~columns.need_optional)
    visits = np.bincount(columns.need_client[essential], minlength=len(table.clients))
    about = np.array([np.arange(len(visits)), columns.weight, visits, columns.max_per_day]).T.tolist()
    asked = [(*about[columns.need_client[n]], of_need[n]) for n in essential.tolist() if n in of_need]
    done = subprocess.run(
        _TIMEFOLD, input=json.dumps({"seconds": seconds, "visits": asked}).encode(), stdout=subprocess.PIPE,
        check=True,
    )
    told = json.loads(done.stdout)
    return Result("served", None if told["broken"] else told["served"], None, told["seconds"])
