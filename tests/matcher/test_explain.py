"""Reasons are told in words, and their numbers add up to what the plan claims."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import Round, Stop, solve
from matcher.candidates import candidates
from matcher.criteria import PREFERENCES
from matcher.explain import explained, reasons_for_pair, reasons_for_unmatched
from matcher.plan import Appointment, Pair, Reason
from tests.builders import a_round, assistant, at, client, need
from tests.matcher.rounds import small_round


def met(*starts: tuple[str, str]) -> tuple[Appointment, ...]:
    moments = [(which, datetime.fromisoformat(at(0, clock))) for which, clock in starts]
    return tuple(Appointment(need=which, start=start, end=start, place=None) for which, start in moments)


def told(reasons: tuple[Reason, ...]) -> list[tuple[str, str]]:
    return [(reason.code, reason.text) for reason in reasons]


def test_a_pair_says_its_language_its_wishes_and_what_is_served() -> None:
    rnd = a_round(
        clients=[
            client(
                wishes={"origin": "prefer-same", "gender": "prefer-male"},
                previous_assistant="a1",
                needs=[need(), need("n2", optional=True), need("n3", optional=True)],
            )
        ],
        pins=[{"client": "c1", "assistant": "a1"}],
        keep=[
            {"client": "c1", "assistant": "a1", "need": "n1", "start": at(0, "10:00")},
            {"client": "c1", "assistant": "a1", "need": "n2", "start": at(0, "11:00")},
        ],
    )
    pair = Pair(client="c1", assistant="a1", appointments=met(("n1", "10:00"), ("n2", "12:00")))
    assert told(reasons_for_pair(rnd, candidates(rnd), pair)) == [
        ("pin", "decided by the office"),
        ("language", "both speak Farsi (native)"),
        ("origin", "from the same country, as the client wished"),
        ("gender", "not male, as the client wished"),
        ("continuity", "they met in an earlier round"),
        ("essential", "1 of 1 essential need met"),
        ("extras", "1 of 2 optional needs met"),
        ("stability", "1 of 2 announced appointments kept"),
    ]


def test_a_pair_without_wishes_says_only_what_there_is() -> None:
    rnd = a_round()
    pair = Pair(client="c1", assistant="a1", appointments=met(("n1", "10:00")))
    assert told(reasons_for_pair(rnd, candidates(rnd), pair)) == [
        ("language", "both speak Farsi (native)"),
        ("essential", "1 of 1 essential need met"),
    ]


def test_an_unmatched_client_accounts_for_every_assistant_once() -> None:
    rnd = a_round(
        clients=[client(wishes={"gender": "require-female"}, not_with=["a4"])],
        assistants=[
            assistant("a1", languages={"so": "native"}),
            assistant("a2", languages={"fa": "A2"}, gender="male"),
            assistant("a3", gender="male"),
            assistant("a4", availability=[]),
            assistant("a5", availability=[]),
            assistant("a6"),
        ],
    )
    assert reasons_for_unmatched(rnd, candidates(rnd), "c1") == (
        Reason("language", "2 of 6 assistants: no shared language at B1 or better", 2),
        Reason("gender", "1 of 6 assistants: not female, which the client requires", 1),
        Reason("not-with", "1 of 6 assistants: ruled out by the client or the office", 1),
        Reason(
            "no-common-time",
            "1 of 6 assistants: no time fits all essential needs within hours, opening times and limits",
            1,
        ),
        Reason("outranked", "1 of 6 assistants: possible, but their capacity serves others better", 1),
    )


def test_without_assistants_there_is_nobody_to_account_for() -> None:
    rnd = a_round(assistants=[])
    assert reasons_for_unmatched(rnd, candidates(rnd), "c1") == ()


def test_every_client_is_explained_once_matched_or_not() -> None:
    rnd = a_round(clients=[client("c2"), client("c1")])
    pairs, unmatched = explained(rnd, candidates(rnd), [Pair(client="c2", assistant="a1", appointments=())])
    assert [(pair.client, told(pair.reasons)[0]) for pair in pairs] == [
        ("c2", ("language", "both speak Farsi (native)"))
    ]
    assert [(one.client, [reason.code for reason in one.reasons]) for one in unmatched] == [
        ("c1", ["outranked"])
    ]


@pytest.mark.parametrize("seed", range(3))
def test_no_reason_names_a_person(seed: int) -> None:
    rnd = Round.from_document(small_round(Random(seed)))
    table = candidates(rnd)
    texts = [r.text for c in rnd.clients for r in reasons_for_unmatched(rnd, table, c.id)]
    ids = {c.id for c in rnd.clients} | {a.id for a in rnd.assistants}
    assert [text for text in texts if ids & set(text.replace(",", " ").split())] == []


@settings(max_examples=25)
@given(st.integers(0, 10**6))
def test_what_the_criteria_say_of_a_plan_adds_up_to_what_the_solver_claims(seed: int) -> None:
    rnd = Round.from_document(small_round(Random(seed)))
    plan = solve(rnd, Stop())
    claimed = {level.level: level.value for level in plan.levels}
    for preference in (kind(rnd) for kind in PREFERENCES):
        if preference.level in claimed:
            points = [preference.score(rnd.client(p.client), rnd.assistant(p.assistant)) for p in plan.pairs]
            assert sum(points) == claimed[preference.level]
    counted = [sum(reason.assistants or 0 for reason in one.reasons) for one in plan.unmatched]
    assert counted == [len(rnd.assistants)] * len(plan.unmatched)
