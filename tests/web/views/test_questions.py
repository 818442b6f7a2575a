"""What coordinators ask about a plan, and the answers that they read."""
from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.a_round import World, weekly
from tests.web.browser import Browser
from tests.web.conftest import NOW
from web.models import Assistant, AuditEntry, Client, PlanVersion, Question, db
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
    assert "Who else for Client C1 C1?" in page
    said, points = page.split("Goal by goal, in points")
    assert ("The same clients are met. Assistant A1 has 1 client fewer. Assistant A2 has 1 client more. "
            "Who loses 1 Client C1 C1 would meet Assistant A2 instead of Assistant A1. "
            "Not from the same country, though wished (until now: From the same country, as wished)") in said
    assert "2 for the same country, 1 for a shared culture 2 worse" in points
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


def two_by_two(world: World) -> None:
    """Two clients who would like somebody of their country, and one such assistant for each of them."""
    for number, origin in (("1", "SY"), ("2", "AF")):
        world.client(f"C{number}", origin=origin, origin_wish="prefer-same")
        world.assistant(f"A{number}", origin=origin)
    world.planned()


def ids(client: str, assistant: str) -> str:
    return "-".join(str(db.session.scalars(select(kind.id).where(kind.code == code)).one())
                    for kind, code in ((Client, client), (Assistant, assistant)))


def pairs(world: World) -> list[tuple[str, str]]:
    db.session.expire_all()
    version = db.session.get_one(PlanVersion, world.round.plan_id)
    return [(pair["client"], pair["assistant"]) for pair in version.plan_document["pairs"]]


def test_a_ban_is_tried_and_who_loses_is_told_before_it_is_decided(
        world: World, coordinator: Browser) -> None:
    two_by_two(world)
    before = pairs(world)
    page = coordinator.get(f"/rounds/{world.round.id}/questions/whatif").get_data(as_text=True)
    assert f'name="ban" value="{ids("C1", "A1")}"' in page
    address = ask(world, coordinator, "whatif", ban=ids("C1", "A1"))
    world.answered()
    page = text_of(coordinator.get(address))
    assert "banned Client C1 C1 – Assistant A1" in page
    assert "2 for the same country, 1 for a shared culture 2 worse" in page
    losers = page.split("Who loses")[1].split("Goal by goal")[0]
    assert "Client C1 C1 would meet Assistant A2 instead of Assistant A1. Not from the same country" in losers
    assert (pairs(world), world.round.bans) == (before, [])


def test_whose_appointment_moves_is_said_by_name_and_day(world: World, coordinator: Browser) -> None:
    early, both = weekly("09:00", "10:00", ["mon"]), weekly("09:00", "10:00", ["mon", "thu"])
    world.client("C1", weekly_hours=[both], languages={"uk": "native"})
    world.client("C2", weekly_hours=[early], origin="SY", origin_wish="prefer-same")
    world.assistant("A1", weekly_hours=[weekly("09:00", "10:00", ["mon", "thu"])], origin="AF",
                    languages={"fa": "native", "uk": "native"})
    world.assistant("A2", weekly_hours=[weekly("09:00", "10:00", ["mon"])], origin="SY")
    world.planned()
    address = ask(world, coordinator, "whatif", ban=ids("C2", "A2"))
    world.answered()
    page = text_of(coordinator.get(address))
    assert "The same clients are met." in page
    assert ("Client C1 C1 would still meet Assistant A1. “Bank account” would move from Mon, 30 Nov 09:00 to "
            "Thu, 3 Dec 09:00 .") in page
    assert "1 appointment moves." in page


def test_who_is_met_instead_of_whom_is_said_first(world: World, coordinator: Browser) -> None:
    world.client("C1", weight=3)
    world.client("C2")
    world.assistant("A1", max_clients=1)
    world.planned()
    client, assistant = ids("C2", "A1").split("-")
    address = ask(world, coordinator, "whatif", **{
        "client-1": client, "assistant-1": assistant, "deed-1": "pin"})
    world.answered()
    said = text_of(coordinator.get(address)).split("Goal by goal")[0]
    assert "1 client fewer is met: Client C1 C1 1 client more is met: Client C2 C2" in said
    assert "Client C1 C1 would meet nobody instead of Assistant A1." in said
    assert "Client C2 C2 would meet Assistant A1 instead of nobody. Both speak" in said


