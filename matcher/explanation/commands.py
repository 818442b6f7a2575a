"""Explain from the command line: what would help, and what another decision would change."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matcher.arguments import pairing, seconds
from matcher.check import check
from matcher.errors import BadPlan, BadRound, Contradicting, Fault
from matcher.output import check_writable, write
from matcher.plan import Plan
from matcher.round import Round
from matcher.stop import Progress, Stop


def add_commands(commands: Any) -> None:
    """Add what explains to the commands of `python -m matcher`."""
    fixes = commands.add_parser("fixes", help="add to a plan what would help the clients whom it leaves out")
    _add_documents(fixes)
    fixes.add_argument("--client", metavar="ID", help="only this client; their fixes are told in lines")
    fixes.add_argument("-o", "--output", type=Path, help="where the plan goes; standard output without")
    fixes.add_argument("--progress", action="store_true", help="tell how far it is, even if nobody watches")
    fixes.set_defaults(command=_fixes)
    whatif = commands.add_parser("whatif", help="solve with further pins and bans, and tell what differs")
    whatif.add_argument("round", type=Path, help="an r4r-round/1 document")
    whatif.add_argument("--plan", type=Path, help="the plan that stands; solved first without")
    whatif.add_argument("--pin", type=pairing, action="append", default=[], metavar="CLIENT=ASSISTANT")
    whatif.add_argument("--ban", type=pairing, action="append", default=[], metavar="CLIENT=ASSISTANT")
    whatif.add_argument("-o", "--output", type=Path, help="where the new plan goes; not written without")
    whatif.add_argument("--json", action="store_true", help="for programs")
    add_solving(whatif, "each solve")
    whatif.set_defaults(command=_whatif)
    others = commands.add_parser("alternatives", help="tell what the next assistants for a client would cost")
    _add_documents(others)
    others.add_argument("--client", metavar="ID", required=True, help="somebody who is matched")
    others.add_argument("--json", action="store_true", help="for programs")
    add_solving(others, "each solve")
    others.set_defaults(command=_alternatives)
    advise = commands.add_parser("advise", help="rank new assistants and extra hours by whom they serve")
    advise.add_argument("round", type=Path, help="an r4r-round/1 document")
    advise.add_argument("--plan", type=Path, help="the plan that stands; solved first without")
    advise.add_argument("--json", action="store_true", help="for programs")
    add_solving(advise, "all")
    advise.set_defaults(command=_advise)
    explain = commands.add_parser("explain", help="say why: everything, or what one person may be told")
    _add_documents(explain)
    whom = explain.add_mutually_exclusive_group()
    whom.add_argument("--for-client", metavar="ID", help="only what this client may be told")
    whom.add_argument("--for-assistant", metavar="ID", help="only what this assistant may be told")
    explain.add_argument("--json", action="store_true", help="for programs")
    explain.set_defaults(command=_explain)


def _add_documents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("round", type=Path, help="an r4r-round/1 document")
    parser.add_argument("plan", type=Path, help="an r4r-plan/1 document")


def add_solving(parser: argparse.ArgumentParser, limited: str) -> None:
    """Add what every command asks that solves; `limited` says what its limit holds for."""
    told = f"seconds of {limited}; no limit without"
    parser.add_argument("--time-limit", type=seconds, metavar="S", help=told)
    parser.add_argument("--progress", action="store_true", help="tell how far it is, even if nobody watches")


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

    if options.client is not None and options.output is not None:
        told = "--client tells lines, and writes no plan"
        raise BadPlan([Fault("", told, "leave out --client or --output")])
    rnd, plan = _read(options)
    if options.client is not None:
        _one_of({one.client for one in plan.unmatched}, options.client, "unmatched client")
        found = Fixes(rnd, plan).of(options.client)
        print("\n".join(fix.text for fix in found) or "no small change was found that helps")
        return 0
    if options.output is not None:
        check_writable(options.output, sources=(options.round,))

    def tell(done: int, total: int) -> None:
        if options.progress or sys.stderr.isatty():
            print(f"{done} of {total} clients", file=sys.stderr)

    _put(options.output, with_fixes(rnd, plan, tell).to_json())
    return 0


def _whatif(options: argparse.Namespace) -> int:
    from matcher.explanation.whatif import text, whatif, with_decisions
    from matcher.solver import solve

    if not options.pin and not options.ban:
        raise BadRound([Fault("", "no decision is asked about", "write --pin or --ban CLIENT=ASSISTANT")])
    stop = Stop(time_limit=options.time_limit, workers=2)
    rnd, plan = (Round.from_file(options.round), None) if options.plan is None else _read(options)
    with_decisions(rnd, options.pin, options.ban)
    if options.output is not None:
        check_writable(options.output, sources=(options.round, *([options.plan] if options.plan else [])))
    if plan is None:
        plan = solve(rnd, stop, _progress(options))
    _, found, told = whatif(rnd, plan, options.pin, options.ban, stop, _progress(options))
    if options.output is not None:
        write(options.output, found.to_json())
    if told is None:
        raise Contradicting((*plan.conflicts, *found.conflicts))
    print(json.dumps(told.to_document(), indent=1, ensure_ascii=False) if options.json else text(told))
    return 0


def _alternatives(options: argparse.Namespace) -> int:
    from matcher.explanation.alternatives import alternatives, text

    rnd, plan = _read(options)
    _one_of({pair.client for pair in plan.pairs}, options.client, "matched client")
    tell = _progress(options)

    def told(assistant: str, progress: Progress) -> None:
        if tell is not None:
            print(assistant, end=" ", file=sys.stderr)
            tell(progress)

    found = alternatives(rnd, plan, options.client, Stop(options.time_limit, workers=2), told)
    if options.json:
        print(json.dumps([one.to_document() for one in found], indent=1, ensure_ascii=False))
    else:
        print("\n".join(map(text, found)) or "nobody else is possible")
    return 0


def _advise(options: argparse.Namespace) -> int:
    from matcher.explanation.advise import advise, table

    if options.plan is None:
        rnd, plan = Round.from_file(options.round), None
    else:
        rnd, plan = _read(options)

    def tell(what: str, done: int, total: int) -> None:
        if options.progress or sys.stderr.isatty():
            print(f"{what}: {done} of {total}", file=sys.stderr)

    new, hours = advise(rnd, plan, Stop(options.time_limit, workers=2), tell)
    if options.json:
        rows = {"recruits": new, "hours": hours}
        told = {name: [row.to_document() for row in of] for name, of in rows.items()}
        print(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        print(f"a new assistant\n{table(new)}\nan hour more of a present one\n{table(hours)}")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from matcher.explanation.told import for_assistant, for_client, for_coordinators, lines

    rnd, plan = _read(options)
    if options.for_client is not None:
        _one_of({client.id for client in rnd.clients}, options.for_client, "client")
        told = for_client(rnd, plan, options.for_client)
    elif options.for_assistant is not None:
        _one_of({assistant.id for assistant in rnd.assistants}, options.for_assistant, "assistant")
        told = for_assistant(rnd, plan, options.for_assistant)
    else:
        told = for_coordinators(rnd, plan)
    print(json.dumps(told, indent=1, ensure_ascii=False) if options.json else lines(told))
    return 0


def _progress(options: argparse.Namespace) -> Callable[[Progress], None] | None:
    def tell(progress: Progress) -> None:
        value, bound = ("-" if n is None else n for n in (progress.value, progress.bound))
        told = f"{progress.seconds:7.1f} s  {progress.level:<10}  {value} of at most {bound}"
        print(told, file=sys.stderr)

    return tell if options.progress or sys.stderr.isatty() else None


def _one_of(known: set[str], name: str, what: str) -> None:
    if name not in known:
        raise BadPlan([Fault("", f"{name} is no {what} of this plan", "name one of the plan")])


def _put(output: Path | None, data: bytes) -> None:
    if output is not None:
        write(output, data)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
