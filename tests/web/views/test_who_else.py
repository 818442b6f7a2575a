"""The page of "Who else?": what it says where there is nobody, and how its sentences end."""
from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.web.a_round import World
from tests.web.browser import Browser
from tests.web.views.test_questions import ask, ids, text_of


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def who_else(world: World, coordinator: Browser) -> str:
    """What the page says once the question is answered."""
    world.planned()
    address = ask(world, coordinator, "alternatives", client="C1")
    world.answered()
    return text_of(coordinator.get(address))


def test_where_nobody_else_is_possible_the_page_says_no_more_than_that(
        world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.assistant("A1")
    page = who_else(world, coordinator)
    assert ("No other assistant is possible for this client." in page, "These are the next ones" in page) == (
        True, False)


def test_a_name_that_ends_with_a_stop_ends_its_sentence(world: World, coordinator: Browser) -> None:
    world.client("C1", origin="SY", origin_wish="prefer-same")
    world.assistant("A1", origin="SY", name="Reza M.")
    world.assistant("A2", origin="AF", name="Rasha H.")
    assert "Client C1 C1 would meet Rasha H. instead of Reza M. Not from" in who_else(world, coordinator)


def test_m6_a_code_stays_with_its_name_on_pages_from_right_to_left(
        world: World, coordinator: Browser) -> None:
    """Codes run from left to right: bare, the first draws the next name to itself and away from its code."""
    for code in ("C1", "C2", "C3"):
        world.client(code, languages={"ti": "native"})
    world.client("C4")
    world.assistant("A7")
    world.planned()
    round_page = f"/rounds/{world.round.id}"
    addresses = [ask(world, coordinator, "alternatives", client="C4"), ask(world, coordinator, "advice"),
                 ask(world, coordinator, "whatif", ban=ids("C4", "A7"))]
    coordinator.post(f"{round_page}/pins", data={"client": "C4", "assistant": "A7", "deed": "pin-pair"})
    world.answered()
    seen = set()
    for address in (round_page, f"{round_page}/plan", f"{round_page}/questions/whatif", *addresses):
        page = coordinator.get(f"{address}?lang=ar").get_data(as_text=True)
        assert 'dir="rtl"' in page
        shown = page.partition("<main")[2]
        for tag, of_tag, text in re.findall(r"<(\w+)([^>]*)>([^<]*\b(?:A7|C[1-4])\b[^<]*)<", shown):
            assert tag in ("bdi", "option") or "visually-hidden" in of_tag, (address, text)
            seen.add((address, text.strip()))
    assert len({address for address, text in seen if text == "C1"}) >= 3
    assert {text for _, text in seen} >= {"C1", "C2", "C3", "C4"}
