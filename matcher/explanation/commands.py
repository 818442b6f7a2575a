"""Explain from the command line: fixes for clients who are left out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from matcher.check import check
from matcher.errors import BadPlan, Fault
from matcher.output import check_writable, write
from matcher.plan import Plan
from matcher.round import Round


def add_commands(commands: Any) -> None:
    """Add what explains to the commands of `python -m matcher`."""
    fixes = commands.add_parser("fixes", help="add to a plan what would help the clients whom it leaves out")
    fixes.add_argument("round", type=Path, help="an r4r-round/1 document")
    fixes.add_argument("plan", type=Path, help="an r4r-plan/1 document")
    fixes.add_argument("--client", metavar="ID", help="only this client; their fixes are told in lines")
    fixes.add_argument("-o", "--output", type=Path, help="where the plan goes; standard output without")
    fixes.add_argument("--progress", action="store_true", help="tell how far it is, even if nobody watches")
    fixes.set_defaults(command=_fixes)


def _read(options: argparse.Namespace) -> tuple[Round, Plan]:
    """Read a round and a plan of it that keeps every rule."""
    rnd, plan = Round.from_file(options.round), Plan.from_file(options.plan)
    faults = check(rnd, plan)
    if faults:
        raise BadPlan(faults)
    if plan.status == "infeasible":
        raise BadPlan([Fault("/status", "is infeasible", "take back pins and solve again")])
    return rnd, plan


def _fixes(options: argparse.Namespace) -> int:
    from matcher.explanation.fixes import Fixes, with_fixes

    rnd, plan = _read(options)
    if options.client is not None:
        _one_of({one.client for one in plan.unmatched}, options.client, "unmatched client")
        for fix in Fixes(rnd, plan).of(options.client):
            print(fix.text)
        return 0
    if options.output is not None:
        check_writable(options.output, sources=(options.round,))

    def tell(done: int, total: int) -> None:
        if options.progress or sys.stderr.isatty():
            print(f"{done} of {total} clients", file=sys.stderr)

    _put(options.output, with_fixes(rnd, plan, tell).to_json())
    return 0


def _one_of(known: set[str], name: str, what: str) -> None:
    if name not in known:
        raise BadPlan([Fault("", f"{name} is no {what} of this plan", "name one of the plan")])


def _put(output: Path | None, data: bytes) -> None:
    if output is not None:
        write(output, data)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
