"""Pins that cannot all hold: a smallest set of them, held against an oracle, and told in words."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Round, Stop, solve
from tests.builders import a_round, assistant, at, client, hours, need
from tests.matcher.exact import appointments_possible, optimum, pairs_possible
from tests.matcher.explaining import Document
from tests.matcher.laws import everyday_and_long, lawful
from tests.matcher.rounds import small_round


def much_pinned(seed: int) -> Document:
    """A small round with up to five pins, most of which could hold alone."""
    rng = Random(seed)
    doc = small_round(rng)
    possible = appointments_possible(doc) + [
        {"client": client, "assistant": assistant} for client, assistant in sorted(pairs_possible(doc))
    ]
    pins = rng.sample(possible, min(len(possible), rng.randint(2, 5)))
    return {**doc, "pins": pins, "policy": {**doc.get("policy", {}), "levels": []}}


@everyday_and_long
def test_no_smaller_set_of_pins_contradicts(examples: int) -> None:
    @lawful(examples)
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        doc = much_pinned(seed)
        plan = solve(Round.from_document(doc), Stop())

        def holds(pins: tuple[int, ...]) -> bool:
            return optimum({**doc, "pins": [doc["pins"][n] for n in pins]}) is not None

        everything = range(len(doc["pins"]))
        if plan.status != "infeasible":
            assert holds(tuple(everything))
            return
        (conflict,) = plan.conflicts
        assert not holds(conflict.pins)
        for size in range(len(conflict.pins)):
            assert all(holds(fewer) for fewer in combinations(everything, size))

    law()


def test_one_pin_says_who_cannot_meet_whom_and_why() -> None:
    pin = {"client": "c1", "assistant": "a1"}
    plan = solve(a_round([client(languages={"ar": "native"})], pins=[pin]), Stop())
    assert plan.conflicts[0].text == (
        "c1 with a1 cannot hold: the two do not understand each other well enough"
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"max_clients": 0}, "load"),
        ({"max_minutes_per_week": 30}, "load"),
        ({"buffer_minutes": 180}, "overlap"),
        ({"availability": [hours(1, "20:00", "21:00")]}, "time"),
    ],
)
def test_one_pin_names_the_limit_that_leaves_it_no_time(changes: Document, code: str) -> None:
    two = client(needs=[need(), need("n2")], max_per_day=2, availability=[hours(0, "09:00", "12:00")])
    rnd = a_round([two], [assistant(**changes)], pins=[{"client": "c1", "assistant": "a1"}])
    assert [one.code for one in solve(rnd, Stop()).conflicts] == [code]


def test_several_pins_are_named_with_their_rule_and_fewer_of_them_can_hold() -> None:
    pins = [
        {"client": "c1", "assistant": "a1", "need": "n1", "start": at(0, "09:00")},
        {"client": "c2", "assistant": "a1", "need": "n1", "start": at(0, "09:30")},
        {"client": "c3", "assistant": "a1"},
    ]
    plan = solve(a_round([client(), client("c2"), client("c3")], pins=pins), Stop())
    assert [(one.pins, one.code, one.text) for one in plan.conflicts] == [(
        (0, 1), "overlap",
        "c1 with a1 for n1 on 2026-12-07 09:00 and c2 with a1 for n1 on 2026-12-07 09:30 cannot all hold: "
        "appointments would overlap or leave no buffer between them; no smaller set of pins contradicts",
    )]


def test_a_set_that_time_left_unproven_does_not_pass_for_the_smallest() -> None:
    pins = [{"client": f"c{n}", "assistant": "a1"} for n in range(4)]
    rnd = a_round([client(f"c{n}") for n in range(4)], [assistant(max_clients=2)], pins=pins)
    plan = solve(rnd, Stop(time_limit=0.001, cancelled=lambda: True))
    assert plan.conflicts[0].text.endswith("; fewer of them may do, the time ended")
