"""After one change, the plan changed beside everything solved again: `python -m benchmarks.changes`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from random import Random
from statistics import median

from benchmarks.matcher import SIZES, machine
from benchmarks.rounds import Document
from matcher import Plan, Round, Stop, solve
from matcher.candidates import candidates

Pairs = list[tuple[str, str]]


def main() -> int:
    """Print a table with a row for each round and kind of change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["national", "mixed-national"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1], help="rounds (default: 0 1)")
    parser.add_argument("--times", type=int, default=2, help="changes of each kind (default: 2)")
    parser.add_argument("--seconds", type=float, default=10, help="limit of solving again (default: 10)")
    asked = parser.parse_args()
    # HiGHS greets on standard output, which belongs to the table.
    table = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    stop = Stop(time_limit=asked.seconds, workers=2)
    print(f"{machine('highspy')}; load {os.getloadavg()[0]:.1f}; two threads\n", file=table)
    print("| size | seed | change | seconds | `served` | at most | solved again: `served` | at most |\n"
          "|---|--:|---|--:|--:|--:|--:|--:|", file=table)
    took: list[float] = []
    for size, seed in [(size, seed) for size in asked.sizes for seed in asked.seeds]:
        document, draw = SIZES[size].document(seed), Random(seed)
        before = Round.from_document(document)
        plan = solve(before, stop)
        for kind, change in [one for one in CHANGES.items() for _ in range(asked.times)]:
            rnd = changed(document, before, plan, draw, change)
            begun = time.perf_counter()
            first = solve(rnd, stop, before=(before, plan)).levels[0]
            took.append(time.perf_counter() - begun)
            other = solve(rnd, stop).levels[0]
            print(f"| {size} | {seed} | {kind} | {took[-1]:.2f} | {first.value:,} | {first.bound:,} "
                  f"| {other.value:,} | {other.bound:,} |", file=table, flush=True)
    print(f"\n{len(took)} changes: in the median {median(took):.2f} s, at most {max(took):.2f}", file=table)
    table.close()
    return 0


def changed(
    document: Document, before: Round, plan: Plan, draw: Random,
    change: Callable[[Document, Pairs, Pairs, Random], None],
) -> Round:
    """Return a round with one change, drawn from its pairs and from those of its plan."""
    other, table = deepcopy(document), candidates(before)
    change(other, sorted(table.index), [(pair.client, pair.assistant) for pair in plan.pairs], draw)
    return Round.from_document(other)


def _pin(document: Document, possible: Pairs, met: Pairs, draw: Random) -> None:
    client, assistant = draw.choice([pair for pair in possible if pair not in met])
    document["pins"] = [{"client": client, "assistant": assistant}]


def _ban(document: Document, _possible: Pairs, met: Pairs, draw: Random) -> None:
    client, assistant = draw.choice(met)
    document["bans"] = [{"client": client, "assistant": assistant}]


def _less_time(document: Document, _possible: Pairs, met: Pairs, draw: Random) -> None:
    _, assistant = draw.choice(met)
    person = next(one for one in document["assistants"] if one["id"] == assistant)
    person["availability"] = person["availability"][1:]


def _gone(document: Document, _possible: Pairs, met: Pairs, draw: Random) -> None:
    client, _ = draw.choice(met)
    document["clients"] = [one for one in document["clients"] if one["id"] != client]


CHANGES = {"a pin": _pin, "a ban": _ban, "an assistant has a day less": _less_time, "a client is gone": _gone}


if __name__ == "__main__":
    sys.exit(main())
