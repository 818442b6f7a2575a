"""Hard rules about what clients share: an assistant's hours and load, and the office's pins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import assistant, at, client, document, hours, need, topic
from tests.matcher.solving import matched, planned, starts, why_not

Document = dict[str, Any]


def served(clients: int, theirs: Document, **fields: Any) -> int:
    """How many of some equal clients one assistant can meet."""
    return len(
        matched(planned(document([client(f"c{i}") for i in range(clients)], [assistant(**theirs)], **fields)))
    )


def test_overlap_keeps_two_clients_of_an_assistant_apart() -> None:
    assert served(3, {"availability": [hours(0, "09:00", "10:30")]}) == 1
    assert served(3, {"availability": [hours(0, "09:00", "11:00")]}) == 2


def test_overlap_does_not_touch_two_assistants_at_the_same_hour() -> None:
    hour = [hours(0, "09:00", "10:00")]
    both = [assistant("a1", availability=hour), assistant("a2", availability=hour)]
    assert len(matched(planned(document([client("c1"), client("c2")], both)))) == 2


def test_overlap_keeps_two_needs_of_a_client_apart() -> None:
    needs = [need("n1"), need("n2", optional=True)]
    free = [hours(0, "09:00", "10:30")]
    plan = planned(document([client(needs=needs, max_per_day=2, availability=free)]))
    assert starts(plan) == {"c1 n1": at(0, "09:00")}


@pytest.mark.parametrize(("buffer", "expected"), [(0, 2), (30, 2), (31, 1), (60, 1)])
def test_overlap_leaves_the_assistant_a_buffer(buffer: int, expected: int) -> None:
    theirs = {"availability": [hours(0, "09:00", "11:30")], "buffer_minutes": buffer}
    assert served(3, theirs) == expected


def test_overlap_leaves_the_buffer_between_needs_of_one_client() -> None:
    an_afternoon: Document = {"availability": [hours(0, "15:00", "17:00")]}
    needs = [need("n1"), need("n2")]
    seeker = client(needs=needs, max_per_day=2)
    assert matched(planned(document([seeker], [assistant(**an_afternoon)]))) == {"c1": "a1"}
    assert matched(planned(document([seeker], [assistant(**an_afternoon, buffer_minutes=30)]))) == {}


def test_overlap_leaves_the_buffer_across_midnight() -> None:
    night = [{"start": at(0, "23:00"), "end": at(1, "01:00")}]
    seekers = [client("c1", availability=night), client("c2", availability=night)]
    rested = document(seekers, [assistant(availability=night, buffer_minutes=30)])
    assert len(matched(planned(document(seekers, [assistant(availability=night)])))) == 2
    assert len(matched(planned(rested))) == 1


@pytest.mark.parametrize("most", [0, 1, 2])
def test_load_holds_max_clients(most: int) -> None:
    assert served(3, {"max_clients": most}) == most


def test_load_counts_clients_of_earlier_rounds_in_no_limit() -> None:
    assert served(3, {"max_clients": 2, "caseload": 5}) == 2


@pytest.mark.parametrize(("most", "expected"), [(59, 0), (60, 1), (119, 1), (120, 2)])
def test_load_holds_max_minutes_per_day(most: int, expected: int) -> None:
    assert served(3, {"max_minutes_per_day": most}) == expected


def test_load_counts_each_day_for_itself() -> None:
    two_days = [hours(0, "09:00", "17:00"), hours(1, "09:00", "17:00")]
    seekers = [client(f"c{i}", availability=two_days) for i in range(3)]
    limited = assistant(availability=two_days, max_minutes_per_day=60)
    assert len(matched(planned(document(seekers, [limited])))) == 2


@pytest.mark.parametrize(("most", "expected"), [(60, 1), (120, 2)])
def test_load_holds_max_minutes_per_week(most: int, expected: int) -> None:
    week = [hours(day, "09:00", "17:00") for day in (0, 3, 6)]
    seekers = [client(f"c{i}", availability=week) for i in range(3)]
    limited = assistant(availability=week, max_minutes_per_week=most)
    assert len(matched(planned(document(seekers, [limited])))) == expected


def test_load_starts_a_new_week_on_monday() -> None:
    # 2027-01-01 is a Friday in the 53rd week of 2026, which ends on Sunday.
    days = ["2027-01-02", "2027-01-03", "2027-01-04"]
    free = [{"start": f"{day}T09:00", "end": f"{day}T10:00"} for day in days]
    seekers = [client(f"c{i}", availability=free) for i in range(3)]
    limited = assistant(availability=free, max_minutes_per_week=60)
    plan = planned(document(seekers, [limited], first_day="2026-12-31", last_day="2027-01-10"))
    assert sorted(starts(plan).values()) == ["2027-01-02T09:00", "2027-01-04T09:00"]


def test_load_holds_the_clients_max_per_day() -> None:
    needs = [need("n1"), need("n2")]
    both_days = [hours(0, "09:00", "17:00"), hours(1, "09:00", "17:00")]
    monday = [assistant()]
    assert why_not(planned(document([client(needs=needs)], monday))) == {"no-common-time": 1}
    assert len(starts(planned(document([client(needs=needs, max_per_day=2)], monday)))) == 2
    spread = planned(
        document([client(needs=needs, availability=both_days)], [assistant(availability=both_days)])
    )
    assert sorted(starts(spread).values()) == [at(0, "09:00"), at(1, "09:00")] or {
        start[:10] for start in starts(spread).values()
    } == {"2026-12-07", "2026-12-08"}


def two_rivals(**fields: Any) -> Document:
    """One hour, and two clients who want it, of whom the second weighs more."""
    hour = [assistant(availability=[hours(0, "09:00", "10:00")])]
    return planned(document([client("c1"), client("c2", weight=5)], hour, **fields))


def test_pin_holds_a_pair_against_a_heavier_client() -> None:
    assert matched(two_rivals()) == {"c2": "a1"}
    assert matched(two_rivals(pins=[{"client": "c1", "assistant": "a1"}])) == {"c1": "a1"}


def test_pin_holds_an_appointment_at_its_start() -> None:
    pin = {"client": "c1", "assistant": "a1", "need": "n1", "start": at(0, "13:30")}
    assert starts(planned(document(pins=[pin]))) == {"c1 n1": at(0, "13:30")}


def test_pin_of_an_optional_need_holds_it_too() -> None:
    needs = [need("n1"), need("n2", optional=True)]
    free = [hours(day, "09:00", "17:00") for day in range(3)]
    pin = {"client": "c1", "assistant": "a1", "need": "n2", "start": at(2, "09:00")}
    plan = planned(
        document(
            [client(needs=needs, availability=free)],
            [assistant(availability=free)],
            pins=[pin],
            policy={"levels": ["early"]},
        )
    )
    assert starts(plan)["c1 n2"] == at(2, "09:00")


PAIR = {"client": "c1", "assistant": "a1"}
NINE = {**PAIR, "need": "n1", "start": at(0, "09:00")}
OTHER_NINE = {**NINE, "client": "c2"}


@pytest.mark.parametrize(
    ("code", "pins", "of"),
    [
        ("one-assistant", [PAIR, {"client": "c1", "assistant": "a2"}], {}),
        ("language", [PAIR], {"languages": {"ar": "native"}}),
        ("origin", [PAIR], {"wishes": {"origin": "require-different"}}),
        ("gender", [PAIR], {"wishes": {"gender": "require-male"}}),
        ("not-with", [PAIR], {"not_with": ["a1"]}),
        ("topic", [PAIR], {"needs": [need("n1", "walk")]}),
        ("place", [PAIR], {"places": ["nowhere"]}),
        ("time", [{**NINE, "start": at(0, "08:30")}], {}),
        ("overlap", [NINE, OTHER_NINE], {}),
    ],
)
def test_pins_that_contradict_a_rule_make_the_round_infeasible(
    code: str, pins: list[Document], of: Document
) -> None:
    assistants = [assistant("a1", places=["office"], topics=["talk"]), assistant("a2")]
    plan = planned(
        document([client("c1", **of), client("c2")], assistants, topics=[topic(), topic("walk")], pins=pins)
    )
    assert plan["status"] == "infeasible"
    assert (plan["pairs"], plan["unmatched"], plan["levels"]) == ([], [], [])
    assert [(conflict["pins"], conflict["code"]) for conflict in plan["conflicts"]] == [
        (list(range(len(pins))), code)
    ]


def test_pins_beyond_max_clients_make_the_round_infeasible() -> None:
    pins = [{"client": f"c{i}", "assistant": "a1"} for i in range(3)]
    plan = planned(document([client(f"c{i}") for i in range(3)], [assistant(max_clients=1)], pins=pins))
    assert plan["status"] == "infeasible"
    (conflict,) = plan["conflicts"]
    assert (len(conflict["pins"]), conflict["code"]) == (2, "load")


def test_a_conflict_names_the_pins_that_contradict_and_no_others() -> None:
    innocent = {"client": "c3", "assistant": "a2"}
    people = [client("c1"), client("c2"), client("c3")]
    plan = planned(document(people, [assistant("a1"), assistant("a2")], pins=[innocent, NINE, OTHER_NINE]))
    assert [(conflict["pins"], conflict["code"]) for conflict in plan["conflicts"]] == [([1, 2], "overlap")]
