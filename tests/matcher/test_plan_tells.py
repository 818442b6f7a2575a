"""What a plan says about itself: reasons for everybody, its round's hash, and the same bytes again."""

from __future__ import annotations

import hashlib
import json
from random import Random
from typing import Any

import pytest

from tests.builders import assistant, client, document, hours
from tests.matcher.rounds import small_round
from tests.matcher.solving import matched, planned, why_not

Document = dict[str, Any]


def test_reasons_account_for_every_assistant_under_the_first_rule_that_rules_it_out() -> None:
    helpers = [
        assistant("a1", languages={"ar": "native"}, origin="IR"),
        assistant("a2", origin="IR", gender="male"),
        assistant("a3", gender="male"),
        assistant("a4", accepts_genders=["female"]),
        assistant("a5"),
        assistant("a6", topics=[]),
        assistant("a7", places=["elsewhere"]),
        assistant("a8", availability=[hours(3, "09:00", "17:00")]),
        assistant("a9", availability=[hours(0, "09:00", "10:00")]),
    ]
    seeker = client(
        wishes={"origin": "require-same", "gender": "require-female"}, not_with=["a5"], places=["office"]
    )
    heavier = client("c2", weight=9, availability=[hours(0, "09:00", "10:00")], not_with=["a5"])
    only_a9 = [{"client": "c2", "assistant": f"a{i}"} for i in (2, 3, 7)]
    plan = planned(document([seeker, heavier], helpers, bans=only_a9))
    assert matched(plan) == {"c2": "a9"}
    assert why_not(plan) == {
        "language": 1,
        "origin": 1,
        "gender": 2,
        "not-with": 1,
        "topic": 1,
        "place": 1,
        "no-common-time": 1,
        "outranked": 1,
    }


def test_a_round_without_assistants_gives_no_reasons_and_one_without_clients_no_pairs() -> None:
    plan = planned(document(assistants=[]))
    assert plan["unmatched"] == [{"client": "c1", "reasons": [], "fixes": plan["unmatched"][0]["fixes"]}]
    empty = planned(document([], []))
    assert (empty["status"], empty["pairs"], empty["unmatched"]) == ("optimal", [], [])


def test_the_hash_is_that_of_the_rounds_canonical_json() -> None:
    round_ = document([client(origin="Авганистан")])
    canonical = json.dumps(round_, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert planned(round_)["round_sha256"] == hashlib.sha256(canonical.encode()).hexdigest()


def without_clock_and_hash(plan: Document) -> bytes:
    solver = {key: value for key, value in plan["solver"].items() if key != "seconds"}
    return json.dumps({**plan, "solver": solver, "round_sha256": ""}).encode()


def shuffled(round_: Document, rng: Random) -> Document:
    """Return the same round with every list in another order whose order says nothing."""
    mixed: Document = json.loads(json.dumps(round_))
    for name in ("clients", "assistants", "topics", "bans", "keep", "closed_days"):
        rng.shuffle(mixed.get(name, []))
    for person in mixed["clients"] + mixed["assistants"]:
        for name in ("availability", "needs", "cultures", "places", "topics", "not_with", "accepts_genders"):
            rng.shuffle(person.get(name, []))
        person["languages"] = dict(rng.sample(sorted(person["languages"].items()), len(person["languages"])))
    return mixed


@pytest.mark.parametrize("seed", range(30))
def test_the_same_round_gives_the_same_bytes_whatever_its_order(seed: int) -> None:
    round_ = small_round(Random(seed))
    plan = without_clock_and_hash(planned(round_))
    assert without_clock_and_hash(planned(round_)) == plan
    assert without_clock_and_hash(planned(shuffled(round_, Random(seed)))) == plan


@pytest.mark.parametrize("seed", range(10))
def test_the_same_seed_and_workers_give_the_same_bytes(seed: int) -> None:
    round_ = small_round(Random(seed + 1000))
    first, second = (planned(round_, seed=seed, workers=2) for _ in range(2))
    assert without_clock_and_hash(first) == without_clock_and_hash(second)
