"""The matcher beside what one would use instead: `python -m benchmarks.matcher [--sizes ...]`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import rivals
from benchmarks.rivals import Result
from benchmarks.rounds import office_round
from matcher import Round, Stop, solve
from matcher.candidates import candidates

# Clients, assistants, working days, and whether there are six offices.
SIZES = {
    "office": (120, 12, 5, False),
    "city": (200, 20, 10, False),
    "town": (400, 40, 10, False),
    "national": (1_000, 100, 10, True),
}


def main() -> int:
    """Measure the rounds that were asked for and print a table of each."""
    asked = _arguments()
    print(_machine(asked.workers), end="\n\n")
    for size in asked.sizes:
        for seed in range(asked.seeds):
            print(f"### {size}, seed {seed}: {_told(size)}\n")
            print("| program | level | value | bound | seconds | proven |\n|---|---|--:|--:|--:|---|")
            for program, result in _measured(size, seed, asked):
                print(f"| {program} | {_row(result)} |", flush=True)
            print(flush=True)
    return 0


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["office"], help="default: office")
    parser.add_argument("--seeds", type=int, default=3, help="rounds of each size (default: 3)")
    parser.add_argument("--workers", type=int, default=2, help="threads of each program (default: 2)")
    parser.add_argument("--seconds", type=float, default=20, help="limit of each rival (default: 20)")
    parser.add_argument("--ours", type=float, default=60, help="limit of the matcher (default: 60)")
    return parser.parse_args()


def _told(size: str) -> str:
    clients, assistants, days, national = SIZES[size]
    return f"{clients} clients, {assistants} assistants, {days} days" + (", six offices" if national else "")


def _machine(workers: int) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, highspy {version('highspy')}, ortools {version('ortools')}; "
        f"every program with {workers} threads"
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _measured(size: str, seed: int, asked: Any) -> Iterator[tuple[str, Result]]:
    clients, assistants, days, national = SIZES[size]
    rnd = Round.from_document(office_round(clients, assistants, days, seed, national=national))
    begun = time.perf_counter()
    plan = solve(rnd, Stop(time_limit=asked.ours, workers=asked.workers))
    took = time.perf_counter() - begun
    for level in plan.levels:
        last = level is plan.levels[-1]
        yield "**matcher**, all levels", Result(level.level, level.value, level.bound, took if last else None)
    table = candidates(rnd)
    sums = rivals.plain(table)
    limits = {"seconds": asked.seconds, "workers": asked.workers}
    for result in rivals.highs(sums, **limits):
        yield "HiGHS, level after level", result
    yield "CP-SAT as it comes", rivals.cp_sat(sums, **limits)
    subsolvers = ["max_lp", "default_lp"]
    yield "CP-SAT, max_lp and default_lp", rivals.cp_sat(sums, **limits, subsolvers=subsolvers)
    yield "greedy by arrival", rivals.greedy(table, lambda client: client)
    yield "greedy by weight", rivals.greedy(table, lambda client: -int(table.columns.weight[client]))


def _row(result: Result) -> str:
    value = "–" if result.value is None else str(result.value)
    bound = "–" if result.bound is None else str(result.bound)
    seconds = "" if result.seconds is None else f"{result.seconds:.2f}"
    return " | ".join([result.level, value, bound, seconds, "yes" if result.proven else "no"])


if __name__ == "__main__":
    sys.exit(main())
