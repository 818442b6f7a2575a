"""Two ways to one answer: the shorter one wins, whatever time each step takes."""

from __future__ import annotations

import time
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.rounds import office_round
from matcher import effort
from matcher.race import Lane, Won, race
from tests.matcher.laws import seeds
from tests.matcher.rounds import small_round
from tests.matcher.solving import agrees_with_exact, planned


class Way(NamedTuple):
    """How many steps a way has, whether there is an answer at its end, and how long each step takes."""

    steps: int
    has_answer: bool
    pause: float

    def gone(self, lane: Lane, invites_at: int | None = None) -> str | None:
        for step in range(1, self.steps + 1):
            time.sleep(self.pause)
            if not lane.go_on(step):
                return None
            if step == invites_at:
                lane.invite()
        return "answer" if self.has_answer else None


ways = st.builds(Way, st.integers(1, 9), st.booleans(), st.sampled_from([0.0, 0.0005, 0.002]))


@settings(max_examples=150, deadline=None)
@given(ways, ways, st.integers(1, 10))
def test_the_way_with_less_work_wins_however_fast_it_is(first: Way, second: Way, invites_at: int) -> None:
    answers = []
    if first.has_answer:
        answers.append((first.steps, 0))
    if second.has_answer and invites_at <= first.steps:
        answers.append((invites_at + second.steps, 1))
    won = race(lambda lane: first.gone(lane, invites_at), lambda lane: second.gone(lane))
    assert won == (Won(min(answers)[1], "answer") if answers else None)


def test_a_way_that_fails_ends_the_other_one() -> None:
    ended = []

    def first(lane: Lane) -> str | None:
        lane.go_on(1)
        lane.invite()
        raise ValueError("broken")

    def second(lane: Lane) -> str | None:
        while lane.go_on(1):
            time.sleep(0.001)
        ended.append(True)
        return None

    with pytest.raises(ValueError, match="broken"):
        race(first, second)
    # It had not begun, or it has ended.
    assert ended in ([], [True])


@pytest.fixture
def raced(monkeypatch: pytest.MonkeyPatch) -> Random:
    """Each level is proven in two ways, each step of which takes some time of chance."""
    rng = Random(0)
    go_on = Lane.go_on

    def with_a_pause(lane: Lane, work: float) -> bool:
        time.sleep(rng.choice([0.0, 0.0, 0.001, 0.004]))
        return go_on(lane, work)

    monkeypatch.setattr(Lane, "go_on", with_a_pause)
    monkeypatch.setattr("matcher.climb.SMALL", 1)
    monkeypatch.setattr("matcher.climb.TRIED", 0)
    monkeypatch.setattr("matcher.twice._SLOW", 1)
    # HiGHS begins at once, and wins where the search takes more than a step or two.
    for name in ("OF_PAIRS", "OF_NUMBERS"):
        budget = getattr(effort, name)._replace(slow=1.0, step=0.2)
        monkeypatch.setattr(f"matcher.branch_price.{name}", budget)
    return rng


@pytest.mark.parametrize("seed", seeds(3, 20))
def test_a_plan_is_the_same_whichever_way_is_faster(raced: Random, seed: int) -> None:
    plans = []
    for chance in range(3):
        raced.seed(chance)
        plan = planned(office_round(32, 4, 5, seed))
        del plan["solver"]
        plans.append(plan)
    assert plans[0]["status"] == "optimal"
    assert plans[1:] == plans[:1] * 2


@pytest.mark.usefixtures("raced")
@pytest.mark.parametrize("seed", seeds(12, 300))
def test_two_ways_prove_what_one_does(seed: int) -> None:
    agrees_with_exact(small_round(Random(seed)) if seed % 3 else office_round(24, 4, 5, seed))
