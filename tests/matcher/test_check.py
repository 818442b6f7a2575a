"""The checker finds each broken rule and each wrong number, and nothing in a good plan."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import Plan, Round, Stop, solve
from matcher.check import check
from tests.builders import assistant, at, client, document, hours, need, topic
from tests.matcher.rounds import small_round
from tests.matcher.witness import faults as witnessed

Document = dict[str, Any]
WEEK = [hours(day, "09:00", "17:00") for day in range(5)]
OPEN = [{"days": ["mon", "tue", "wed"], "from": "09:00", "to": "12:00"}]


def a_document() -> Document:
    """Write a round of three clients, of whom c1 and c2 meet a1, and nobody may meet c3."""
    return document(
        clients=[
            client(
                needs=[need(by="2026-12-08"), need("n2", "bank", optional=True)],
                availability=WEEK,
                places=["office", "park"],
                weight=3,
                wishes={"origin": "prefer-same", "gender": "prefer-female"},
                previous_assistant="a1",
            ),
            client("c2", availability=WEEK, origin="IR"),
            client("c3", languages={"so": "native"}),
        ],
        assistants=[
            assistant(
                availability=WEEK,
                places=["office"],
                max_clients=2,
                max_minutes_per_day=120,
                max_minutes_per_week=180,
                buffer_minutes=30,
                caseload=1,
            ),
            assistant("a2", gender="male", topics=["bank"], availability=WEEK),
        ],
        topics=[topic(windows=OPEN), topic("bank")],
        closed_days=["2026-12-09"],
        pins=[{"client": "c1", "assistant": "a1"}],
        keep=[{"client": "c2", "assistant": "a1", "need": "n1", "start": at(0, "10:30")}],
    )


def appointment(which: str, day: int, start: str, end: str, place: str | None = "office") -> Document:
    return {"need": which, "start": at(day, start), "end": at(day, end), "place": place}


def a_plan() -> Document:
    """Write the optimum of that round by hand."""
    values = {
        "served": 4, "stability": 1, "origin": 2, "language": 14, "gender": 1,
        "continuity": 1, "balance": -9, "extras": 1, "early": -1,
    }  # fmt: skip
    return {
        "format": "r4r-plan/1",
        "round_sha256": Round.from_document(a_document()).sha256,
        "status": "optimal",
        "levels": [{"level": level, "value": value, "bound": value} for level, value in values.items()],
        "pairs": [
            {
                "client": "c1",
                "assistant": "a1",
                "appointments": [
                    appointment("n1", 0, "09:00", "10:00"),
                    appointment("n2", 1, "09:00", "10:00"),
                ],
                "reasons": [],
            },
            {
                "client": "c2",
                "assistant": "a1",
                "appointments": [appointment("n1", 0, "10:30", "11:30")],
                "reasons": [],
            },
        ],
        "unmatched": [
            {"client": "c3", "reasons": [{"code": "language", "assistants": 2}], "fixes": []},
        ],
        "conflicts": [],
        "solver": {"version": "hand", "seconds": 0, "seed": 0, "workers": 1},
    }


def faults(plan: Document, rnd: Document | None = None) -> list[str]:
    found = check(Round.from_document(rnd or a_document()), Plan.from_document(plan))
    return [f"{fault.pointer} {fault.message}" for fault in found]


def test_a_good_plan_has_no_fault() -> None:
    assert faults(a_plan()) == []


def moved(pair: int, which: int, **fields: Any) -> Callable[[Document], None]:
    return lambda plan: plan["pairs"][pair]["appointments"][which].update(fields)


def start(day: int, clock: str, end: str) -> Document:
    return {"start": at(day, clock), "end": at(day, end)}


FIRST = "/pairs/0/appointments/0"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (moved(0, 0, **start(0, "09:10", "10:10")), f"{FIRST} breaks time: off the grid"),
        (moved(0, 0, **start(0, "09:00", "09:30")), f"{FIRST} breaks time: does not last 60 minutes"),
        (moved(0, 0, **start(2, "09:00", "10:00")), f"{FIRST} breaks time: on a closed day"),
        (moved(0, 0, **start(2, "09:00", "10:00")), f"{FIRST} breaks time: after 2026-12-08"),
        (moved(0, 0, **start(0, "11:30", "12:30")), f"{FIRST} breaks time: outside opening times"),
        (moved(0, 0, **start(3, "09:00", "10:00")), f"{FIRST} breaks time: outside opening times"),
        (moved(0, 0, **start(7, "09:00", "10:00")), f"{FIRST} breaks time: outside the round"),
        (
            moved(0, 0, start=at(0, "23:30"), end=at(1, "00:30")),
            f"{FIRST} breaks time: not within one day",
        ),
        (
            moved(0, 0, **start(0, "08:00", "09:00")),
            f"{FIRST} breaks time: c1 is not available there and then",
        ),
        (
            moved(0, 0, **start(0, "08:00", "09:00")),
            f"{FIRST} breaks time: a1 is not available there and then",
        ),
        (moved(0, 0, place="park"), f"{FIRST} breaks place: not a place of both"),
        (moved(0, 0, place=None), f"{FIRST} breaks place: not a place of both"),
        (moved(0, 0, place="moon"), f"{FIRST} breaks place: not a place of both"),
        (moved(0, 0, need="n9"), f"{FIRST} n9 is no need of c1"),
        (moved(0, 0, need="n9"), "/pairs/0 breaks essential: need n1 has 0 appointments"),
        (moved(0, 1, need="n1"), "/pairs/0 breaks essential: need n1 has 2 appointments"),
        (
            moved(0, 1, **start(0, "11:30", "12:30")),
            "/pairs/0 breaks load: more than 1 a day",
        ),
        (
            moved(0, 1, **start(0, "09:30", "10:30")),
            "/pairs/0 breaks overlap: two of the client",
        ),
        (
            moved(1, 0, **start(0, "10:00", "11:00")),
            "/pairs/1/appointments/0 breaks overlap: less than 30 minutes after the one before of a1",
        ),
        (moved(0, 1, **start(0, "11:30", "12:30")), "/pairs breaks load: a1 gives over 120 minutes a day"),
        (
            moved(0, 1, **start(1, "09:00", "10:30")),
            "/pairs breaks load: a1 gives over 180 minutes a week",
        ),
        (
            lambda p: p["pairs"][0].update(assistant="a2"),
            "/pairs breaks pin: /pins/0 does not hold",
        ),
        (
            lambda p: p["pairs"][0].update(assistant="a2"),
            "/pairs/0 breaks topic: do not cover all of talk",
        ),
        (lambda p: p["pairs"][0].update(assistant="a2"), f"{FIRST} breaks topic: a2 does not cover talk"),
        (
            lambda p: p["pairs"][1].update(client="c3"),
            "/pairs/1 breaks language: no shared language at B1 or better",
        ),
        (
            lambda p: p["pairs"][1].update(client="c1"),
            "/pairs/1 breaks one-assistant: c1 stands in two pairs",
        ),
        (lambda p: p["pairs"][1].update(client="c9"), "/pairs/1 names somebody who is not in the round"),
        (lambda p: p["pairs"].pop(), "/unmatched c2 must stand once, in pairs or in unmatched"),
        (lambda p: p["unmatched"].pop(), "/unmatched c3 must stand once, in pairs or in unmatched"),
        (
            lambda p: p["unmatched"].append({"client": "c9", "reasons": [], "fixes": []}),
            "/unmatched c9 is not in the round",
        ),
        (
            lambda p: p["unmatched"][0]["reasons"][0].update(assistants=1),
            "/unmatched/0/reasons account for 1 of 2 assistants",
        ),
        (
            lambda p: p["unmatched"][0]["reasons"][0].update(code="gender"),
            "/unmatched/0/reasons language rules out 2 assistants, not 0",
        ),
        (lambda p: p["levels"][8].update(value=0), "/levels/8 early is -1, not 0"),
        (lambda p: p["levels"][6].update(value=-4), "/levels/6 balance is -9, not -4"),
        (lambda p: p["levels"][0].update(bound=3), "/levels/0 the bound 3 is below 4"),
        (lambda p: p["levels"][0].update(bound=5), "/status is optimal, but a level is not proven"),
        (
            lambda p: p.update(levels=p["levels"][:2]),
            "/levels are served, stability",
        ),
        (lambda p: p.update(round_sha256="0" * 64), "/round_sha256 is another round's"),
        (
            lambda p: p.update(conflicts=[{"pins": [0], "code": "time", "text": ""}]),
            "/conflicts stand in a plan that is feasible",
        ),
    ],
)
def test_each_fault_is_found(change: Callable[[Document], None], fault: str) -> None:
    plan = a_plan()
    change(plan)
    assert faults(plan).count(fault) == 1


def test_an_assistant_takes_no_more_clients_than_allowed() -> None:
    rnd = a_document()
    rnd["assistants"][0]["max_clients"] = 1
    plan = {**a_plan(), "round_sha256": Round.from_document(rnd).sha256}
    assert faults(plan, rnd) == ["/pairs breaks load: a1 takes more than max_clients: 2"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"conflicts": []}, ["/conflicts an infeasible plan names none"]),
        (
            {"conflicts": [{"pins": [0, 1], "code": "time", "text": ""}]},
            ["/conflicts/0/pins is no pin of the round"],
        ),
        ({"pairs": a_plan()["pairs"]}, ["/pairs an infeasible plan has none"]),
        ({"unmatched": a_plan()["unmatched"]}, ["/unmatched an infeasible plan has none"]),
        ({"levels": a_plan()["levels"]}, ["/levels an infeasible plan has none"]),
    ],
)
def test_an_infeasible_plan_is_empty_but_for_its_conflicts(fields: Document, expected: list[str]) -> None:
    conflict = {"pins": [0], "code": "time", "text": ""}
    empty = {"status": "infeasible", "pairs": [], "unmatched": [], "levels": [], "conflicts": [conflict]}
    assert faults({**a_plan(), **empty, **fields}) == expected


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_what_the_solver_makes_has_no_fault_and_what_spoils_it_has(seed: int) -> None:
    rng = Random(seed)
    rnd = small_round(rng)
    plan = solve(Round.from_document(rnd), Stop()).to_document()
    assert faults(plan, rnd) == []
    spoilt = json.loads(json.dumps(plan))
    booked = [one for pair in spoilt["pairs"] for one in pair["appointments"]]
    if booked:
        one, other = rng.choice(booked), rng.choice(booked)
        one["start"], one["end"] = other["start"], other["end"]
        if rng.random() < 0.5:
            spoilt["pairs"][0]["assistant"] = rng.choice(rnd["assistants"])["id"]
    assert bool(faults(spoilt, rnd)) is bool(witnessed(rnd, spoilt))
