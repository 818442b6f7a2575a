"""Each pair criterion: what it rules out or rewards, and that tables and pairs say the same."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import Round
from matcher.criteria import PREFERENCES, REQUIREMENTS, Pairs
from matcher.criteria.continuity import Continuity
from matcher.criteria.gender import PreferredGender, RequiredGender
from matcher.criteria.not_with import NotWith
from matcher.criteria.origin import RequiredOrigin, SameOrigin
from matcher.criteria.place import SharedPlace
from matcher.criteria.topic import CoversTopics
from matcher.parts import Assistant, Client
from tests.builders import a_round, assistant, client, hours, need, topic
from tests.matcher.exact import pairs_possible
from tests.matcher.laws import tenfold
from tests.matcher.rounds import small_round


def two(client_fields: dict[str, Any], assistant_fields: dict[str, Any], **fields: Any) -> Round:
    return a_round([client(**client_fields)], [assistant(**assistant_fields), assistant("a2")], **fields)


def both(rnd: Round) -> tuple[Client, Assistant]:
    return rnd.client("c1"), rnd.assistant("a1")


@pytest.mark.parametrize(
    ("wish", "origin", "apart"),
    [
        ("none", "SY", False),
        ("prefer-same", "SY", False),
        ("require-same", "AF", False),
        ("require-same", "SY", True),
        ("require-different", "SY", False),
        ("require-different", "AF", True),
    ],
)
def test_a_required_origin_rules_out_the_others(wish: str, origin: str, apart: bool) -> None:
    rnd = two({"wishes": {"origin": wish}}, {"origin": origin})
    assert RequiredOrigin(rnd).keeps_apart(*both(rnd)) is apart


@pytest.mark.parametrize(
    ("wish", "origin", "cultures", "points", "said"),
    [
        ("prefer-same", "AF", [], 2, "from the same country, as the client wished"),
        (
            "prefer-same",
            "IR",
            ["persianate", "x"],
            1,
            "not from the same country, as the client wished, but of a shared culture (persianate)",
        ),
        ("prefer-same", "IR", ["x"], 0, "not from the same country or culture, as the client wished"),
        ("none", "AF", ["persianate"], 0, None),
        ("require-same", "AF", [], 0, "from the same country, as the client requires"),
        ("require-different", "IR", [], 0, "from another country, as the client requires"),
    ],
)
def test_a_wish_for_the_same_origin_is_met_in_full_or_by_culture(
    wish: str, origin: str, cultures: list[str], points: int, said: str | None
) -> None:
    rnd = two(
        {"wishes": {"origin": wish}, "cultures": ["persianate"]}, {"origin": origin, "cultures": cultures}
    )
    rule = SameOrigin(rnd)
    reason = rule.explain(*both(rnd))
    assert (rule.score(*both(rnd)), reason and reason.text) == (points, said)


@pytest.mark.parametrize(
    ("wish", "accepts", "apart"),
    [
        ("none", None, False),
        ("require-female", None, False),
        ("require-male", None, True),
        ("prefer-male", None, False),
        ("none", ["female"], True),
        ("none", ["male"], False),
        ("require-female", ["female", "other"], True),
    ],
)
def test_genders_are_required_and_accepted(wish: str, accepts: list[str] | None, apart: bool) -> None:
    accepting = {} if accepts is None else {"accepts_genders": accepts}
    rnd = two({"wishes": {"gender": wish}}, {"gender": "female", **accepting})
    assert RequiredGender(rnd).keeps_apart(*both(rnd)) is apart


@pytest.mark.parametrize(
    ("wish", "accepts", "said"),
    [
        ("require-male", {}, "not male, which the client requires"),
        ("none", {"accepts_genders": ["female"]}, "do not help male clients"),
        (
            "require-male",
            {"accepts_genders": ["female"]},
            "not male, which the client requires, or do not help male clients",
        ),
    ],
)
def test_what_gender_rules_out_is_said_as_far_as_it_is_so(
    wish: str, accepts: dict[str, Any], said: str
) -> None:
    rnd = two({"wishes": {"gender": wish}}, accepts)
    assert RequiredGender(rnd).text(rnd.client("c1")) == said


@pytest.mark.parametrize(
    ("wish", "points", "said"),
    [
        ("prefer-female", 1, "female, as the client wished"),
        ("prefer-male", 0, "not male, as the client wished"),
        ("require-female", 0, "female, as the client requires"),
        ("none", 0, None),
    ],
)
def test_a_preferred_gender_is_worth_a_point(wish: str, points: int, said: str | None) -> None:
    rnd = two({"wishes": {"gender": wish}}, {"gender": "female"})
    rule = PreferredGender(rnd)
    reason = rule.explain(*both(rnd))
    assert (rule.score(*both(rnd)), reason and reason.text) == (points, said)


def test_the_client_and_the_office_may_rule_a_pair_out() -> None:
    refused = two({"not_with": ["a1"]}, {})
    banned = two({}, {}, bans=[{"client": "c1", "assistant": "a1"}])
    for rnd in (refused, banned):
        rule = NotWith(rnd)
        assert [rule.keeps_apart(rnd.client("c1"), a) for a in rnd.assistants] == [True, False]


@pytest.mark.parametrize(("covers", "apart"), [(["talk"], False), (["bank"], True), ([], True)])
def test_an_assistant_covers_what_the_client_cannot_do_without(covers: list[str], apart: bool) -> None:
    needs = [need(), need("n2", "bank", optional=True)]
    rnd = two({"needs": needs}, {"topics": covers}, topics=[topic(), topic("bank")])
    assert CoversTopics(rnd).keeps_apart(*both(rnd)) is apart
    assert CoversTopics(rnd).text(rnd.client("c1")) == "do not cover all of talk"


IN_THE_OFFICE = hours(0, "09:00", "12:00", places=["office"])


@pytest.mark.parametrize(
    ("mine", "theirs", "apart"),
    [
        ({}, {}, False),
        ({"places": ["office"]}, {}, False),
        ({"places": ["office"]}, {"places": ["office", "park"]}, False),
        ({"places": ["office"]}, {"places": ["park"]}, True),
        ({"places": []}, {}, True),
        # An interval's places stand in the stead of the person's own.
        ({"places": ["office"]}, {"places": ["park"], "availability": [IN_THE_OFFICE]}, False),
        # Whether they are there at the same time is a question of time, not of place.
        ({"places": ["office"]}, {"availability": [hours(3, "09:00", "10:00", places=["office"])]}, False),
        ({"places": ["office"], "availability": []}, {"places": ["park"]}, False),
    ],
)  # fmt: skip
def test_a_pair_needs_some_place_of_both(mine: dict[str, Any], theirs: dict[str, Any], apart: bool) -> None:
    rnd = two(mine, theirs)
    assert SharedPlace(rnd).keeps_apart(*both(rnd)) is apart


@pytest.mark.parametrize(
    ("previous", "points", "said"),
    [
        ({"previous_assistant": "a1"}, 1, "they met in an earlier round"),
        ({"previous_assistant": "a2"}, 0, "not the assistant of the earlier round"),
        ({}, 0, None),
    ],
)
def test_staying_with_an_assistant_is_worth_a_point(
    previous: dict[str, Any], points: int, said: str | None
) -> None:
    rnd = two(previous, {})
    rule = Continuity(rnd)
    reason = rule.explain(*both(rnd))
    assert (rule.score(*both(rnd)), reason and reason.text) == (points, said)


def test_rules_and_levels_stand_in_the_order_of_the_format() -> None:
    assert [rule.code for rule in REQUIREMENTS] == [
        "language", "origin", "gender", "not-with", "topic", "place",
    ]  # fmt: skip
    assert [rule.level for rule in PREFERENCES] == ["origin", "language", "gender", "continuity"]


@tenfold(80)
def test_tables_say_what_pairs_say_and_what_the_oracle_says(examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.integers(0, 10**6))
    def holds(seed: int) -> None:
        doc = small_round(Random(seed))
        rnd = Round.from_document(doc)
        pairs = Pairs(rnd, rnd.clients, rnd.assistants)
        apart = np.zeros(pairs.shape, dtype=np.bool_)
        for kind in REQUIREMENTS:
            rule = kind(rnd)
            table = [[rule.keeps_apart(c, a) for a in rnd.assistants] for c in rnd.clients]
            assert rule.broken(pairs).tolist() == table
            apart |= rule.broken(pairs)
        for preference in (kind(rnd) for kind in PREFERENCES):
            points = [[preference.score(c, a) for a in rnd.assistants] for c in rnd.clients]
            assert preference.points(pairs).tolist() == points
        possible = {(rnd.clients[c].id, rnd.assistants[a].id) for c, a in np.argwhere(~apart).tolist()}
        assert possible == pairs_possible(doc)

    holds()
