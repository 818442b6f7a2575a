"""The table of possible pairs: its rules in order, its times, and pairs that fit alone."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import Round
from matcher.candidates import CODES, Candidates, candidates
from matcher.fitting import schedulable
from matcher.times import pack
from tests.builders import a_round, assistant, client, hours, need, topic
from tests.matcher.exact import appointments_possible
from tests.matcher.laws import tenfold
from tests.matcher.rounds import small_round


def code(table: Candidates, client_id: str = "c1", assistant_id: str = "a1") -> str | None:
    columns = table.columns
    number = table.broken[columns.client_index[client_id], columns.assistant_index[assistant_id]]
    return CODES[number - 1] if number else None


def listed(table: Candidates) -> list[tuple[str, str, str, str, str | None]]:
    """Client, assistant, need, start and place of every possible start, in the table's order."""
    s = table.starts
    rows = zip(
        s.pair.tolist(), s.need.tolist(), s.day.tolist(), s.slot.tolist(), s.place.tolist(), strict=True
    )
    return [
        (
            table.clients[table.client[pair]].id,
            table.assistants[table.assistant[pair]].id,
            table.needs[which].id,
            table.round.moment(day, slot).isoformat(timespec="minutes"),
            table.places[place],
        )
        for pair, which, day, slot, place in rows
    ]


def starts_of(rnd: Round) -> list[tuple[str, str | None]]:
    return [(start.removeprefix("2026-12-"), place) for _, _, _, start, place in listed(candidates(rnd))]


def test_a_start_lies_in_the_time_of_both() -> None:
    rnd = a_round(
        clients=[client(availability=[hours(0, "09:00", "11:00"), hours(2, "09:00", "12:00")])],
        assistants=[assistant(availability=[hours(0, "09:30", "12:00"), hours(2, "10:30", "11:30")])],
    )
    assert starts_of(rnd) == [("07T09:30", None), ("07T10:00", None), ("09T10:30", None)]


def test_a_start_is_at_the_first_place_at_which_both_are_throughout() -> None:
    rnd = a_round(
        clients=[client(availability=[
            hours(0, "09:00", "10:30", places=["office", "park"]),
            hours(0, "10:30", "11:30", places=["park"]),
            hours(0, "12:00", "13:00"),
        ])],
        assistants=[assistant(availability=[hours(0, "09:00", "11:30"), hours(0, "12:00", "13:00")])],
    )  # fmt: skip
    assert starts_of(rnd) == [
        ("07T09:00", "office"),
        ("07T09:30", "office"),
        ("07T10:00", "park"),
        ("07T10:30", "park"),
        ("07T12:00", None),
    ]


def test_the_place_of_one_start_is_the_one_that_is_listed() -> None:
    rnd = a_round(clients=[client(places=["park", "office"])])
    table = candidates(rnd)
    assert table.place_of(0, 0, 18) == "office"
    with pytest.raises(ValueError, match="no start is possible then"):
        table.place_of(0, 1, 18)


def test_a_need_is_met_by_its_last_day() -> None:
    week = [hours(day, "09:00", "10:00") for day in range(3)]
    rnd = a_round(
        clients=[client(availability=week, needs=[need(by="2026-12-08")])],
        assistants=[assistant(availability=week)],
    )
    assert starts_of(rnd) == [("07T09:00", None), ("08T09:00", None)]


def test_an_optional_topic_that_the_assistant_lacks_has_no_start_and_rules_nobody_out() -> None:
    rnd = a_round(
        clients=[
            client(
                availability=[hours(0, "09:00", "10:00")],
                needs=[need(), need("n2", "bank", optional=True)],
            )
        ],
        assistants=[assistant(topics=["talk"])],
        topics=[topic(), topic("bank")],
    )
    assert [(which, start) for _, _, which, start, _ in listed(candidates(rnd))] == [
        ("n1", "2026-12-07T09:00")
    ]


def test_a_pair_is_counted_under_the_first_rule_that_it_breaks() -> None:
    strangers = assistant(languages={"so": "native"}, accepts_genders=["female"], topics=[])
    talkers = assistant("a2", accepts_genders=["female"], topics=[], availability=[])
    ignorant = assistant("a3", topics=[], availability=[])
    absent = assistant("a4", availability=[])
    table = candidates(a_round(assistants=[strangers, talkers, ignorant, absent, assistant("a5")]))
    codes = [code(table, assistant_id=f"a{n}") for n in range(1, 6)]
    assert codes == ["language", "gender", "topic", "no-common-time", None]
    assert list(table.index) == [("c1", "a5")]


