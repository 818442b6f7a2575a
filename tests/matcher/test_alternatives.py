"""What the next assistants of a client would cost everyone, held against the oracle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Stop, solve
from matcher.explanation.alternatives import alternatives, text
from tests.builders import a_round, assistant, client
from tests.matcher.exact import optimum
from tests.matcher.explaining import Document, solved
from tests.matcher.laws import everyday_and_long, lawful
from tests.matcher.witness import faults, sha256


def with_pin(doc: Document, client_id: str, assistant_id: str) -> Document:
    others = [pin for pin in doc.get("pins", []) if pin["client"] != client_id]
    return {**doc, "pins": [*others, {"client": client_id, "assistant": assistant_id}]}


@everyday_and_long
def test_each_cost_is_the_oracles_and_the_three_are_the_least_costly(examples: int) -> None:
    @lawful(examples)
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        doc, rnd, plan = solved(seed)
        if not plan.pairs:
            return
        pair = plan.pairs[seed % len(plan.pairs)]
        before = {level.level: level.value for level in plan.levels}
        costs: dict[str, dict[str, int]] = {}
        for other in doc["assistants"]:
            best = optimum(with_pin(doc, pair.client, other["id"]))
            if other["id"] != pair.assistant and best is not None:
                costs[other["id"]] = {level: best[level] - before[level] for level in before}
        order = sorted(costs, key=lambda a: ([-cost for cost in costs[a].values()], a))
        found = alternatives(rnd, plan, pair.client, Stop())
        assert [one.assistant for one in found] == order[:3]
        for one in found:
            assert {level.level: level.change for level in one.levels} == costs[one.assistant]
            assert one.proven
            pinned = with_pin(doc, pair.client, one.assistant)
            assert faults(pinned, one.plan.to_document() | {"round_sha256": sha256(pinned)}) == []

    law()


def test_the_next_assistants_are_told_with_what_they_cost() -> None:
    rnd = a_round(
        clients=[client(wishes={"origin": "prefer-same"}), client("c2", weight=3)],
        assistants=[
            assistant("a1", max_clients=1), assistant("a2", origin="SY", caseload=1),
            assistant("a3", origin="SY", languages={"fa": "B1"}), assistant("a4", origin="SY", caseload=9),
            assistant("a5", languages={"ar": "native"}),
        ],
    )
    plan = solve(rnd, Stop())
    assert {pair.client: pair.assistant for pair in plan.pairs} == {"c1": "a1", "c2": "a2"}
    assert [text(one) for one in alternatives(rnd, plan, "c1", Stop())] == [
        "a2: origin -2",
        "a4: origin -2, balance -16",
        "a3: origin -2, language -4, balance +2",
    ]


def test_a_pin_of_the_client_is_what_is_asked_about() -> None:
    rnd = a_round(
        assistants=[assistant(languages={"fa": "B1"}), assistant("a2")],
        pins=[{"client": "c1", "assistant": "a1"}],
    )
    (other,) = alternatives(rnd, solve(rnd, Stop()), "c1", Stop())
    assert text(other) == "a2: language +4"


def test_numbers_that_no_proof_backs_are_told_as_bounds() -> None:
    rnd = a_round(assistants=[assistant(), assistant("a2")])
    plan = solve(rnd, Stop())
    (other,) = alternatives(rnd, plan, "c1", Stop(cancelled=lambda: True))
    assert not other.proven
    assert text(other).startswith("a2: ")
    assert text(other).endswith("nothing is compared: what comes before is not proven")


def test_who_is_left_out_has_no_alternative() -> None:
    rnd = a_round(clients=[client(languages={})])
    with pytest.raises(KeyError):
        alternatives(rnd, solve(rnd, Stop()), "c1", Stop())
