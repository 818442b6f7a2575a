"""What another decision changes: the plan that follows it, and a difference that adds up."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import BadRound, Plan, Round, Stop, solve
from matcher.explanation.difference import LevelChange, difference
from matcher.explanation.whatif import text, whatif, with_decisions
from tests.builders import a_round, assistant, client, hours
from tests.matcher.exact import optimum
from tests.matcher.explaining import solved
from tests.matcher.laws import everyday_and_long, lawful
from tests.matcher.witness import faults


def decided(seed: int, rnd: Round) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    rng = Random(seed)
    pairs = [(c.id, a.id) for c in rnd.clients for a in rnd.assistants]
    chosen = rng.sample(pairs, min(len(pairs), rng.randint(1, 3)))
    cut = rng.randint(0, len(chosen))
    return chosen[:cut], chosen[cut:]


@everyday_and_long
def test_the_new_plan_is_the_best_with_the_decisions_and_the_difference_is_the_oracles(examples: int) -> None:
    @lawful(examples)
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        doc, rnd, plan = solved(seed)
        pins, bans = decided(seed, rnd)
        other, found, told = whatif(rnd, plan, pins, bans, Stop())
        assert faults(other.to_document(), found.to_document()) == []
        best = optimum(other.to_document())
        if told is None:
            assert plan.status == "infeasible" or best is None
            return
        assert best is not None
        before = optimum(doc)
        assert before is not None
        assert {x.level: (x.before, x.after) for x in told.levels} == {
            level: (before[level], best[level]) for level in before
        }
        assert all(x.exact for x in told.levels)

    law()


@everyday_and_long
def test_what_clients_gain_and_lose_adds_up_to_the_levels(examples: int) -> None:
    @lawful(examples)
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        _, rnd, plan = solved(seed)
        pins, bans = decided(seed, rnd)
        _, found, told = whatif(rnd, plan, pins, bans, Stop())
        if told is None:
            return
        people = [*told.gains, *told.loses, *told.other]
        for level in told.levels:
            if level.level != "balance":
                assert sum(one.points.get(level.level, 0) for one in people) == level.change
        was, now = ({p.client: p.assistant for p in one.pairs} for one in (plan, found))
        assert {one.client for one in people} >= {c.id for c in rnd.clients if was.get(c.id) != now.get(c.id)}
        assert [one.client for one in people if (was.get(one.client), now.get(one.client)) != (
            one.before, one.after
        )] == []
        times = [
            {(p.client, a.need): (p.assistant, a.start, a.place) for p in one.pairs for a in p.appointments}
            for one in (plan, found)
        ]
        for one in told.moved:
            assert times[0].pop((one.client, one.need), None) == one.before
            assert times[1].pop((one.client, one.need), None) == one.after
        assert times[0] == times[1]

    law()


def test_a_ban_costs_what_it_costs_and_says_so() -> None:
    rnd = a_round(
        clients=[client(
            wishes={"origin": "prefer-same"}, availability=[hours(day, "09:00", "17:00") for day in (0, 1)]
        )],
        assistants=[assistant(), assistant("a2", origin="SY", availability=[hours(1, "10:00", "11:00")])],
    )
    _, found, told = whatif(rnd, solve(rnd, Stop()), [], [("c1", "a1")], Stop())
    assert [pair.assistant for pair in found.pairs] == ["a2"]
    assert told is not None
    assert text(told).splitlines() == [
        "level by level:",
        "  served: 1 -> 1 (+0)",
        "  stability: 0 -> 0 (+0)",
        "  origin: 2 -> 0 (-2)",
        "  language: 7 -> 7 (+0)",
        "  gender: 0 -> 0 (+0)",
        "  continuity: 0 -> 0 (+0)",
        "  balance: -1 -> -1 (+0)",
        "  extras: 0 -> 0 (+0)",
        "  early: 0 -> -1 (-1)",
        "0 clients gain",
        "1 clients lose:",
        "  c1: a1 -> a2 (origin -2, early -1)",
        "0 clients change alike",
        "1 appointments move:",
        "  c1 n1: 2026-12-07 09:00 with a1 -> 2026-12-08 10:00 with a2",
    ]


def test_a_number_that_is_no_more_than_a_bound_says_so() -> None:
    rnd = a_round()
    document = solve(rnd, Stop()).to_document()
    document["status"] = "feasible"
    document["levels"][3]["bound"] = 9
    open_, proven = Plan.from_document(document), solve(rnd, Stop())
    told = difference((rnd, proven), (rnd, open_))
    assert told.levels[3:5] == (
        LevelChange(level="language", before=7, after=7, least=0, most=2),
        LevelChange(level="gender", before=0, after=0, least=None, most=None),
    )
    assert text(told).splitlines()[4:6] == [
        "  language: 7 -> 7 (+0), not proven: between +0 and +2 for the best plans",
        "  gender: 0 -> 0 (+0), not compared: an earlier level is open",
    ]


def test_a_decision_that_stands_already_is_not_said_twice() -> None:
    rnd = a_round(pins=[{"client": "c1", "assistant": "a1"}])
    assert with_decisions(rnd, [("c1", "a1")], [("c1", "a1"), ("c1", "a1")]).to_document()["bans"] == [
        {"client": "c1", "assistant": "a1"}
    ]
    assert with_decisions(rnd, [("c1", "a1")], []).sha256 == rnd.sha256


def test_a_decision_about_a_stranger_is_refused() -> None:
    with pytest.raises(BadRound, match="c9 is no client of the round"):
        with_decisions(a_round(), [("c9", "a1")], [])
