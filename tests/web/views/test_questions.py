"""What coordinators ask about a plan, and the answers that they read."""
from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.a_round import World
from tests.web.browser import Browser
from tests.web.conftest import NOW
from web.models import Question, db
from web.services import questions


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def text_of(answer: TestResponse) -> str:
    page = re.sub(r"</?bdi>", "", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def ask(world: World, coordinator: Browser, kind: str, **fields: object) -> str:
    """The address of a new question's page."""
    answer = coordinator.post(f"/rounds/{world.round.id}/questions/{kind}", data=fields)
    assert answer.status_code == 303
    return answer.location


def compatriots(world: World) -> None:
    """A client who would like somebody of their country; A1 is from there, A2 is not, A3 cannot help."""
    world.client("C1", origin="SY", origin_wish="prefer-same")
    world.assistant("A1", origin="SY")
    world.assistant("A2", origin="AF")
    world.assistant("A3", languages={"ti": "native"})
    world.planned()


def test_another_assistant_costs_what_the_whole_round_loses(world: World, coordinator: Browser) -> None:
    compatriots(world)
    assert "Who else?" in text_of(coordinator.get(f"/rounds/{world.round.id}/plan"))
    address = ask(world, coordinator, "alternatives", client="C1")
    waiting = coordinator.get(address)
    assert "Waits for a worker." in text_of(waiting)
    assert f'data-progress="{address}/progress"' in waiting.get_data(as_text=True)
    assert coordinator.get(f"{address}/progress").get_json()["active"]
    world.answered()
    page = text_of(coordinator.get(address))
    assert not coordinator.get(f"{address}/progress").get_json()["active"]
    assert "Who else for Client C1?" in page
    assert re.findall(r"Assistant A\d", page.split("For whom something changes")[0]) == ["Assistant A2"]
    assert "2 for the same country, 1 for a shared culture 2 worse" in page
    assert "Client C1 : Assistant A1 → Assistant A2" in page.replace("Client C1:", "Client C1 :")
    assert "Assistant A3" not in page


def test_an_assistant_who_is_as_good_costs_nothing(world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.assistant("A1")
    world.assistant("A2")
    world.planned()
    address = ask(world, coordinator, "alternatives", client="C1")
    world.answered()
    assert "As good for everybody, on every goal." in text_of(coordinator.get(address))
    assert ask(world, coordinator, "alternatives", client="C1") == address  # the answer that there is


def test_numbers_that_are_not_proven_are_told_as_such(world: World, coordinator: Browser) -> None:
    compatriots(world)
    address = ask(world, coordinator, "alternatives", client="C1")
    world.answered()
    row = db.session.scalars(select(Question)).one()
    (told,) = row.result["alternatives"]
    levels = [{**told["levels"][0], "least": -2, "most": 1}] + [
        {**level, "least": None, "most": None} for level in told["levels"][1:]]
    row.result = {"alternatives": [{**told, "levels": levels}]}
    db.session.commit()
    page = text_of(coordinator.get(address))
    assert "between 2 worse and 1 better (not proven)" in page
    assert page.count("not compared: a goal above is not proven") == 8


def test_an_answer_is_marked_once_the_round_has_changed(world: World, coordinator: Browser) -> None:
    compatriots(world)
    address = ask(world, coordinator, "alternatives", client="C1")
    world.answered()
    said = "a plan that is no longer up to date"
    assert said not in text_of(coordinator.get(address))
    world.client("C2")
    db.session.commit()
    assert said in text_of(coordinator.get(address))


def test_a_client_without_an_assistant_is_not_asked_about(world: World, coordinator: Browser) -> None:
    compatriots(world)
    answer = coordinator.post(f"/rounds/{world.round.id}/questions/alternatives", data={"client": "C9"})
    assert "This client has no assistant in the present plan." in text_of(coordinator.get(answer.location))
    assert db.session.scalars(select(Question)).all() == []


def test_a_question_that_failed_says_so_and_leaves_the_plan(world: World, coordinator: Browser) -> None:
    compatriots(world)
    address = ask(world, coordinator, "alternatives", client="C1")
    row = db.session.scalars(select(Question)).one()
    row.state, row.error, row.ended_at = "failed", "killed", NOW
    db.session.commit()
    assert "This was not worked out. The plan is not touched by that." in text_of(coordinator.get(address))
    assert ask(world, coordinator, "alternatives", client="C1") != address


@pytest.mark.both_databases
def test_a_process_of_its_own_answers(world: World, coordinator: Browser) -> None:
    compatriots(world)
    address = ask(world, coordinator, "alternatives", client="C1")
    assert questions.answer_next(now=NOW, worker="test")
    assert "2 worse" in text_of(coordinator.get(address))
