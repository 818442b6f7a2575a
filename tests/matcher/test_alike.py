"""Needs that are alike share the times of a day; what the office names stands for itself."""

from __future__ import annotations

import numpy as np

from matcher.candidates import candidates
from matcher.model import build
from matcher.round import Round
from tests.builders import a_round, assistant, client, hours

PIN = {"client": "c1", "assistant": "a1"}
MORNING = [hours(0, "09:00", "12:00")]


def kinds(rnd: Round) -> int:
    return len(set(build(candidates(rnd)).groups.kind.tolist()))


def test_needs_as_long_and_possible_at_the_same_times_share_their_times() -> None:
    people = [client(name, availability=MORNING) for name in ("c1", "c2")]
    assert kinds(a_round(people, [assistant(availability=MORNING)])) == 1


def test_a_need_that_is_possible_at_other_times_does_not() -> None:
    people = [client(availability=MORNING), client("c2", availability=[hours(0, "10:00", "12:00")])]
    assert kinds(a_round(people, [assistant(availability=MORNING)])) == 2


def test_the_needs_of_a_pinned_pair_keep_times_of_their_own() -> None:
    people = [client(name, availability=MORNING) for name in ("c1", "c2", "c3")]
    assert kinds(a_round(people, [assistant(availability=MORNING)], pins=[PIN])) == 2


def test_every_start_is_found_again_from_its_day_and_its_time() -> None:
    people = [client(name, availability=MORNING) for name in ("c1", "c2")]
    table = candidates(a_round(people, [assistant(availability=MORNING)]))
    model = build(table)
    every = np.arange(len(table.starts))
    for start in every.tolist():
        one = every[[start]]
        chosen = np.concatenate([model.day_column(one), model.time_column(one)])
        assert model.starts(chosen).tolist() == [start]
