"""The matcher beside what one would use instead, in one table: `python -m benchmarks [--large]`."""

from __future__ import annotations

import argparse
import os
import platform
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple, TextIO

from benchmarks import rivals
from benchmarks.communities import community_round
from benchmarks.rivals import Result
from benchmarks.rounds import Document, office_round
from matcher import Round, Stop, solve
from matcher.candidates import candidates


class Size(NamedTuple):
    """Rounds of one size: their shape, how many seconds a program may take, and the matcher alone, too."""

    clients: int
    assistants: int
    days: int
    offices: int
    seconds: float
    mixed: bool = False
    alone: tuple[float, ...] = ()

    def document(self, seed: int) -> Document:
        """Return a round: of few communities, or of many mixed ones."""
        if self.mixed:
            return community_round(
                self.clients, self.assistants, self.days, seed, six_offices=self.offices > 1
            )
        return office_round(self.clients, self.assistants, self.days, seed, national=self.offices > 1)


SIZES = {
    "hundred": Size(100, 10, 10, 6, 10),
    "office": Size(120, 12, 5, 1, 17),
    "mixed-office": Size(120, 12, 5, 1, 17, mixed=True),
    "city": Size(200, 20, 10, 1, 60),
    "mixed-city": Size(200, 20, 10, 1, 60, mixed=True),
    "town": Size(400, 40, 10, 1, 60),
    "national": Size(1_000, 100, 10, 6, 60, alone=(3, 10)),
    "mixed-national": Size(1_000, 100, 10, 6, 60, mixed=True, alone=(3, 10)),
    "metropolis": Size(1_000, 100, 10, 1, 60, alone=(3, 10, 120)),
    "country": Size(4_000, 400, 10, 6, 60),
    "region": Size(10_000, 1_000, 10, 6, 60),
    "continent": Size(20_000, 2_000, 10, 6, 60),
    "world": Size(100_000, 10_000, 10, 6, 200),
}
USUAL = (
    "hundred", "office", "mixed-office", "city", "mixed-city", "national", "mixed-national", "metropolis",
    "region",
)
LARGE = ("continent", "world")
# Up to how many clients there are several rounds of a size, and up to how many there are rivals.
MOST_OF_SEEDS, MOST_OF_RIVALS = 120, 1_000
# How many times its limit a rival may take with its model, which it writes in Python, and how many bytes.
PATIENCE, ROOM = 2.5, 12 * 2**30


@dataclass(frozen=True)
class Measured:
    """What a program told level by level, how many seconds it took, and how many MB; no levels: ended."""

    levels: tuple[Result, ...]
    seconds: float
    memory: float | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the rounds that were asked for and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--large", action="store_true", help=f"{' and '.join(LARGE)}: minutes and 6 GB")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, help=f"default: {' '.join(USUAL)}")
    parser.add_argument("--seeds", type=int, default=3, help="rounds of each small size (default: 3)")
    parser.add_argument("--workers", type=int, default=2, help="threads of each program (default: 2)")
    parser.add_argument("--seconds", type=float, help="limit of each program (default: by size)")
    asked = parser.parse_args(arguments)
    for few in (9, 50):  # what has to be compiled is compiled here
        solve(Round.from_document(office_round(9 * few, few, 5, 0)), Stop(time_limit=90))
    print(
        f"{machine('highspy', 'ortools')}; load {os.getloadavg()[0]:.1f}; "
        f"every program with {asked.workers} threads\n\n"
        "| size | clients | assistants | offices | seed | program | limit | seconds | MB | served | at most "
        "| gap | proven | level by level |\n|---|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|---|"
    )
    for size in asked.sizes or (LARGE if asked.large else USUAL):
        of = SIZES[size]
        rows = [(MATCHER, limit) for limit in (() if asked.seconds else of.alone)]
        rows += [(program, asked.seconds or of.seconds)
                 for program in (PROGRAMS if of.clients <= MOST_OF_RIVALS else [MATCHER])]
        for seed in range(asked.seeds if of.clients <= MOST_OF_SEEDS else 1):
            for program, limit in rows:
                print(_row(size, seed, program, limit, measured(program, size, seed, limit, asked.workers)),
                      flush=True)
    return 0


