"""What each stage of solving takes as a round grows: `python -m benchmarks.curve [--full]`."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.matcher import SIZES, machine
from matcher import Round, Stop, solve
from matcher.candidates import candidates
from matcher.explain import explained
from matcher.highs import Limits
from matcher.large.book import book
from matcher.large.bounds import MOST_BOUNDED, Bounds

FAST, FULL = ("hundred", "national"), ("hundred", "national", "region", "world")
_STAGES = ("read", "table", "search", "bound", "explain")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to 100,000 clients: minutes and 8 GB")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, help=f"default: {' '.join(FAST)}")
    parser.add_argument("--seconds", type=float, default=10, help="limit of each round (default: 10)")
    parser.add_argument("--workers", type=int, default=2, help="threads (default: 2)")
    asked = parser.parse_args(arguments)
    sizes = asked.sizes or (FULL if asked.full else FAST)
    print(f"{machine('highspy', 'ortools')}; load {os.getloadavg()[0]:.1f}; {asked.seconds:g} seconds each\n")
    print(f"| clients | pairs | {' | '.join(_STAGES)} | whole | processor | served | bound | gap | MB |")
    print(f"|{'--:|' * (len(_STAGES) + 8)}")
    for size in sizes:
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
            print(process.submit(grown, size, asked.seconds, asked.workers).result(), flush=True)
    return 0


def grown(size: str, seconds: float, workers: int) -> str:
    """Solve a round of this size; the row says what each stage took.

    Table, bound and explanation are made again to be measured, after what memory was used is known; the
    search, or the proof, is what is left of the whole.
    """
    document = SIZES[size].document(0)
    took = dict.fromkeys(_STAGES, 0.0)
    begun = time.perf_counter()
    rnd = Round.from_document(document)
    took["read"] = time.perf_counter() - begun
    del document
    begun, worked = time.perf_counter(), time.process_time()
    plan = solve(rnd, Stop(time_limit=seconds, workers=workers))
    whole, worked = time.perf_counter() - begun, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    table = candidates(rnd)
    took["table"] = time.perf_counter() - begun
    limit = Bounds(table, book(table))
    begun = time.perf_counter()
    if len(table) > MOST_BOUNDED:
        limit.quickly(0, lambda: seconds)
    else:
        limit.level(0, [], Limits(seconds, 0))
    took["bound"] = time.perf_counter() - begun
    begun = time.perf_counter()
    explained(rnd, table, plan.pairs)
    took["explain"] = time.perf_counter() - begun
    took["search"] = whole - took["table"] - took["bound"] - took["explain"]
    served = plan.levels[0]
    stages = " | ".join(f"{took[stage]:.1f}" for stage in _STAGES)
    return (
        f"| {len(table.clients):,} | {len(table):,} | {stages} | {whole:.1f} | {worked:.1f} "
        f"| {served.value:,} | {served.bound:,} | {(served.bound - served.value) / max(1, served.bound):.2%} "
        f"| {memory:,.0f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
