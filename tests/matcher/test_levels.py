"""Each level decides where it comes first, and gives way to the level before it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import assistant, at, client, document, hours, need, topic
from tests.matcher.solving import matched, planned, starts, values

Document = dict[str, Any]
HOUR = [hours(0, "09:00", "10:00")]
TWO_DAYS = [hours(0, "09:00", "17:00"), hours(1, "09:00", "17:00")]
BOTH = ("a1", "a2")


def best(levels: list[str], round_: Document) -> dict[str, int]:
    """Values where these levels count, in this order."""
    return values(planned({**round_, "policy": {"levels": levels}}))


def one_of_two(first: Document, second: Document, mine: Document | None = None, **fields: Any) -> Document:
    """One client and two assistants who differ."""
    return document([client(**(mine or {}))], [assistant("a1", **first), assistant("a2", **second)], **fields)


def kept(client_id: str, assistant_id: str, clock: str = "09:00") -> Document:
    return {"client": client_id, "assistant": assistant_id, "need": "n1", "start": at(0, clock)}


# For each two neighbours a round in which the first asks for one plan and the second for another.
RIVALS: dict[tuple[str, str], tuple[Document, tuple[int, int], tuple[int, int]]] = {
    ("served", "stability"): (
        document(
            [client("c1", weight=2), client("c2")], [assistant(availability=HOUR)], keep=[kept("c2", "a1")]
        ),
        (2, 0),
        (1, 1),
    ),
    ("stability", "origin"): (
        one_of_two({"origin": "IR"}, {}, {"wishes": {"origin": "prefer-same"}}, keep=[kept("c1", "a1")]),
        (1, 0),
        (0, 2),
    ),
    ("origin", "language"): (
        one_of_two({"languages": {"fa": "B1"}}, {"origin": "IR"}, {"wishes": {"origin": "prefer-same"}}),
        (2, 3),
        (0, 7),
    ),
    ("language", "gender"): (
        one_of_two({"gender": "male"}, {"languages": {"fa": "C1"}}, {"wishes": {"gender": "prefer-female"}}),
        (7, 0),
        (5, 1),
    ),
    ("gender", "continuity"): (
        one_of_two({"gender": "male"}, {}, {"wishes": {"gender": "prefer-male"}, "previous_assistant": "a2"}),
        (1, 0),
        (0, 1),
    ),
    ("continuity", "balance"): (
        one_of_two({"caseload": 3}, {}, {"previous_assistant": "a1"}),
        (1, -16),
        (0, -10),
    ),
    ("balance", "extras"): (
        one_of_two(
            {"caseload": 1},
            {"topics": ["talk"]},
            {"needs": [need(), need("n2", "walk", optional=True)], "max_per_day": 2},
            topics=[topic(), topic("walk")],
        ),
        (-2, 0),
        (-4, 1),
    ),
    ("extras", "early"): (
        document(
            [client(needs=[need(), need("n2", optional=True)], availability=TWO_DAYS)],
            [assistant(availability=TWO_DAYS)],
        ),
        (1, -1),
        (0, 0),
    ),
    ("early", "served"): (
        document([client(availability=TWO_DAYS[1:])], [assistant(availability=TWO_DAYS[1:])]),
        (0, 0),
        (-1, 1),
    ),
}


@pytest.mark.parametrize(("first", "second"), RIVALS)
def test_the_level_named_first_wins_over_the_next(first: str, second: str) -> None:
    round_, as_named, the_other_way = RIVALS[first, second]
    # Else nobody would be matched where that is best for the others.
    before = [] if "served" in (first, second) else ["served"]
    one_way = best([*before, first, second], round_)
    other_way = best([*before, second, first], round_)
    assert (one_way[first], one_way[second]) == as_named
    assert (other_way[first], other_way[second]) == the_other_way


def test_served_is_weight_and_not_the_number_of_clients() -> None:
    hour = assistant(availability=[hours(0, "09:00", "11:00")])
    long = client("c1", weight=5, needs=[need(minutes=120)])
    plan = planned(document([long, client("c2", weight=2), client("c3", weight=2)], [hour]))
    assert matched(plan) == {"c1": "a1"}
    plan = planned(document([long, client("c2", weight=2), client("c3", weight=4)], [hour]))
    assert matched(plan) == {"c2": "a1", "c3": "a1"}


def test_stability_counts_an_appointment_that_keeps_assistant_need_and_start() -> None:
    stands = document(keep=[kept("c1", "a1", "13:00")])
    assert best(["stability"], stands) == {"stability": 1}
    assert starts(planned(stands)) == {"c1 n1": at(0, "13:00")}
    assert best(["stability"], document(keep=[kept("c1", "a1", "08:00")])) == {"stability": 0}


def test_origin_is_two_for_the_same_one_for_a_shared_culture_and_only_where_preferred() -> None:
    def points(wish: str, **theirs: Any) -> int:
        seeker = client(wishes={"origin": wish}, cultures=["persianate", "islamic"])
        return best(["served", "origin"], document([seeker], [assistant(**theirs)]))["origin"]

    assert points("prefer-same") == 2
    assert points("prefer-same", origin="IR", cultures=["persianate"]) == 1
    assert points("prefer-same", origin="IR", cultures=["slavic"]) == 0
    assert points("prefer-same", origin="IR") == 0
    assert [points("none"), points("require-same")] == [0, 0]


def test_language_is_the_weaker_of_two_in_the_best_language_less_the_bridges_loss() -> None:
    bridges = [{"client": "prs", "assistant": "fa", "loss": 1}]

    def points(mine: dict[str, str], theirs: dict[str, str]) -> int:
        round_ = document([client(languages=mine)], [assistant(languages=theirs)])
        policy = {"levels": ["served", "language"], "bridges": bridges}
        return values(planned({**round_, "policy": policy}))["language"]

    assert points({"fa": "native"}, {"fa": "native"}) == 7
    assert points({"fa": "native"}, {"fa": "B2"}) == 4
    assert points({"fa": "B1", "en": "C1"}, {"fa": "native", "en": "C2"}) == 5
    assert points({"prs": "native"}, {"fa": "native"}) == 6
    assert points({"prs": "native", "fa": "C2"}, {"fa": "C1"}) == 5


def test_gender_counts_a_preference_and_not_a_requirement() -> None:
    def points(wish: str) -> int:
        return best(["served", "gender"], document([client(wishes={"gender": wish})]))["gender"]

    wishes = ["prefer-female", "prefer-male", "require-female", "none"]
    assert [points(wish) for wish in wishes] == [1, 0, 0, 0]


def test_continuity_counts_a_client_who_keeps_the_previous_assistant() -> None:
    for name in BOTH:
        plan = planned(one_of_two({}, {}, {"previous_assistant": name}))
        assert (matched(plan), values(plan)["continuity"]) == ({"c1": name}, 1)


def test_balance_counts_every_assistant_even_who_meets_nobody() -> None:
    clients = [client(f"c{i}") for i in range(3)]
    helpers = [assistant("a1", caseload=1), assistant("a2", caseload=4, max_clients=0), assistant("a3")]
    plan = planned(document(clients, helpers))
    assert sorted(matched(plan).values()) == ["a1", "a3", "a3"]
    assert values(plan)["balance"] == -(2**2 + 4**2 + 2**2)


def test_extras_counts_optional_needs_that_have_an_appointment() -> None:
    needs = [need("n1"), need("n2", optional=True), need("n3", optional=True)]
    seeker = client(needs=needs, max_per_day=2)
    assert best(["served", "extras"], document([seeker])) == {"served": 1, "extras": 1}
    assert best(["served", "early"], document([seeker])) == {"served": 1, "early": 0}


def test_early_counts_days_from_the_first_day() -> None:
    wednesday = [hours(2, "09:00", "17:00")]
    seeker = client(needs=[need("n1"), need("n2")], max_per_day=2, availability=wednesday)
    round_ = document([seeker], [assistant(availability=wednesday)])
    assert best(["served", "early"], round_) == {"served": 1, "early": -4}
    moved = {**round_, "first_day": "2026-12-06"}
    assert best(["served", "early"], moved) == {"served": 1, "early": -6}


def test_levels_left_out_are_not_told() -> None:
    assert best([], document()) == {}
    assert best(["early"], document()) == {"early": 0}


def test_early_first_serves_nobody_who_would_have_to_wait() -> None:
    assert matched(planned({**RIVALS["early", "served"][0], "policy": {"levels": ["early", "served"]}})) == {}
