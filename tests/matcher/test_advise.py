"""Whom to look for, and whose hour to ask for: every number held against the oracle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Stop, solve
from matcher.errors import Contradicting
from matcher.explanation.advise import Advice, advise, table
from matcher.round_writing import part_document
from tests.builders import a_round, assistant, client, hours
from tests.matcher.explaining import Document, best_served, solved
from tests.matcher.laws import everyday_and_long, lawful
from tests.matcher.witness import faults


def with_assistant(doc: Document, row: Advice) -> Document:
    own = part_document(row.assistant)
    others = [own if a["id"] == own["id"] else a for a in doc["assistants"]]
    return {**doc, "assistants": others if own in others else [*others, own]}


@everyday_and_long
def test_each_number_is_the_oracles_and_rows_are_ranked_by_it(examples: int) -> None:
    # Each round is solved some dozens of times.
    @lawful(max(10, examples // 10))
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        doc, rnd, plan = solved(seed)
        before = best_served(doc)
        if plan.status == "infeasible" or before is None:
            return
        new, more = advise(rnd, plan, Stop())
        for rows in (new, more):
            for row in rows:
                other = with_assistant(doc, row)
                best = best_served(other)
                assert best is not None
                assert (row.gain, row.most) == (best - before, best - before)
                told = row.plan.to_document()
                served_only = {**other, "policy": {**other.get("policy", {}), "levels": ["served"]}}
                assert [f for f in faults(served_only, told) if not f.startswith("sha")] == []
            assert [row.gain for row in rows] == sorted((row.gain for row in rows), reverse=True)

    law()


@everyday_and_long
def test_without_time_the_numbers_are_true_bounds(examples: int) -> None:
    @lawful(max(10, examples // 10))
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        doc, rnd, plan = solved(seed)
        if plan.status == "infeasible" or rnd.policy.levels[:1] != ("served",):
            return
        before = best_served(doc)
        assert before is not None
        for row in (row for rows in advise(rnd, plan, Stop(cancelled=lambda: True)) for row in rows):
            best = best_served(with_assistant(doc, row))
            assert best is not None
            assert row.gain <= best - before <= row.most

    law()


def test_the_language_that_most_lack_comes_first() -> None:
    rnd = a_round(
        clients=[
            *(client(f"c{n}", languages={"ar": "native"}, origin="SY") for n in range(3)),
            client("d1", languages={"so": "native"}, origin="SO"),
        ],
        assistants=[assistant(max_clients=4)],
    )
    new, more = advise(rnd, solve(rnd, Stop()), Stop())
    assert [(row.gain, row.exact, *row.assistant.languages, row.assistant.origin) for row in new] == [
        (3, True, "ar", "SY"), (3, True, "ar", "SY"), (1, True, "so", "SO"), (1, True, "so", "SO")
    ]
    assert more == ()
    # The last row has its turn, too, where there is a limit with more than enough time.
    assert advise(rnd, solve(rnd, Stop()), Stop(time_limit=600)) == (new, more)
    assert table(new).splitlines()[0] == (
        "  1. +3 served (exactly), +3 clients: "
        "Standard Arabic, from SY, female, 09:00–17:00, 12-07 to 12-10 (4 days)"
    )
    assert table(more) == "  nothing that was tried serves more"


def test_the_assistant_whose_hour_serves_most_comes_first() -> None:
    rnd = a_round(
        clients=[
            client("c1", weight=3), client("c2", weight=3), client("c3", languages={"so": "native"}),
            client("c4", languages={"so": "native"}, weight=5),
        ],
        assistants=[
            assistant("a1", availability=[hours(0, "09:00", "10:00")]),
            assistant("a2", availability=[hours(0, "16:00", "17:00")], languages={"so": "native"}),
        ],
    )
    _, more = advise(rnd, None, Stop())
    assert [(row.gain, row.text) for row in more] == [
        (3, "a1: an hour more, 2026-12-07 10:00–11:00"), (1, "a2: an hour more, 2026-12-07 15:00–16:00")
    ]


def test_progress_tells_how_far_it_is() -> None:
    rnd = a_round(clients=[client(languages={"ar": "native"})])
    heard: list[tuple[str, int, int]] = []
    advise(rnd, None, Stop(), lambda what, done, total: heard.append((what, done, total)))
    assert {what for what, done, total in heard if done == total} == {
        "recruits", "days and places", "extra hours", "whole rounds"
    }


def test_a_limit_ends_what_is_tried_with_those_who_promise_most_tried_first() -> None:
    people = [client(f"c{n}", weight=3) for n in range(3)]
    people += [client(f"d{n}", languages={"so": "native"}) for n in range(2)]
    rnd = a_round(clients=people, assistants=[
        assistant("a1", availability=[hours(0, "16:00", "17:00")], languages={"so": "native"}),
        assistant("a2", availability=[hours(0, "09:00", "10:00")]),
    ])
    plan = solve(rnd, Stop())
    _, all_of_them = advise(rnd, plan, Stop())
    over = False

    def tell(what: str, done: int, total: int) -> None:
        nonlocal over
        over = over or (what == "extra hours" and done == 1)

    new, more = advise(rnd, plan, Stop(cancelled=lambda: over), tell)
    assert len(new) > 0
    assert [row.assistant.id for row in more] == ["a2"]
    assert [row.assistant.id for row in all_of_them] == ["a2", "a1"]
    assert advise(rnd, plan, Stop(time_limit=0)) == ((), ())


def test_nothing_is_advised_while_pins_contradict() -> None:
    rnd = a_round(clients=[client(languages={})], pins=[{"client": "c1", "assistant": "a1"}])
    with pytest.raises(Contradicting, match="c1 with a1 cannot hold"):
        advise(rnd, None, Stop())


def test_somebody_who_requires_another_country_is_helped_from_another() -> None:
    rnd = a_round(clients=[client(wishes={"origin": "require-different"})])
    new, _ = advise(rnd, None, Stop())
    assert {row.assistant.origin for row in new if row.gain} == {"RS"}


def test_nobody_is_looked_for_where_every_day_is_closed() -> None:
    days = [f"2026-12-{day:02}" for day in range(7, 14)]
    assert advise(a_round(closed_days=days), None, Stop()) == ((), ())
