"""Solve, check, certify and describe rounds from the command line, and simulate years of them.

Exit 0: done. 1: the plan that was checked has faults, or its bound could not be certified. 2: bad
input, one line per fault on standard error and nothing written. 3: pins contradict; `solve` and
`whatif` write the plan that says so.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from matcher.arguments import seconds
from matcher.check import check
from matcher.describe import describe, text
from matcher.errors import BadPlan, BadRound, BadScenario, Contradicting, Fault
from matcher.explanation.commands import add_commands
from matcher.output import Unwritable, check_writable, make_folder, write
from matcher.plan import Plan
from matcher.round import Round
from matcher.stop import Progress, Stop

DONE, FAULTY, BAD_INPUT, INFEASIBLE, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (BadRound, BadPlan, BadScenario) as error:
        print(error, file=sys.stderr)
    except Unwritable as error:
        print(error, file=sys.stderr)
    except Contradicting as error:
        print(error, file=sys.stderr)
        return INFEASIBLE
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return INTERRUPTED
    return BAD_INPUT


def _solve(options: argparse.Namespace) -> int:
    rnd = Round.from_file(options.round)
    if options.output is not None:
        check_writable(options.output, sources=(options.round,))
    # Not at the top: the solvers take half a second to import, and bad input should not wait.
    from matcher import solve
    from matcher.executors import executor

    stop = Stop(time_limit=options.time_limit, workers=options.workers, seed=options.seed)
    tell = _tell if options.progress or sys.stderr.isatty() else None
    with executor(options.workers, options.dask) as whoever:
        plan = solve(rnd, stop, tell, executor=whoever)
    if options.fixes and plan.status != "infeasible":
        from matcher.explanation.fixes import with_fixes

        plan = with_fixes(rnd, plan)
    if options.output is None:
        sys.stdout.buffer.write(plan.to_json())
        sys.stdout.flush()
    else:
        write(options.output, plan.to_json())
    for conflict in plan.conflicts:
        pins = ", ".join(f"/pins/{pin}" for pin in conflict.pins)
        print(f"{pins}: {conflict.code}: {conflict.text}", file=sys.stderr)
    return INFEASIBLE if plan.status == "infeasible" else DONE


def _tell(progress: Progress) -> None:
    value, bound = ("-" if n is None else n for n in (progress.value, progress.bound))
    print(f"{progress.seconds:7.1f} s  {progress.level:<10}  {value} of at most {bound}", file=sys.stderr)


def _check(options: argparse.Namespace) -> int:
    rnd, plan = Round.from_file(options.round), Plan.from_file(options.plan)
    faults = check(rnd, plan)
    for fault in faults:
        print(fault)
    if faults:
        return FAULTY
    levels = "".join(f", {level.level} {level.value}/{level.bound}" for level in plan.levels)
    print(f"ok: {plan.status}, {len(plan.pairs)} pairs, {len(plan.unmatched)} unmatched{levels}")
    return DONE


def _certify(options: argparse.Namespace) -> int:
    rnd, plan = Round.from_file(options.round), Plan.from_file(options.plan)
    faults = check(rnd, plan)
    told = next((level.bound for level in plan.levels if level.level == "served"), None)
    if plan.status == "infeasible":
        faults = [Fault("/status", "is infeasible: nobody can be served", "take back pins and solve again")]
    elif told is None:
        faults.append(Fault("/levels", "do not tell served", "put served into the round's policy and solve"))
    if faults or told is None:
        raise BadPlan(faults)
    if options.output is not None:
        check_writable(options.output, sources=(options.round, options.plan))
    from matcher.certificate import certify

    made = certify(rnd, plan, Stop(time_limit=options.time_limit))
    if options.output is None:
        sys.stdout.buffer.write(made.to_json())
        sys.stdout.flush()
    else:
        write(options.output, made.to_json())
    if made.bound > told:
        print(f"proven is that no plan serves more than {made.bound}; the plan tells {told}", file=sys.stderr)
    return DONE if made.bound <= told else FAULTY


def _describe(options: argparse.Namespace) -> int:
    found = describe(Round.from_file(options.round))
    print(json.dumps(found, indent=1, ensure_ascii=False) if options.json else text(found))
    return DONE


def _simulate(options: argparse.Namespace) -> int:
    from matcher.simulation.scenario_reading import read_scenario

    scenario = read_scenario(options.scenario)
    if options.seed is not None:
        scenario = replace(scenario, seed=options.seed)
    make_folder(options.output)
    from matcher.simulation.report import report
    from matcher.simulation.year import simulate

    years = []
    for weeks in scenario.round_weeks:
        for contender in scenario.contenders:
            if options.progress or sys.stderr.isatty():
                print(f"rounds of {weeks} weeks: {contender.name}", file=sys.stderr)
            years.append(simulate(scenario, contender, weeks))
    for name, data in report(scenario, years).items():
        write(options.output / name, data)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m matcher", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="command")
    solve = commands.add_parser("solve", help="find the best plan of a round")
    solve.add_argument("round", type=Path, help="an r4r-round/1 document")
    solve.add_argument("-o", "--output", type=Path, help="where the plan goes; standard output without")
    solve.add_argument("--time-limit", type=seconds, metavar="S", help="seconds; no limit without")
    solve.add_argument("--workers", type=_whole(1), default=2, metavar="N", help="how many work (default 2)")
    solve.add_argument("--dask", metavar="ADDRESS", help="a cluster that solves parts, like tcp://host:8786")
    solve.add_argument("--seed", type=_whole(0), default=0, metavar="N", help="start of chance (default 0)")
    solve.add_argument("--progress", action="store_true", help="tell how far it is, even if nobody watches")
    solve.add_argument("--fixes", action="store_true", help="add what would help whoever is left out")
    solve.set_defaults(command=_solve)
    check = commands.add_parser("check", help="check a plan against its round")
    check.add_argument("round", type=Path, help="an r4r-round/1 document")
    check.add_argument("plan", type=Path, help="an r4r-plan/1 document")
    check.set_defaults(command=_check)
    certify = commands.add_parser("certify", help="write what proves a plan's bound of served")
    certify.add_argument("round", type=Path, help="an r4r-round/1 document")
    certify.add_argument("plan", type=Path, help="an r4r-plan/1 document")
    certify.add_argument("-o", "--output", type=Path, help="where it goes; standard output without")
    certify.add_argument("--time-limit", type=seconds, metavar="S", help="seconds; no limit without")
    certify.set_defaults(command=_certify)
    describe = commands.add_parser("describe", help="say what a round holds before it is solved")
    describe.add_argument("round", type=Path, help="an r4r-round/1 document")
    describe.add_argument("--json", action="store_true", help="for programs")
    describe.set_defaults(command=_describe)
    simulate = commands.add_parser("simulate", help="live through a year, to compare rules of fairness")
    simulate.add_argument("scenario", type=Path, help="a TOML document like config/simulation.toml")
    simulate.add_argument("-o", "--output", type=Path, required=True, help="a folder for tables and charts")
    simulate.add_argument("--seed", type=_whole(0), metavar="N", help="another year (default: the file's)")
    simulate.add_argument("--progress", action="store_true", help="tell how far it is, unwatched too")
    simulate.set_defaults(command=_simulate)
    add_commands(commands)
    return parser


def _whole(least: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        # Solvers take seeds and threads as 32-bit numbers.
        if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) >= least):
            raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from {least}")
        return int(value)

    return read


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
        sys.exit(code)
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain again when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
