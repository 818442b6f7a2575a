"""Two people of one name are told apart wherever a coordinator decides about them."""
from __future__ import annotations

import pytest
from flask import Flask

from tests.web.a_round import World
from tests.web.browser import Browser
from tests.web.conftest import NOW
from tests.web.views.test_questions import ask, ids, text_of
from web.models import Notice, db
from web.services.review import Names


@pytest.fixture
def world(app: Flask) -> World:
    """Two clients of one name who would like somebody of their country, and two assistants of one name."""
    world = World()
    for number, origin in (("1", "SY"), ("2", "AF")):
        world.client(f"C{number}", name="Zahra Ahmadi", origin=origin, origin_wish="prefer-same")
        world.assistant(f"A{number}", name="Omar Said", origin=origin)
    world.planned()
    return world


def test_what_if_names_them_with_their_codes(world: World, coordinator: Browser) -> None:
    page = text_of(coordinator.get(f"/rounds/{world.round.id}/questions/whatif"))
    assert "Zahra Ahmadi C1 Omar Said (A1) Pin this pair : Zahra Ahmadi C1, Omar Said (A1)" in page
    address = ask(world, coordinator, "whatif", ban=ids("C1", "A1"))
    world.answered()
    page = text_of(coordinator.get(address))
    assert "banned Zahra Ahmadi C1 – Omar Said (A1)" in page
    losers = page.split("Who loses")[1].split("Goal by goal")[0]
    assert "Zahra Ahmadi C1 would meet Omar Said (A2) instead of Omar Said (A1)." in losers


def test_who_else_names_them_with_their_codes(world: World, coordinator: Browser) -> None:
    address = ask(world, coordinator, "alternatives", client="C1")
    world.answered()
    page = text_of(coordinator.get(address))
    assert "Who else for Zahra Ahmadi C1?" in page
    assert "Omar Said (A2)" in page.split("what each would mean for whom.")[1].split("The same clients")[0]


def test_pins_that_contradict_name_them_with_their_codes(world: World, coordinator: Browser) -> None:
    world.client("C3")
    for assistant in ("A1", "A2"):
        Names().assistants[assistant].max_clients = 1
    world.planned()
    address = ask(world, coordinator, "whatif", **{
        f"{kind}-{number}": ids(f"C{number}", "A1").split("-")[kind == "assistant"]
        for number in (1, 2) for kind in ("client", "assistant")} | {"deed-1": "pin", "deed-2": "pin"})
    world.answered()
    page = text_of(coordinator.get(address))
    assert ("This cannot all hold: Zahra Ahmadi (C1) with Omar Said (A1) "
            "Zahra Ahmadi (C2) with Omar Said (A1)") in page


def test_a_plan_and_its_calendar_name_them_with_their_codes(world: World, coordinator: Browser) -> None:
    plan = text_of(coordinator.get(f"/rounds/{world.round.id}/plan"))
    assert "Zahra Ahmadi C1 Omar Said (A1)" in plan
    diary = text_of(coordinator.get(f"/rounds/{world.round.id}/calendar?assistant=A1"))
    assert "Zahra Ahmadi (C1)" in diary


def test_names_that_look_the_same_count_as_one(world: World) -> None:
    names = Names()
    names.assistants["A2"].name = "omar  SAID"
    assert (names.assistant("A1"), names.assistant("A2")) == ("Omar Said (A1)", "omar  SAID (A2)")


def test_who_is_alone_with_a_name_is_shown_by_it(world: World) -> None:
    world.client("C3", name="Amina Noor")
    world.assistant("A3", name="Lina Haddad")
    names = Names()
    assert (names.client_apart("C3"), names.assistant("A3")) == ("Amina Noor", "Lina Haddad")
    assert names.assistant("A9") == "A9"  # whose row is gone


def test_a_notice_about_an_assistant_says_which(world: World, coordinator: Browser) -> None:
    db.session.add(Notice(kind="own-hours", assistant=Names().assistants["A2"], created_at=NOW))
    assert "Omar Said A2 has changed when they have time." in text_of(coordinator.get("/"))
