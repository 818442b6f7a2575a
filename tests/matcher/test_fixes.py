"""What would help a client who is left out, case by case; test_laws_of_fixes holds for all rounds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from matcher import Plan, Round, Stop, solve
from matcher.explanation.fixes import Fixes, with_fixes
from matcher.explanation.patches import Document, patched
from matcher.explanation.standing import Standing
from matcher.plan_parts import Level, Unmatched
from tests.builders import assistant, at, client, document, hours, need


def fixed(doc: Document, client_id: str = "c1") -> list[tuple[list[dict[str, Any]], str]]:
    rnd = Round.from_document(doc)
    found = Fixes(rnd, solve(rnd, Stop())).of(client_id)
    return [([dict(operation) for operation in fix.patch], fix.text) for fix in found]


def test_no_limit_is_raised_where_a_client_who_moves_on_makes_room() -> None:
    doc = document(
        clients=[
            client(languages={"ar": "native"}, availability=[hours(1, "09:00", "10:00")]),
            client("c2", previous_assistant="a1"),
        ],
        assistants=[
            assistant("a1", languages={"fa": "native", "ar": "native"}, max_minutes_per_week=60),
            assistant("a2"),
        ],
    )
    patch, text = fixed(doc)[0]
    assert [operation["path"] for operation in patch] == ["/clients/0/availability/-"]
    assert text.startswith("c1 comes also on 2026-12-07 ")


def test_one_more_client_is_the_smallest_fix_where_only_a_number_is_in_the_way() -> None:
    doc = document(clients=[client(), client("c2", weight=2)], assistants=[assistant(max_clients=1)])
    assert fixed(doc)[0] == (
        [{"op": "replace", "path": "/assistants/0/max_clients", "value": 2}],
        "a1 takes 2 clients instead of 1",
    )


def test_a_fix_decides_for_the_client_where_others_could_use_it() -> None:
    doc = document(
        clients=[client(), client("c2", weight=2), client("c3")], assistants=[assistant(max_clients=1)]
    )
    assert fixed(doc)[0] == (
        [
            {"op": "replace", "path": "/assistants/0/max_clients", "value": 2},
            {"op": "add", "path": "/pins", "value": [{"client": "c1", "assistant": "a1"}]},
        ],
        "a1 takes 2 clients instead of 1; c1 meets a1",
    )


def test_a_little_more_time_of_an_assistant_helps() -> None:
    doc = document(
        clients=[client(), client("c2", weight=2)],
        assistants=[assistant(availability=[hours(0, "09:00", "10:30")])],
    )
    hour = {"start": at(0, "10:30"), "end": at(0, "11:00")}
    assert fixed(doc)[0] == (
        [{"op": "add", "path": "/assistants/0/availability/-", "value": hour}],
        "a1 is there also on 2026-12-07 10:30–11:00",
    )


def test_a_client_may_come_on_another_day() -> None:
    doc = document(clients=[client(availability=[hours(1, "09:00", "17:00")])])
    hour = {"start": at(0, "09:00"), "end": at(0, "10:00")}
    assert fixed(doc)[0] == (
        [{"op": "add", "path": "/clients/0/availability/-", "value": hour}],
        "c1 comes also on 2026-12-07 09:00–10:00",
    )


def test_a_level_of_language_may_be_given_up_for_one_client() -> None:
    doc = document(clients=[client(languages={"fa": "A2"})])
    assert fixed(doc)[0] == (
        [{"op": "replace", "path": "/clients/0/languages/fa", "value": "B1"}],
        "accept Farsi at A2 for c1 as if it were B1 (the office asks for B1)",
    )


def test_a_required_origin_may_become_a_wish_and_a_required_gender_may_not() -> None:
    same = document(clients=[client(origin="SY", wishes={"origin": "require-same"})])
    assert fixed(same)[0] == (
        [{"op": "replace", "path": "/clients/0/wishes/origin", "value": "prefer-same"}],
        "let c1 prefer, not require, somebody from the same country",
    )
    gender = document(clients=[client(wishes={"gender": "require-male"})])
    ((patch, text),) = fixed(gender)
    assert patch[0]["value"]["gender"] == "male"
    assert text == "a new assistant who speaks Farsi (male, from AF), 60 minutes"
    different = document(clients=[client(origin="IR", wishes={"origin": "require-different"})])
    ((patch, text),) = fixed(different)
    assert patch[0]["value"]["origin"] != "IR"
    assert text == "a new assistant who speaks Farsi (male, not from IR), 60 minutes"


def test_another_place_may_be_offered() -> None:
    doc = document(clients=[client(places=["centre"])], assistants=[assistant(places=["office"])])
    assert fixed(doc)[0] == (
        [{"op": "add", "path": "/clients/0/places/-", "value": "office"}],
        "let c1 also come to office",
    )


def test_another_place_may_be_offered_for_a_time_that_names_its_own() -> None:
    times = [hours(1, "09:00", "12:00"), hours(0, "09:00", "12:00", places=["centre"])]
    doc = document(clients=[client(availability=times)], assistants=[assistant(places=["office"])])
    assert fixed(doc)[0] == (
        [{"op": "add", "path": "/clients/0/availability/1/places/-", "value": "office"}],
        "let c1 also come to office on 2026-12-07 09:00–12:00",
    )


def test_a_time_over_several_days_is_told_with_both() -> None:
    times = [{"start": at(0, "09:00"), "end": at(2, "12:00"), "places": ["centre"]}]
    doc = document(clients=[client(availability=times)], assistants=[assistant(places=["office"])])
    assert fixed(doc)[0][1] == "let c1 also come to office on 2026-12-07 09:00–2026-12-09 12:00"


def test_one_client_may_move_on_to_make_room_for_another() -> None:
    full = {"max_clients": 1}
    doc = document(
        clients=[client(languages={"ar": "A2"}), client("c2", previous_assistant="a1")],
        assistants=[
            assistant("a1", languages={"fa": "native", "ar": "native"}, **full), assistant("a2", **full),
        ],
    )
    rnd = Round.from_document(doc)
    standing = Standing(rnd, solve(rnd, Stop()))
    assert standing.assistant_of == {"c2": "a1"}
    learned = replace(rnd.client("c1"), languages={"ar": 3})
    desks = standing.desks.with_client(learned, ["a1"])
    moves = standing.room(desks, "c1", rnd.assistant("a1"))
    assert moves == {"a1": frozenset({"c1"}), "a2": frozenset({"c2"})}
    assert standing.holds(desks, moves, client=learned, assistant=None)


def test_moves_that_lose_somebody_do_not_hold() -> None:
    rnd = Round.from_document(document(clients=[client(), client("c2", weight=2)], assistants=[
        assistant(max_clients=1)
    ]))
    standing = Standing(rnd, solve(rnd, Stop()))
    assert standing.holds(standing.desks, {"a1": frozenset({"c2"})}, client=None, assistant=None)
    assert not standing.holds(standing.desks, {"a1": frozenset({"c1"})}, client=None, assistant=None)
    assert not standing.holds(standing.desks, {"a1": frozenset({"c1", "c2"})}, client=None, assistant=None)


def test_a_plan_that_the_clock_stopped_may_have_room_as_it_is() -> None:
    rnd = Round.from_document(document())
    solved_plan = solve(rnd, Stop())
    left_out = replace(
        solved_plan, status="feasible", pairs=(), unmatched=(Unmatched(client="c1"),),
        levels=(Level(level="served", value=0, bound=1),),
    )
    (fix,) = Fixes(rnd, left_out).of("c1")
    assert fix.text == "c1 fits in as it is; c1 meets a1"
    assert fix.patch == ({"op": "add", "path": "/pins", "value": [{"client": "c1", "assistant": "a1"}]},)


def test_two_fixes_of_a_client_are_of_two_kinds_and_none_holds_another() -> None:
    doc = document(
        clients=[client(needs=[need(), need("n2")]), client("c2", weight=2)],
        assistants=[assistant(max_clients=1), assistant("a2", max_clients=0)],
    )
    paths = [{operation["path"] for operation in patch} for patch, _ in fixed(doc)]
    assert len(paths) == len({tuple(sorted(one)) for one in paths})
    assert [one for one in paths for other in paths if one > other] == []


def test_a_plan_with_fixes_is_read_back_as_it_was_written() -> None:
    rnd = Round.from_document(document(clients=[client(languages={"fa": "A2"})]))
    plan = with_fixes(rnd, solve(rnd, Stop()))
    assert Plan.from_json(plan.to_json()).to_json() == plan.to_json()
    assert json.loads(plan.to_json())["unmatched"][0]["fixes"][0]["patch"]


@pytest.mark.parametrize("path", ["/nobody", "/clients/9/weight"])
def test_a_patch_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises((KeyError, IndexError)):
        patched(document(), [{"op": "replace", "path": path, "value": 1}])
