"""What a client counts, and whom it keeps from waiting for ever: the examples of docs/fairness.md."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Round, Stop, solve
from matcher.candidates import candidates
from matcher.people_reading import LARGEST_WEIGHT
from matcher.weighing import GROWTHS, Weighing
from tests.builders import a_round, assistant, client, hours, need, topic
from tests.matcher.laws import everyday_and_long, lawful
from tests.matcher.rounds import small_rounds

CLIENT, LOW, URGENT = "a-client", 1, 5


def rule(growth: str, most_weeks: int | None = None) -> Weighing:
    """Weigh so that no two sides of the examples ever weigh the same: nothing hangs on a tie."""
    return Weighing(urgency=5, growth=growth, points=6, every_weeks=4, most_weeks=most_weeks)




@pytest.mark.parametrize(("growth", "added"), [
    ("none", [0, 0, 0, 0, 0, 0]), ("linear", [0, 2, 4, 6, 8, 52]), ("steps", [0, 0, 4, 4, 8, 52]),
    ("squared", [0, 1, 4, 9, 16, 676]), ("doubling", [0, 2, 4, 8, 12, 4 * (2**13 - 1)]),
])  # fmt: skip
def test_every_growth_adds_its_points_after_its_weeks_and_goes_its_own_way(
    growth: str, added: list[int]
) -> None:
    weighing = Weighing(urgency=3, growth=growth, points=4, every_weeks=4)
    assert [weighing.weight(5, weeks) - 15 for weeks in (0, 2, 4, 6, 8, 52)] == added


def test_weeks_beyond_the_most_add_nothing() -> None:
    capped = rule("linear", most_weeks=8)
    assert [capped.weight(1, weeks) for weeks in (-3, 0, 8, 9, 500)] == [5, 5, 17, 17, 17]


@pytest.mark.parametrize("growth", GROWTHS)
@given(urgency=st.integers(0, 5), weeks=st.integers(0, 20_000))
def test_a_weight_fits_into_a_round_and_never_falls_with_waiting(
    growth: str, urgency: int, weeks: int
) -> None:
    now, later = (Weighing(growth=growth).weight(urgency, n) for n in (weeks, weeks + 1))
    assert (now >= 1, now <= later, later <= LARGEST_WEIGHT) == (True, True, True)


def weeks_until_served(weighing: Weighing, newcomers: int, *, lasting: int, patience: int) -> int | None:
    """Let newcomers come each week to one assistant with one hour; a client is there from the start.

    The client needs the whole hour, newcomers so many minutes as `lasting`; None: not in `patience` weeks.
    """
    talks = [topic("long", 60), topic("short", lasting)]
    waiting: dict[str, int] = {CLIENT: 0}
    for week in count():
        if week == patience:
            return None
        waiting |= {f"newcomer-{week:03}-{n}": week for n in range(newcomers)}
        people = [_weighed(weighing, name, week - since) for name, since in waiting.items()]
        hour = assistant(availability=[hours(0, "09:00", "10:00")])
        policy: dict[str, Any] = {"levels": ["served"]}
        plan = solve(a_round(people, [hour], topics=talks, policy=policy), Stop())
        for pair in plan.pairs:
            del waiting[pair.client]
        if CLIENT not in waiting:
            return week
    raise AssertionError


def _weighed(weighing: Weighing, name: str, weeks: int) -> dict[str, Any]:
    if name == CLIENT:
        return client(name, weight=weighing.weight(LOW, weeks), needs=[need("n1", "long")])
    return client(name, weight=weighing.weight(URGENT, weeks), needs=[need("n1", "short")])


@pytest.mark.parametrize(("weighing", "week"), [
    (rule("none"), None), (rule("linear", most_weeks=8), None), (rule("linear"), 14), (rule("steps"), 16),
    (rule("squared"), 8), (rule("doubling"), 9),
])  # fmt: skip
def test_an_urgent_newcomer_each_week_starves_a_client_whose_weight_stops_growing(
    weighing: Weighing, week: int | None
) -> None:
    assert weeks_until_served(weighing, 1, lasting=60, patience=30) == week


@pytest.mark.parametrize(("weighing", "newcomers", "week"), [
    (rule("linear", most_weeks=8), 4, None), (rule("linear"), 4, None), (rule("doubling"), 4, 16),
    (rule("squared"), 8, None), (rule("doubling"), 8, 21),
])  # fmt: skip
def test_under_lasting_overload_two_short_appointments_starve_a_long_one_unless_weights_double(
    weighing: Weighing, newcomers: int, week: int | None
) -> None:
    # They come for two places a week, and nobody leaves: of four newcomers each waits half as long as the
    # client, of eight three quarters.
    assert weeks_until_served(weighing, newcomers, lasting=30, patience=40) == week


@everyday_and_long
def test_whoever_is_outranked_is_outweighed_by_the_clients_of_every_assistant_they_could_meet(
    examples: int
) -> None:
    @lawful(examples)
    @given(small_rounds)
    def law(document: dict[str, Any]) -> None:
        document["policy"] = {**document.get("policy", {}), "levels": ["served"]}
        document.pop("pins", None)
        rnd = Round.from_document(document)
        plan = solve(rnd, Stop())
        weighs: Counter[str] = Counter()
        for pair in plan.pairs:
            weighs[pair.assistant] += rnd.client(pair.client).weight
        left_out = {one.client for one in plan.unmatched}
        light = [
            (client, helper) for client, helper in candidates(rnd).index
            if client in left_out and rnd.assistant(helper).max_clients != 0
            and weighs[helper] < rnd.client(client).weight
        ]  # fmt: skip
        assert light == []

    law()