def _row(size: str, seed: int, program: str, limit: float, found: Measured) -> str:
    of = SIZES[size]
    served = found.levels[0] if found.levels else Result("served", None, None, None)
    value, bound = served.value, served.bound
    gap = "–" if value is None or bound is None else f"{(bound - value) / max(1, bound):.2%}"
    memory = "–" if found.memory is None else f"{found.memory:,.0f}"
    proven = f"{sum(level.proven for level in found.levels)} of {len(found.levels)}" if found.levels else "–"
    return (
        f"| {size} | {of.clients:,} | {of.assistants:,} | {of.offices} | {seed} | {program} | {limit:g} "
        f"| {found.seconds:.1f} | {memory} | {_told(value)} | {_told(bound)} | {gap} | {proven} "
        f"| {' · '.join(map(_level, found.levels))} |"
    )


def _told(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _level(level: Result) -> str:
    """Write a level's value, and its bound where there is another."""
    return _told(level.value) + ("" if level.bound in (None, level.value) else f" ≤ {_told(level.bound)}")


def machine(*packages: str) -> str:
    """What was measured on, and with which versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {', '.join([platform.python_version(), *(f'{name} {version(name)}' for name in packages)])}"
    )


def own_output() -> TextIO:
    """Return standard output for a table alone: HiGHS, which greets there, greets on standard error."""
    table = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return table


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def measured(program: str, size: str, seed: int, seconds: float, workers: int) -> Measured:
    """Run a program in a process of its own: HiGHS keeps one pool of threads for a process.

    A rival that needs too much time or room for its model is ended.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, program, size, seed, seconds, workers), daemon=True)
    begun = time.perf_counter()
    process.start()
    theirs.close()
    try:
        found: Measured = ours.recv() if ours.poll(None if program == MATCHER else seconds * PATIENCE) else (
            Measured((), time.perf_counter() - begun, None))
    except EOFError:
        found = Measured((), time.perf_counter() - begun, None)
    finally:  # also where somebody ends the benchmark; what the process has started ends, too
        if process.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.join()
    return found


def _run(
    connection: Connection, program: str, size: str, seed: int, seconds: float, workers: int
) -> None:
    os.setpgid(0, 0)
    # HiGHS greets on standard output, which belongs to the table.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if program != MATCHER:
        resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    rnd = Round.from_document(SIZES[size].document(seed))
    begun = time.perf_counter()
    levels = tuple(PROGRAMS[program](rnd, seconds, workers))
    # Rivals tell how long they solved, without the writing of their models.
    took = max([level.seconds for level in levels if level.seconds is not None], default=None)
    most = max(resource.getrusage(of).ru_maxrss for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    connection.send(Measured(levels, time.perf_counter() - begun if took is None else took, most / 1024))


def _matcher(rnd: Round, seconds: float, workers: int) -> Iterator[Result]:
    for level in solve(rnd, Stop(time_limit=seconds, workers=workers)).levels:
        yield Result(level.level, level.value, level.bound, None)


def _highs(rnd: Round, seconds: float, workers: int) -> Iterable[Result]:
    return rivals.highs(rivals.plain(candidates(rnd)), seconds=seconds, workers=workers)


def _cp_sat(rnd: Round, seconds: float, workers: int, *subsolvers: str) -> Iterator[Result]:
    sums = rivals.plain(candidates(rnd))
    yield rivals.cp_sat(sums, seconds=seconds, workers=workers, subsolvers=subsolvers)


def _cp_sat_with_lp(rnd: Round, seconds: float, workers: int) -> Iterator[Result]:
    return _cp_sat(rnd, seconds, workers, "max_lp", "default_lp")


def _timefold(rnd: Round, seconds: float, _workers: int) -> Iterator[Result]:
    yield rivals.timefold(candidates(rnd), seconds=seconds)


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
    "Timefold": _timefold,
    "greedy by arrival": _by_arrival,
    "greedy by weight": _by_weight,
}


if __name__ == "__main__":
    sys.exit(main())