MORNING = [hours(0, "09:00", "12:00")]
TWO = {"needs": [need(), need("n2")], "availability": MORNING}


@pytest.mark.parametrize(
    ("mine", "theirs", "fits"),
    [
        ({**TWO, "max_per_day": 2}, {}, True),
        (TWO, {}, False),
        ({**TWO, "availability": [*MORNING, hours(1, "09:00", "10:00")]}, {}, False),
        (
            {**TWO, "availability": [*MORNING, hours(1, "09:00", "10:00")]},
            {"availability": [*MORNING, hours(1, "09:00", "10:00")]},
            True,
        ),
        ({**TWO, "max_per_day": 2}, {"buffer_minutes": 60}, True),
        # A buffer off the grid keeps the next start off until the grid comes round.
        ({**TWO, "max_per_day": 2}, {"buffer_minutes": 61}, False),
        ({**TWO, "max_per_day": 2}, {"max_minutes_per_day": 119}, False),
        ({**TWO, "max_per_day": 2}, {"max_minutes_per_week": 119}, False),
        ({**TWO, "max_per_day": 2}, {"max_minutes_per_week": 120, "max_minutes_per_day": 120}, True),
        ({"needs": [need()]}, {"max_clients": 0}, False),
        ({"needs": [need()], "max_per_day": 0}, {}, False),
        ({"needs": [need(optional=True)], "max_per_day": 0, "availability": []}, {}, True),
        ({"needs": []}, {"availability": []}, True),
        ({"needs": [need(minutes=90)]}, {"max_minutes_per_week": 60}, False),
        ({"needs": [need(), need("n2", optional=True)], "availability": MORNING}, {}, True),
    ],
)
def test_a_pair_is_possible_where_it_would_fit_alone(
    mine: dict[str, Any], theirs: dict[str, Any], fits: bool
) -> None:
    table = candidates(a_round(clients=[client(**mine)], assistants=[assistant(**theirs)]))
    assert code(table) == (None if fits else "no-common-time")


@pytest.mark.parametrize(("per_day", "fits"), [(5, False), (6, True)])
def test_a_client_of_very_many_needs_is_only_tried_roughly(per_day: int, fits: bool) -> None:
    # Two days of five hours: ten hours hold no eleven needs, but that is not found out.
    week = [hours(day, "09:00", "14:00") for day in range(2)]
    many = client(needs=[need(f"n{n}") for n in range(11)], availability=week, max_per_day=per_day)
    table = candidates(a_round(clients=[many], assistants=[assistant(availability=week)]))
    assert code(table) == (None if fits else "no-common-time")


def test_a_client_of_ten_needs_is_tried_exactly() -> None:
    week = [hours(day, "09:00", "14:00") for day in range(2)]
    many = client(needs=[need(f"n{n}") for n in range(10)], availability=week, max_per_day=9)
    table = candidates(a_round(clients=[many], assistants=[assistant(availability=week)]))
    assert code(table) is None
    table = candidates(a_round(clients=[many], assistants=[assistant(availability=week, buffer_minutes=5)]))
    assert code(table) == "no-common-time"


def test_the_minutes_of_a_week_count_from_its_monday() -> None:
    week = [hours(day, "09:00", "10:00") for day in range(6, 8)]
    two_days = {"clients": [client(needs=[need(), need("n2")], availability=week)]}
    few = [assistant(availability=week, max_minutes_per_week=60)]
    assert code(candidates(a_round(**two_days, assistants=few, last_day="2026-12-14"))) is None
    one_week = [hours(day, "09:00", "10:00") for day in range(5, 7)]
    two_days["clients"][0]["availability"] = few[0]["availability"] = one_week
    assert code(candidates(a_round(**two_days, assistants=few))) == "no-common-time"


class Limits(NamedTuple):
    """What binds one pair, in slots of the grid."""

    per_day: int
    day_slots: int
    week_slots: int
    buffer: int


