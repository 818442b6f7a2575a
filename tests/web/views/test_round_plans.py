"""A plan on its pages: looked over, decided about, changed by hand and compared."""
from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.web.a_round import World
from tests.web.browser import Browser
from tests.web.views.test_rounds import address, planned, text_of, world
from web.models import PlanVersion, db

__all__ = ["planned", "world"]  # fixtures


def test_the_plan_shows_pairs_with_reasons_and_accounts_for_the_unmatched(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    page = text_of(coordinator.get(address(world, "plan")))
    assert "Both speak Persian (Farsi): native" in page
    assert "1 client without an assistant" in page
    assert "2 They share no language well enough." in page
    assert "Mon, 30 Nov 09:00–10:00 Bank account · Info Point" in page


def test_a_name_cannot_bring_markup_into_the_plan(world: World, coordinator: Browser) -> None:
    world.client("C1", name="<script>alert(1)</script>")
    world.assistant("A1", name="<b>bold</b>")
    world.planned()
    for part in ("plan", "calendar", "change?client=C1", "publish"):
        page = coordinator.get(address(world, part)).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<b>bold" not in page


def test_a_pin_and_a_ban_are_set_and_lifted(world: World, planned: PlanVersion, coordinator: Browser) -> None:
    pair = {"client": "C1", "assistant": planned.plan_document["pairs"][0]["assistant"]}
    coordinator.post(address(world, "pins"), data={**pair, "deed": "pin-times"})
    db.session.expire_all()
    assert [pin.start for pin in world.round.pins] == ["2026-11-30T09:00"]
    coordinator.post(address(world, "pins"), data={**pair, "deed": "ban"})
    db.session.expire_all()
    assert (world.round.pins, len(world.round.bans)) == ([], 1)
    page = text_of(coordinator.get(address(world, "plan")))
    assert "Solve again, so that it follows." in page
    assert (page.count(" banned "), page.count("Allow again")) == (1, 1)
    coordinator.post(address(world, "pins"), data={**pair, "deed": "unban"})
    coordinator.post(address(world, "pins"), data={**pair, "deed": "pin-pair"})
    coordinator.post(address(world, "pins"), data={**pair, "deed": "unpin"})
    db.session.expire_all()
    assert (world.round.pins, world.round.bans) == ([], [])


def test_a_pair_is_decided_before_anything_is_solved(world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.assistant("A1")
    page = coordinator.get(address(world)).get_data(as_text=True)
    assert '<option value="A1">Assistant A1 (A1)</option>' in page
    answer = coordinator.post(address(world, "pins"), data={
        "client": "C1", "assistant": "A1", "deed": "pin-pair", "back": "round"})
    assert answer.location == address(world) + "#fixed"
    assert "pinned Client C1 C1 – Assistant A1 A1" in text_of(coordinator.get(address(world)))
    assert coordinator.post(address(world, "pins"), data={
        "client": "C1", "assistant": "", "deed": "ban", "back": "round"}).status_code == 404


def moved(world: World, coordinator: Browser, start: str, **fields: Any) -> TestResponse:
    need = next(one["needs"][0]["id"] for one in world.round.versions[-1].round_document["clients"]
                if one["id"] == fields.get("client", "C1"))
    return coordinator.post(address(world, "change"), data={
        "client": "C1", "assistant": "A2", "plan": world.round.plan_id, f"start-{need}": start, **fields})


def test_a_move_by_hand_becomes_a_version_and_a_pin(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    page = coordinator.get(address(world, "change") + "?client=C1&assistant=A2").get_data(as_text=True)
    assert '<option value="2026-12-03T14:30">' in page
    answer = moved(world, coordinator, "2026-12-03T14:30")
    assert answer.location == address(world, "plan") + "#client-C1"
    db.session.expire_all()
    version = db.session.get_one(PlanVersion, world.round.plan_id)
    assert (version.number, version.made_by) == (2, "hand")
    assert [pin.start for pin in world.round.pins] == ["2026-12-03T14:30"]
    assert "Thu, 3 Dec 14:30–15:30" in text_of(coordinator.get(address(world, "plan")))
    db.session.commit()
    again = world.planned().plan_document["pairs"][0]
    assert (again["assistant"], again["appointments"][0]["start"]) == ("A2", "2026-12-03T14:30")


@pytest.mark.parametrize(("start", "sentence"), [
    ("2026-12-03T17:30", "The time does not fit"), ("2026-12-03T14:10", "every 30 minutes"),
    ("later", "later is no time"), ("", "Choose at least one time"), ("2026-12-03T14:30+01:00", "is no time"),
])
def test_a_move_that_breaks_a_rule_is_refused_and_the_rule_named(
        world: World, planned: PlanVersion, coordinator: Browser, start: str, sentence: str) -> None:
    answer = moved(world, coordinator, start)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    db.session.expire_all()
    assert (len(world.round.versions), world.round.pins) == (1, [])


def test_a_pair_that_is_ruled_out_cannot_be_made_by_hand(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    answer = moved(world, coordinator, "2026-12-03T10:00", client="C3")
    assert "They share no language well enough." in text_of(answer)
    assert answer.status_code == 422


def test_a_move_onto_another_client_s_time_is_refused(world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.client("C2")
    world.assistant("A2")
    plan = world.planned().plan_document
    taken = next(pair["appointments"][0]["start"] for pair in plan["pairs"] if pair["client"] == "C2")
    answer = moved(world, coordinator, taken)
    assert "It overlaps another appointment" in text_of(answer)


def test_a_move_in_a_plan_that_was_replaced_is_refused(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    seen = planned.id
    world.planned()
    answer = moved(world, coordinator, "2026-12-03T14:30", plan=seen)
    assert answer.status_code == 303
    assert "A newer plan has taken the place" in text_of(coordinator.get(answer.location))
    db.session.expire_all()
    assert world.round.pins == []


def test_a_client_is_left_without_an_assistant_by_hand(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    moved(world, coordinator, "", assistant="")
    assert "2 clients without an assistant" in text_of(coordinator.get(address(world, "plan")))


def test_versions_are_compared_by_level_and_by_client(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    moved(world, coordinator, "2026-12-03T14:30")
    db.session.expire_all()
    moved(world, coordinator, "", assistant="", client="C2")
    page = text_of(coordinator.get(address(world, "compare") + "?from=1&to=3"))
    assert "Lose their assistant 1 Client C2" in page
    assert "Thu, 3 Dec 14:30–15:30" in page
    assert "Clients served 16 8 -8" in page


def test_the_calendar_shows_each_assistant_s_week(
        world: World, planned: PlanVersion, coordinator: Browser) -> None:
    page = coordinator.get(address(world, "calendar"))
    assert "09:00–10:00 Client C1 Bank account · Info Point" in text_of(page)
    assert '<li class="meeting from-1 to-5">' in page.get_data(as_text=True)