def test_what_was_tried_is_kept_with_its_decisions(world: World, coordinator: Browser) -> None:
    two_by_two(world)
    client, assistant = ids("C1", "A2").split("-")
    address = ask(world, coordinator, "whatif", **{
        "client-1": client, "assistant-1": assistant, "deed-1": "pin"})
    world.answered()
    answer = coordinator.post(f"{address}/keep")
    assert answer.location == f"/rounds/{world.round.id}/plan"
    page = text_of(coordinator.get(answer.location))
    assert "Version 2, by the solver" in page
    assert "Solve again, so that it follows." not in page
    assert ("C1", "A2") in pairs(world)
    assert [pin.start for pin in world.round.pins] == [None]
    deed = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "plan.kept")).one()
    assert deed.user_id == world.user.id
    again = coordinator.post(f"{address}/keep")
    assert "A newer plan has taken the place of this one" in text_of(coordinator.get(again.location))
    assert len(world.round.versions) == 2


def test_what_was_tried_is_thrown_away(world: World, coordinator: Browser) -> None:
    two_by_two(world)
    before = pairs(world)
    address = ask(world, coordinator, "whatif", ban=ids("C1", "A1"))
    world.answered()
    answer = coordinator.post(f"{address}/throw-away")
    assert "The plan is as it was." in text_of(coordinator.get(answer.location))
    assert (pairs(world), world.round.bans) == (before, [])
    assert coordinator.get(address).status_code == 404


def test_pins_that_cannot_hold_are_told_with_their_rule(world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.assistant("A1", max_clients=1)
    world.client("C2")
    world.planned()
    address = ask(world, coordinator, "whatif", **{
        f"{kind}-{number}": ids(f"C{number}", "A1").split("-")[kind == "assistant"]
        for number in (1, 2) for kind in ("client", "assistant")} | {"deed-1": "pin", "deed-2": "pin"})
    world.answered()
    page = text_of(coordinator.get(address))
    assert "This cannot all hold: Client C1 with Assistant A1 Client C2 with Assistant A1" in page
    assert "A limit would be exceeded" in page
    assert "Keep this plan" not in page


@pytest.mark.parametrize(("fields", "said"), [
    ({}, "Tick at least one pair."),
    ({"client-1": "1", "deed-1": "ban"}, "Choose a client and an assistant."),
    ({"ban": "999-999"}, "Choose a client and an assistant."),
    ({"ban": "1-1", "pin": "1-1"}, "these decisions contradict"),
    ({"pin": ["1-1", "1-2"]}, "these decisions contradict"),
])
def test_decisions_that_make_no_sense_are_refused(
        world: World, coordinator: Browser, fields: dict[str, object], said: str) -> None:
    two_by_two(world)
    renamed = {name: value.replace("1-1", ids("C1", "A1")) if isinstance(value, str) else
               [ids("C1", "A1"), ids("C1", "A2")] for name, value in fields.items()}
    assert said in text_of(coordinator.get(ask(world, coordinator, "whatif", **renamed)))
    assert db.session.scalars(select(Question)).all() == []


def test_a_plan_that_is_not_up_to_date_is_solved_first(world: World, coordinator: Browser) -> None:
    two_by_two(world)
    world.client("C3")
    db.session.commit()
    location = ask(world, coordinator, "whatif", ban=ids("C1", "A1"))
    assert "Solve again first." in text_of(coordinator.get(location))


def test_advice_ranks_new_assistants_and_extra_hours(world: World, coordinator: Browser) -> None:
    world.client("C1", languages={"ti": "native"}, origin="ER")
    world.client("C2", weekly_hours=[weekly("09:00", "10:00", ["tue"])])
    assistant = world.assistant("A1", weekly_hours=[weekly("10:00", "11:00", ["tue"])])
    (_first, second) = world.planned().round_document["clients"]
    assert "Too few people?" in text_of(coordinator.get(f"/rounds/{world.round.id}/plan"))
    address = ask(world, coordinator, "advice")
    world.answered()
    answer = coordinator.get(address)
    new, hours = text_of(answer).split("An hour more of somebody", 1)
    assert "Tigrinya" in new
    assert "Eritrea" in new
    assert f'href="/assistants/{assistant.id}/edit"' in answer.get_data(as_text=True)
    assert (f"Assistant A1 Tue, 1 Dec 09:00–10:00 1 client more is met: Client C2 C2 "
            f"+{second['weight']} exactly") in hours


def test_advice_where_everybody_is_served_has_nothing_to_offer(world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.assistant("A1")
    world.planned()
    assert "Too few people?" not in text_of(coordinator.get(f"/rounds/{world.round.id}/plan"))
    address = ask(world, coordinator, "advice")
    world.answered()
    assert text_of(coordinator.get(address)).count("Nothing that was tried serves more.") == 2
