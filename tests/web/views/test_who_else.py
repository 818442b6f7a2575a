"""The page of "Who else?": what it says where there is nobody, and how its sentences end."""
from __future__ import annotations

import pytest
from flask import Flask

from tests.web.a_round import World
from tests.web.browser import Browser
from tests.web.views.test_questions import ask, text_of


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
