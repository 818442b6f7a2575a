"""Years beside each other: tables for people (Markdown) and programs (CSV), and charts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from matcher.simulation.chart import dots
from matcher.simulation.figures import KINDS, groups, hours_a_week, waiting
from matcher.simulation.scenario import Scenario
from matcher.simulation.year import Year

Row = Sequence[object]
_WAITS = ("served", "missed", "left", "waiting", "nobody", "mean", "median", "ninth_tenth", "longest")


def report(scenario: Scenario, years: Sequence[Year]) -> dict[str, bytes]:
    """Return every file of the report by its name; the same years give the same bytes."""
    shortest = min(year.round_weeks for year in years)
    weekly = [year for year in years if year.round_weeks == shortest]
    tables = {
        "rules": _rules(years),
        **{kind: _groups(years, kind) for kind in KINDS},
        "assistants": _assistants(scenario, years),
    }
    files = {f"{name}.csv": _csv(table) for name, table in tables.items()}
    files["report.md"] = _markdown(scenario, years, weekly)
    files["served.svg"] = _by_rule(years, "served", "Clients who met their assistant in the year", "clients")
    title = "Longest wait of those whom somebody could serve"
    files["longest.svg"] = _by_rule(years, "longest", title, "weeks")
    for kind in KINDS:
        title = f"Mean wait for an invitation by {kind}, rounds of {_length(shortest)}"
        files[f"{kind}.svg"] = dots(title, "weeks", _by_group(weekly, kind, "mean"))
    return files


def _length(weeks: int) -> str:
    return "one week" if weeks == 1 else f"{weeks} weeks"


def _rules(years: Iterable[Year]) -> list[Row]:
    head = ("rule", "round_weeks", *_WAITS, "hours", "rounds", "unproven")
    return [head, *(
        (
            year.contender.name, year.round_weeks, *asdict(waiting(year.waits)).values(),
            sum(year.minutes.values()) // 60, year.rounds, year.unproven,
        )
        for year in years
    )]  # fmt: skip


def _groups(years: Iterable[Year], kind: str) -> list[Row]:
    return [("rule", "round_weeks", kind, *_WAITS), *(
        (year.contender.name, year.round_weeks, name, *asdict(found).values())
        for year in years for name, found in groups(year, kind).items()
    )]  # fmt: skip


def _assistants(scenario: Scenario, years: Iterable[Year]) -> list[Row]:
    return [("rule", "round_weeks", "assistant", "hours_a_week"), *(
        (year.contender.name, year.round_weeks, name, hours)
        for year in years for name, hours in hours_a_week(scenario, year).items()
    )]  # fmt: skip


def _by_rule(years: Sequence[Year], figure: str, title: str, unit: str) -> bytes:
    rows: dict[str, dict[str, float]] = {}
    for year in years:
        value = asdict(waiting(year.waits))[figure]
        rows.setdefault(year.contender.name, {})[f"rounds of {_length(year.round_weeks)}"] = value
    return dots(title, unit, rows)


def _by_group(years: Sequence[Year], kind: str, figure: str) -> dict[str, dict[str, float]]:
    """Return a figure by group and rule, of groups of whom anybody was invited."""
    rows: dict[str, dict[str, float]] = {}
    for year in years:
        for name, found in groups(year, kind).items():
            if found.served + found.missed:
                rows.setdefault(name, {})[year.contender.name] = asdict(found)[figure]
    return dict(sorted(rows.items()))


def _markdown(scenario: Scenario, years: Sequence[Year], weekly: Sequence[Year]) -> bytes:
    names = [year.contender.name for year in weekly]
    length = _length(weekly[0].round_weeks)
    out = [
        f"{scenario.weeks} weeks, {scenario.rates.arrivals_per_week:g} new clients a week, "
        f"{len(scenario.helpers)} assistants, seed {scenario.seed}. Waits in weeks, from coming (or from a "
        "missed appointment) to the first day of the round with an invitation.",
        *_table([
            ("rule", "round", "served", "missed", "left", "waiting", "of these nobody could serve", "mean",
             "median", "9 of 10", "longest", "hours", "unproven"),
            *(
                (year.contender.name, _length(year.round_weeks), *asdict(waiting(year.waits)).values(),
                 sum(year.minutes.values()) // 60, f"{year.unproven} of {year.rounds}")
                for year in years
            ),
        ], left=2),
    ]  # fmt: skip
    for kind in KINDS:
        mean, longest = _by_group(weekly, kind, "mean"), _by_group(weekly, kind, "longest")
        told = {
            group: [f"{of[n]} ({longest[group][n]})" if n in of else "–" for n in names]
            for group, of in mean.items()
        }
        out += [
            f"Mean (and longest) wait by {kind}, rounds of {length}:",
            *_table([(kind, *names), *((group, *cells) for group, cells in told.items())]),
        ]
    load = {year.contender.name: hours_a_week(scenario, year) for year in weekly}
    out += [f"Hours a week with clients who came, rounds of {length}:", *_table([
        ("assistant", "at most", *names),
        *(
            (helper.id, _at_most(helper.person.max_minutes_per_week), *(load[n][helper.id] for n in names))
            for helper in scenario.helpers
        ),
    ])]  # fmt: skip
    return "\n".join(out).encode()


def _at_most(minutes: int | None) -> str:
    return "–" if minutes is None else f"{minutes / 60:g}"


def _table(rows: Sequence[Row], left: int = 1) -> list[str]:
    head, *body = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    line = ["---"] * left + ["--:"] * (len(head) - left)
    return ["", *(f"| {' | '.join(row)} |" for row in (head, line, *body)), ""]


def _csv(rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
