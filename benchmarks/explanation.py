"""Explaining a plan beside solving everything again: `python -m benchmarks.explanation [--seeds ...]`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from benchmarks.matcher import own_output
from benchmarks.rounds import office_round
from matcher import Plan, Round, Stop, solve
from matcher.explanation.advise import advise
from matcher.explanation.fixes import Fixes
from matcher.explanation.patches import patched

T = TypeVar("T")
CLIENTS, ASSISTANTS, DAYS = 300, 30, 5


def main() -> int:
    """Print a table with a row for each answer and seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="rounds (default: 0)")
    parser.add_argument("--again", type=int, default=3, help="fixes solved whole beside (default: 3)")
    parser.add_argument("--seconds", type=float, default=60, help="limit of each whole solve (default: 60)")
    parser.add_argument("--advise", type=float, default=55, help="limit of advise (default: 55)")
    asked = parser.parse_args()
    table = own_output()
    print("| seed | what | seconds | found |\n|---|---|--:|---|", file=table)
    for seed in asked.seeds:
        document = office_round(CLIENTS, ASSISTANTS, DAYS, seed)
        document["policy"]["levels"] = ["served"]
        rnd = Round.from_document(document)
        stop = Stop(time_limit=asked.seconds, workers=2)

        def row(what: str, seconds: float, found: object, seed: int = seed) -> None:
            print(f"| {seed} | {what} | {seconds:.2f} | {found} |", file=table, flush=True)

        plan, took = _timed(lambda rnd=rnd, stop=stop: solve(rnd, stop))  # type: ignore[misc]
        row("the plan, `served` alone", took, f"served {plan.levels[0].value}, bound {plan.levels[0].bound}")
        _fixes(document, rnd, plan, stop, asked.again, row)
        stop = replace(stop, time_limit=asked.advise)
        (new, more), took = _timed(lambda rnd=rnd, plan=plan, stop=stop: advise(rnd, plan, stop))  # type: ignore[misc]
        first = new[0] if new else None
        row("advise", took, f"{len(new)} + {len(more)} rows" + (f", first {first.gain:+}" if first else ""))
    return 0


def _fixes(
    document: dict[str, object], rnd: Round, plan: Plan, stop: Stop, again: int,
    row: Callable[[str, float, object], None],
) -> None:
    begun = time.perf_counter()
    finder = Fixes(rnd, plan)
    each = [(one.client, *_timed(lambda c=one.client: finder.of(c))) for one in plan.unmatched]  # type: ignore[misc]
    took = time.perf_counter() - begun
    found = [len(fixes) for _, fixes, _ in each]
    told = ", ".join(f"{found.count(n)} with {n}" for n in range(4) if n in found)
    row(f"fixes of all {len(each)} unmatched clients", took, told)
    if not each:
        return
    slowest = max(each, key=lambda one: one[2])
    row("fixes of the slowest client", slowest[2], f"{len(slowest[1])} fixes")
    served = plan.levels[0].value
    for client, fixes, _ in [one for one in each if one[1]][:again]:
        other = Round.from_document(patched(document, fixes[0].patch))
        best, took = _timed(lambda other=other: solve(other, stop))  # type: ignore[misc]
        needed = served + rnd.client(client).weight
        holds = "confirmed" if best.levels[0].value >= needed else "not reached in time"
        row(f"one fix, solving everything again ({client})", took, f"{holds}: {fixes[0].text}")


def _timed(run: Callable[[], T]) -> tuple[T, float]:
    begun = time.perf_counter()
    out = run()
    return out, time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
