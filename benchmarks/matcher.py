"""The matcher beside what one would use instead: `python -m benchmarks.matcher [--sizes ...]`."""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import rivals
from benchmarks.rivals import Result
from benchmarks.rounds import office_round
from matcher import Round, Stop, solve
from matcher.candidates import candidates

# Clients, assistants, working days, and whether there are six offices.
SIZES = {
    "hundred": (100, 10, 10, True),
    "office": (120, 12, 5, False),
    "city": (200, 20, 10, False),
    "town": (400, 40, 10, False),
    "national": (1_000, 100, 10, True),
    "country": (4_000, 400, 10, True),
    "region": (10_000, 1_000, 10, True),
    "continent": (20_000, 2_000, 10, True),
    "world": (100_000, 10_000, 10, True),
}
# Rivals write one row and column after the other in Python; of more clients that takes longer than solving.
MOST_OF_RIVALS = 1_000


def main() -> int:
    """Measure the rounds that were asked for and print a table of each."""
    asked = _arguments()
    print(f"{machine('highspy', 'ortools')}; every program with {asked.workers} threads", end="\n\n")
    for size in asked.sizes:
        for seed in range(asked.seeds):
            print(f"### {size}, seed {seed}: {_told(size)}\n")
            print("| program | level | value | bound | seconds | proven | MB |")
            print("|---|---|--:|--:|--:|---|--:|")
            for program in PROGRAMS:
                if SIZES[size][0] > MOST_OF_RIVALS and program != MATCHER:
                    continue
                for result, memory in measured(program, size, seed, asked.seconds, asked.workers):
                    print(f"| {program} | {_row(result, memory)} |", flush=True)
            print(flush=True)
    return 0


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["office"], help="default: office")
    parser.add_argument("--seeds", type=int, default=3, help="rounds of each size (default: 3)")
    parser.add_argument("--workers", type=int, default=2, help="threads of each program (default: 2)")
    parser.add_argument("--seconds", type=float, default=17, help="limit of each program (default: 17)")
    return parser.parse_args()


def _told(size: str) -> str:
    clients, assistants, days, national = SIZES[size]
    return f"{clients} clients, {assistants} assistants, {days} days" + (", six offices" if national else "")


def machine(*packages: str) -> str:
    """What was measured on, and with which versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {', '.join([platform.python_version(), *(f'{name} {version(name)}' for name in packages)])}"
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def measured(
    program: str, size: str, seed: int, seconds: float, workers: int
) -> Iterator[tuple[Result, float]]:
    """Run a program in a process of its own, and tell its memory in MB, too.

    HiGHS keeps one pool of threads for a process.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        results, memory = process.submit(_run, program, size, seed, seconds, workers).result()
    for result in results:
        yield result, memory


def _run(program: str, size: str, seed: int, seconds: float, workers: int) -> tuple[list[Result], float]:
    # HiGHS greets on standard output, which belongs to the tables.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    clients, assistants, days, national = SIZES[size]
    rnd = Round.from_document(office_round(clients, assistants, days, seed, national=national))
    results = list(PROGRAMS[program](rnd, seconds, workers))
    return results, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _matcher(rnd: Round, seconds: float, workers: int) -> Iterator[Result]:
    begun = time.perf_counter()
    plan = solve(rnd, Stop(time_limit=seconds, workers=workers))
    took = time.perf_counter() - begun
    for level in plan.levels:
        last = level is plan.levels[-1]
        yield Result(level.level, level.value, level.bound, took if last else None)


def _highs(rnd: Round, seconds: float, workers: int) -> Iterable[Result]:
    return rivals.highs(rivals.plain(candidates(rnd)), seconds=seconds, workers=workers)


def _cp_sat(rnd: Round, seconds: float, workers: int, *subsolvers: str) -> Iterator[Result]:
    sums = rivals.plain(candidates(rnd))
    yield rivals.cp_sat(sums, seconds=seconds, workers=workers, subsolvers=subsolvers)


def _cp_sat_with_lp(rnd: Round, seconds: float, workers: int) -> Iterator[Result]:
    return _cp_sat(rnd, seconds, workers, "max_lp", "default_lp")


def _by_arrival(rnd: Round, _seconds: float, _workers: int) -> Iterator[Result]:
    yield rivals.greedy(candidates(rnd), lambda client: client)


def _by_weight(rnd: Round, _seconds: float, _workers: int) -> Iterator[Result]:
    table = candidates(rnd)
    yield rivals.greedy(table, lambda client: -int(table.columns.weight[client]))


MATCHER = "**matcher**"
PROGRAMS: dict[str, Callable[[Round, float, int], Iterable[Result]]] = {
    MATCHER: _matcher,
    "HiGHS, level after level": _highs,
    "CP-SAT as it comes": _cp_sat,
    "CP-SAT, max_lp and default_lp": _cp_sat_with_lp,
    "greedy by arrival": _by_arrival,
    "greedy by weight": _by_weight,
}


def _row(result: Result, memory: float) -> str:
    value = "–" if result.value is None else str(result.value)
    bound = "–" if result.bound is None else str(result.bound)
    seconds = "" if result.seconds is None else f"{result.seconds:.2f}"
    proven = "yes" if result.proven else "no"
    return " | ".join([result.level, value, bound, seconds, proven, f"{memory:.0f}"])


if __name__ == "__main__":
    sys.exit(main())