@tenfold(100)
def test_fitting_alone_is_what_trying_everything_finds(examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        needs, days, slots = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3)), 6
        masks = st.integers(0, 2**slots - 1)
        possible = data.draw(
            st.lists(st.lists(masks, min_size=days, max_size=days), min_size=needs, max_size=needs)
        )
        lengths = data.draw(st.lists(st.integers(1, 3), min_size=needs, max_size=needs))
        week_of_day = sorted(data.draw(st.lists(st.integers(0, 1), min_size=days, max_size=days)))
        limits = data.draw(
            st.builds(Limits, st.integers(0, 3), st.integers(1, 6), st.integers(1, 7), st.integers(0, 2))
        )
        starts = [
            [(day, slot) for day in range(days) for slot in range(slots) if one[day] >> slot & 1]
            for one in possible
        ]
        found = any(allowed(choice, lengths, week_of_day, limits) for choice in product(*starts))
        # Past the first word, too: a day of a five-minute grid has five.
        bits = np.zeros((needs, days, 70), dtype=np.bool_)
        for need_, day, slot in product(range(needs), range(days), range(slots)):
            bits[need_, day, 60 + slot] = possible[need_][day] >> slot & 1
        assert schedulable(pack(bits), np.array(lengths), np.array(week_of_day), *limits) is found

    holds()


def allowed(
    choice: tuple[tuple[int, int], ...], lengths: list[int], week_of_day: list[int], limits: Limits
) -> bool:
    booked = sorted((day, slot, length) for (day, slot), length in zip(choice, lengths, strict=True))
    clash = any(
        one[0] == other[0] and other[1] < one[1] + one[2] + limits.buffer
        for n, one in enumerate(booked)
        for other in booked[n + 1 :]
    )
    days = {day: [length for its, _, length in booked if its == day] for day, _, _ in booked}
    weeks = {week_of_day[day]: 0 for day in days}
    for day, each in days.items():
        weeks[week_of_day[day]] += sum(each)
    return (
        not clash
        and all(len(each) <= limits.per_day and sum(each) <= limits.day_slots for each in days.values())
        and all(total <= limits.week_slots for total in weeks.values())
    )


@tenfold(60)
def test_starts_are_those_of_the_oracle_for_every_pair_that_fits(examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.integers(0, 10**6))
    def holds(seed: int) -> None:
        doc = small_round(Random(seed))
        table = candidates(Round.from_document(doc))
        expected = sorted(
            (a["client"], a["assistant"], a["need"], a["start"])
            for a in appointments_possible(doc)
            if code(table, a["client"], a["assistant"]) is None
        )
        found = listed(table)
        assert [start[:4] for start in found] == expected
        s = table.starts
        where = zip(s.row.tolist(), s.day.tolist(), s.slot.tolist(), strict=True)
        places = [table.place_of(*each) for each in where]
        assert places == [start[4] for start in found]

    holds()


@tenfold(50)
def test_the_order_of_people_and_needs_never_matters(examples: int) -> None:
    @settings(max_examples=examples)
    @given(st.integers(0, 10**6))
    def holds(seed: int) -> None:
        rng = Random(seed)
        doc = small_round(rng)
        before = candidates(Round.from_document(doc))
        needs = (one["needs"] for one in doc["clients"])
        for things in (doc["clients"], doc["assistants"], doc["topics"], *needs):
            rng.shuffle(things)
        after = candidates(Round.from_document(doc))
        assert listed(after) == listed(before)
        assert after.broken.tolist() == before.broken.tolist()
        assert {k: v.tolist() for k, v in after.points.items()} == {
            k: v.tolist() for k, v in before.points.items()
        }

    holds()


def test_large_tables_are_built_in_blocks_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    rnd = Round.from_document(small_round(Random(5)))
    whole = candidates(rnd)
    monkeypatch.setattr("matcher.candidates._BLOCK", 1)
    blocks = candidates(rnd)
    assert listed(blocks) == listed(whole)
    assert blocks.broken.tolist() == whole.broken.tolist()


def test_a_round_of_nobody_has_no_candidates() -> None:
    table = candidates(a_round(clients=[], assistants=[]))
    assert (len(table), len(table.starts), table.broken.shape) == (0, 0, (0, 0))
