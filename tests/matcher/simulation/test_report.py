"""Tables and charts say what happened, in the same bytes each time."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

from matcher.simulation.chart import dots
from matcher.simulation.report import report
from matcher.simulation.year import simulate
from tests.matcher.simulation.scenarios import DOUBLING, FIRST_COME, scenario

SVG = "{http://www.w3.org/2000/svg}"


def files() -> dict[str, bytes]:
    made = scenario(contenders=[DOUBLING, FIRST_COME], round_weeks=[1, 2])
    return report(made, [simulate(made, rule, weeks) for weeks in (1, 2) for rule in made.contenders])


def test_the_same_years_give_the_same_files() -> None:
    first = files()
    assert first == files()
    assert sorted(first) == [
        "assistants.csv", "gender.csv", "gender.svg", "language.csv", "language.svg", "longest.svg",
        "origin.csv", "origin.svg", "report.md", "rules.csv", "served.svg",
    ]  # fmt: skip


def test_every_table_has_a_row_for_each_rule_and_length() -> None:
    rows = list(csv.DictReader(io.StringIO(files()["rules.csv"].decode())))
    assert [(row["rule"], row["round_weeks"], row["missed"], row["unproven"]) for row in rows] == [
        ("doubling", "1", "0", "0"), ("first come", "1", "0", "0"),
        ("doubling", "2", "0", "0"), ("first come", "2", "0", "0"),
    ]  # fmt: skip
    assert {int(row["hours"]) == int(row["served"]) for row in rows} == {True}


def test_people_of_each_gender_add_up_to_all() -> None:
    made = files()
    all_ = list(csv.DictReader(io.StringIO(made["rules.csv"].decode())))
    parts = list(csv.DictReader(io.StringIO(made["gender.csv"].decode())))
    for whole in all_:
        mine = [p for p in parts if (p["rule"], p["round_weeks"]) == (whole["rule"], whole["round_weeks"])]
        assert sum(int(p["served"]) for p in mine) == int(whole["served"])


def test_a_chart_has_a_dot_for_each_number_and_says_it() -> None:
    svg = ElementTree.fromstring(dots("A & B", "weeks", {"x": {"one": 1.5, "two": 3.0}, "y": {"one": 0}}))  # noqa: S314
    told = [title.text for title in svg.iter(f"{SVG}title")]
    assert told == ["A & B", "x, one: 1.5", "x, two: 3", "y, one: 0", "one", "two"]


def test_a_chart_of_nothing_but_noughts_is_a_chart() -> None:
    svg = ElementTree.fromstring(dots("Nothing", "weeks", {"x": {"one": 0}}))  # noqa: S314
    assert [title.text for title in svg.iter(f"{SVG}title")] == ["Nothing", "x, one: 0", "one"]
