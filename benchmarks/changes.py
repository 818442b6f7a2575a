"""After one change, the plan changed beside everything solved again: `python -m benchmarks.changes`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from copy import deepcopy
from random import Random
from statistics import median

from benchmarks.matcher import SIZES, machine, own_output
from benchmarks.rounds import Document
from matcher import Round, Stop, solve
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
    table = own_output()
    stop = Stop(time_limit=asked.seconds, workers=2)
    print(f"{machine('highspy')}; load {os.getloadavg()[0]:.1f}; two threads\n", file=table)
    print("| size | seed | change | seconds | `served` | at most | solved again: `served` | at most |\n"
          "|---|--:|---|--:|--:|--:|--:|--:|", file=table)
    took: list[float] = []
    for size, seed in [(size, seed) for size in asked.sizes for seed in asked.seeds]:
        document, draw = SIZES[size].document(seed), Random(seed)
        before = Round.from_document(document)
        plan = solve(before, stop)
        met = [(pair.client, pair.assistant) for pair in plan.pairs]
        others = sorted(candidates(before).index.keys() - set(met))
        for kind, change in [one for one in CHANGES.items() for _ in range(asked.times)]:
            other = deepcopy(document)
            change(other, others, met, draw)
            rnd = Round.from_document(other)
            begun = time.perf_counter()
            soon = solve(rnd, stop, before=(before, plan)).levels[0]
            took.append(time.perf_counter() - begun)
            late = solve(rnd, stop).levels[0]
            print(f"| {size} | {seed} | {kind} | {took[-1]:.2f} | {soon.value:,} | {soon.bound:,} "
                  f"| {late.value:,} | {late.bound:,} |", file=table, flush=True)
    print(f"\n{len(took)} changes: in the median {median(took):.2f} s, at most {max(took):.2f}", file=table)
    table.close()
    return 0


def _pin(document: Document, others: Pairs, _met: Pairs, draw: Random) -> None:
    client, assistant = draw.choice(others)
    document["pins"] = [{"client": client, "assistant": assistant}]


def _ban(document: Document, _others: Pairs, met: Pairs, draw: Random) -> None:
    client, assistant = draw.choice(met)
    document["bans"] = [{"client": client, "assistant": assistant}]


def _less_time(document: Document, _others: Pairs, met: Pairs, draw: Random) -> None:
    _, assistant = draw.choice(met)
    person = next(one for one in document["assistants"] if one["id"] == assistant)
    person["availability"] = person["availability"][1:]


def _gone(document: Document, _others: Pairs, met: Pairs, draw: Random) -> None:
    client, _ = draw.choice(met)
    document["clients"] = [one for one in document["clients"] if one["id"] != client]


CHANGES = {"a pin": _pin, "a ban": _ban, "an assistant has less time": _less_time, "a client is gone": _gone}


if __name__ == "__main__":
    sys.exit(main())
