"""What one person is told says nothing about another's wishes: tried by somebody who wants to know them."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Plan, Round, Stop, solve
from matcher.candidates import candidates
from matcher.explain import explained
from matcher.explanation.fixes import with_fixes
from matcher.explanation.told import for_assistant, for_client, for_coordinators, lines
from tests.builders import a_round, assistant, client
from tests.matcher.explaining import Document, solved
from tests.matcher.laws import copied, everyday_and_long, lawful

GENDERS = ["female", "male", "other"]


def with_other_secrets(doc: Document, rng: Random, *, but: str) -> Document:
    """Give everybody but one other wishes and exclusions, and the office other bans and decisions."""
    other = copied(doc)
    names = [a["id"] for a in doc["assistants"]]
    origins = ["none", "prefer-same", "require-same", "require-different"]
    genders = ["none", "prefer-female", "require-female", "prefer-male", "require-male"]
    for person in other["clients"]:
        if person["id"] == but:
            continue
        secrets: Document = {
            "wishes": {"origin": rng.choice(origins), "gender": rng.choice(genders)},
            "not_with": rng.sample(names, rng.randint(0, len(names))),
            "weight": rng.randint(1, 9),
            "max_per_day": rng.randint(1, 3),
            "places": rng.choice([["office"], ["centre"], ["office", "centre"]]),
        }
        for name, value in secrets.items():
            if rng.random() < 0.7:
                person[name] = value
            else:
                person.pop(name, None)
    for person in other["assistants"]:
        if person["id"] == but:
            continue
        limits: Document = {
            "accepts_genders": rng.sample(GENDERS, rng.randint(0, 3)), "max_clients": rng.randint(0, 9),
            "caseload": rng.randint(0, 5), "places": rng.choice([["office"], ["centre"]]),
        }
        for name, value in limits.items():
            if rng.random() < 0.7:
                person[name] = value
            else:
                person.pop(name, None)
    pairs = [{"client": c["id"], "assistant": a} for c in doc["clients"] for a in names]
    for name in ("pins", "bans"):
        other[name] = rng.sample(pairs, rng.randint(0, min(3, len(pairs))))
    other["keep"] = []
    return other


def as_bytes(told: Any) -> bytes:
    return json.dumps(told).encode() + lines(told).encode()


@everyday_and_long
def test_what_a_person_is_told_is_the_same_whatever_others_wish(examples: int) -> None:
    """With the plan kept as it is, other people's secrets leave no trace in a single byte."""
    heard: set[bytes] = set()

    @lawful(examples)
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        doc, rnd, plan = solved(seed)
        if plan.status == "infeasible":
            return
        plan, rng = with_fixes(rnd, plan), Random(seed)
        tellers = [(c.id, for_client) for c in rnd.clients] + [(a.id, for_assistant) for a in rnd.assistants]
        for name, tell in tellers:
            said = as_bytes(tell(rnd, plan, name))
            for _ in range(4):
                other = Round.from_document(with_other_secrets(doc, rng, but=name))
                assert as_bytes(tell(other, with_reasons_of(other, plan), name)) == said
            heard.add(said)

    law()
    assert len(heard) > examples


def with_reasons_of(rnd: Round, plan: Plan) -> Plan:
    """The same plan, explained as it would be in another round: its reasons hold other secrets."""
    pairs, unmatched = explained(rnd, candidates(rnd), plan.pairs)
    return replace(plan, pairs=pairs, unmatched=unmatched)


def test_the_attack_is_strong_enough_to_see_wishes_where_they_are_told() -> None:
    """The same changes do show in what coordinators are told."""
    doc, rnd, plan = next(
        found for found in map(solved, range(100)) if len(found[2].pairs) > 2 and found[2].unmatched
    )
    rng = Random(0)
    told = set()
    for _ in range(20):
        other = Round.from_document(with_other_secrets(doc, rng, but="nobody"))
        told.add(as_bytes(for_coordinators(other, with_reasons_of(other, plan))))
    assert len(told) == 20
    assert rnd.clients


@everyday_and_long
def test_nobody_is_told_about_people_whom_they_do_not_meet(examples: int) -> None:
    @lawful(examples)
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        _, rnd, plan = solved(seed)
        met = {(pair.client, pair.assistant) for pair in plan.pairs}
        for one in rnd.clients:
            told = json.dumps(for_client(rnd, plan, one.id))
            named = {a.id for a in rnd.assistants if f'"{a.id}"' in told}
            assert named == {a for c, a in met if c == one.id}
            assert [c.id for c in rnd.clients if f'"{c.id}"' in told] == [one.id]
        for helper in rnd.assistants:
            told = json.dumps(for_assistant(rnd, plan, helper.id))
            assert {c.id for c in rnd.clients if f'"{c.id}"' in told} == {c for c, a in met if a == helper.id}

    law()


def test_a_client_hears_of_their_own_wishes_and_an_assistant_does_not() -> None:
    rnd = a_round(
        clients=[
            client(wishes={"origin": "prefer-same", "gender": "require-female"}, previous_assistant="a1")
        ],
        assistants=[assistant(accepts_genders=["male"])],
    )
    plan = solve(rnd, Stop())
    assert lines(for_client(rnd, plan, "c1")).splitlines() == [
        "you meet a1",
        "  2026-12-07 09:00–10:00: talk",
        "  you can speak Farsi with each other (native)",
        "  you met in an earlier round",
        "  from the same country, as you wished",
        "  female, as you require",
    ]
    assert lines(for_assistant(rnd, plan, "a1")).splitlines() == [
        "you meet c1",
        "  2026-12-07 09:00–10:00: talk",
        "  you can speak Farsi with each other (native)",
        "  you met in an earlier round",
    ]
    assert "from the same country, as the client wished" in lines(for_coordinators(rnd, plan))


def test_a_client_who_is_left_out_does_not_learn_that_assistants_refuse_them() -> None:
    rnd = a_round(
        clients=[client(wishes={"gender": "require-female"})],
        assistants=[assistant(accepts_genders=["female"]), assistant("a2", accepts_genders=[])],
    )
    plan = with_fixes(rnd, solve(rnd, Stop()))
    assert lines(for_client(rnd, plan, "c1")).splitlines() == [
        "nobody could be found for you in this round; you stay on the list for the next one",
        "more times or places at which you can come make it more likely",
        "you asked for a woman; this is kept, and makes the choice smaller",
    ]
    told = lines(for_coordinators(rnd, plan))
    assert "do not help male clients" in told
    assert "would help: a new assistant" in told


def test_strangers_are_told_nothing() -> None:
    rnd = a_round()
    plan = solve(rnd, Stop())
    for tell in (for_client, for_assistant):
        with pytest.raises(KeyError):
            tell(rnd, plan, "x9")
