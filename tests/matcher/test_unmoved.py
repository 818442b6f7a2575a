"""What is solved anew moves no appointment in vain."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from matcher import Plan, Round, Stop, solve
from matcher.explanation.whatif import whatif
from tests.builders import a_round, assistant, client, hours, need
from tests.matcher.explaining import solved
from tests.matcher.laws import everyday_and_long, lawful
from tests.matcher.test_whatif import decided
from tests.matcher.witness import faults

Meetings = dict[tuple[str, str], tuple[datetime, str | None]]


def desks(plan: Plan) -> dict[str, Meetings]:
    """Every assistant's appointments, by client and need."""
    return {
        name: {(pair.client, a.need): (a.start, a.place) for pair in pairs for a in pair.appointments}
        for name, pairs in groupby(sorted(plan.pairs, key=lambda p: p.assistant), key=lambda p: p.assistant)
    }


def days(meetings: Meetings) -> int:
    return sum(start.toordinal() for start, _ in meetings.values())


@everyday_and_long
def test_whoever_keeps_their_clients_keeps_their_times(examples: int) -> None:
    """An assistant with the same clients and needs, who waits as long, has no other times than before."""

    @lawful(examples)
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        _, rnd, plan = solved(seed)
        other, found, told = whatif(rnd, plan, *decided(seed, rnd), Stop())
        assert faults(other.to_document(), found.to_document()) == []
        if told is None:
            return
        before, after = desks(plan), desks(found)
        for name in before.keys() & after.keys():
            was, now = before[name], after[name]
            if was.keys() == now.keys() and days(was) == days(now):
                assert {key: start for key, (start, _) in was.items()} == {
                    key: start for key, (start, _) in now.items()
                }

    law()


def test_only_the_one_moves_who_makes_room() -> None:
    """Three are there from nine to twelve; somebody comes who can at ten only, and there is time at noon."""

    def office(end: str, *more: dict[str, object]) -> Round:
        there = [hours(0, "09:00", end)]
        people = [client(name, availability=there) for name in ("c1", "c2", "c4")]
        return a_round(clients=[*people, *more], assistants=[assistant(availability=there)])

    small = office("12:00")
    plan = solve(small, Stop())
    rnd = office("13:00", client("c3", availability=[hours(0, "10:00", "11:00")]))
    was, now = desks(plan)["a1"], desks(solve(rnd, Stop(), before=(small, plan)))["a1"]
    assert [start.hour for start, _ in sorted(was.values())] == [9, 10, 11]
    assert {key for key in was if was[key] != now[key]} == {
        key for key, (start, _) in was.items() if start.hour == 10
    }
    assert len(now) == 4


def test_clients_do_not_change_places_where_that_serves_nobody() -> None:
    rnd = a_round(
        clients=[client(name) for name in ("c1", "c2", "c3", "c4")],
        assistants=[assistant(name, max_clients=2) for name in ("a1", "a2")],
    )
    for pairs in ({"c1": "a1", "c2": "a2"}, {"c1": "a2", "c2": "a1"}):
        decided = Round.from_document({
            **rnd.to_document(), "pins": [{"client": c, "assistant": a} for c, a in pairs.items()],
        })
        plan = solve(decided, Stop())
        again = solve(rnd, Stop(), before=(decided, plan))
        assert again.status == "optimal"
        assert [(p.client, p.assistant, p.appointments) for p in again.pairs] == [
            (p.client, p.assistant, p.appointments) for p in plan.pairs
        ]


def test_a_plan_that_keeps_what_is_decided_stands() -> None:
    rnd = a_round(clients=[client("c1"), client("c2")], assistants=[assistant("a1"), assistant("a2")])
    plan = solve(rnd, Stop())
    met = {(pair.client, pair.assistant) for pair in plan.pairs}
    never = [(c, a) for c in ("c1", "c2") for a in ("a1", "a2") if (c, a) not in met]
    other, found, told = whatif(rnd, plan, met, never, Stop())
    assert told is not None
    assert (found.levels, told.moved) == (plan.levels, ())
    assert faults(other.to_document(), found.to_document()) == []
    assert {"pin"} <= {reason.code for pair in found.pairs for reason in pair.reasons}


def test_a_plan_does_not_stand_where_a_decision_was_taken_back() -> None:
    rnd = a_round(clients=[client(origin="SY", wishes={"origin": "prefer-same"})],
                  assistants=[assistant("a1", origin="IR"), assistant("a2", origin="SY")])
    decided = Round.from_document({**rnd.to_document(), "pins": [{"client": "c1", "assistant": "a1"}]})
    plan = solve(decided, Stop())
    assert [pair.assistant for pair in plan.pairs] == ["a1"]
    assert [pair.assistant for pair in solve(rnd, Stop(), before=(decided, plan)).pairs] == ["a2"]


def test_what_is_gone_is_not_looked_for() -> None:
    """An assistant who left, a client who left, and a need that is met by now."""
    rnd = a_round(
        clients=[client("c1", needs=[need("n0"), need("n1")]), client("c2"), client("c3")],
        assistants=[assistant("a1"), assistant("a2")],
    )
    plan = solve(rnd, Stop())
    later = a_round(clients=[client("c1", needs=[need("n1")]), client("c3")], assistants=[assistant("a1")])
    found = solve(later, Stop(), before=(rnd, plan))
    assert faults(later.to_document(), found.to_document()) == []
    assert found.status == "optimal"


def test_a_change_of_hours_moves_only_whom_it_concerns() -> None:
    people = [client(f"c{n}", availability=[hours(0, "09:00", "17:00")]) for n in range(5)]
    helper = assistant(availability=[hours(0, "09:00", "17:00")])
    rnd = a_round(clients=people, assistants=[helper])
    plan = solve(rnd, Stop())
    first = min(plan.pairs, key=lambda pair: pair.appointments[0].start)
    start = first.appointments[0].start
    narrower = Round.from_document({
        **rnd.to_document(),
        "assistants": [{**rnd.to_document()["assistants"][0], "availability": [
            {"start": f"{start.date()}T{start.hour + 2:02}:00", "end": f"{start.date()}T17:00"}]}],
    })
    found = solve(narrower, Stop(), before=(rnd, plan))
    was, now = desks(plan)["a1"], desks(found)["a1"]
    assert was.keys() == now.keys()
    assert {key for key in was if was[key] != now[key]} == {
        key for key, (begin, _) in was.items() if begin.hour < start.hour + 2
    }
