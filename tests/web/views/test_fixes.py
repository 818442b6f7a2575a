"""What would help whom a plan leaves out, beside the reasons on the plan's page."""
from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.a_round import MONDAY, World, local, weekly
from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_place
from web.models import Question, db


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def page_of(world: World, coordinator: Browser) -> str:
    return coordinator.get(f"/rounds/{world.round.id}/plan").get_data(as_text=True)


def helps(page: str) -> list[str]:
    """Each fix as a person reads it."""
    found = re.findall(r'<ul class="fixes">(.*?)</ul>', page, re.DOTALL)
    fixes = [fix for one in found for fix in re.findall(r"<li>(.*?)</li>", one, re.DOTALL)]
    return [" ".join(re.sub(r"<[^>]+>", " ", re.sub(r"</?(bdi|span)[^>]*>", "", fix)).split())
            for fix in fixes]


def left_out(world: World) -> None:
    """Plan the round here, and work out what would help."""
    world.planned()
    world.answered()


def test_one_client_more_of_an_assistant_would_help(world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.client("C2")
    assistant = world.assistant("A1", max_clients=1)
    left_out(world)
    page = page_of(world, coordinator)
    assert helps(page)[0] == "If Assistant A1 took 1 client more. Change Assistant A1"
    assert "If <bdi>Assistant A1</bdi> took 1 client more." in page
    assert f'href="/assistants/{assistant.id}/edit"' in page
    assert coordinator.get(f"/assistants/{assistant.id}/edit").status_code == 200


def test_another_time_of_the_client_would_help(world: World, coordinator: Browser) -> None:
    client = world.client("C1", weekly_hours=[weekly("18:00", "20:00", ["mon"])])
    world.assistant("A1", weekly_hours=[weekly("09:00", "10:00", ["tue"])])
    left_out(world)
    page = page_of(world, coordinator)
    assert ("If the client could also come at this time: Tue, 1 Dec 09:00–10:00 Change Client C1"
            in helps(page))
    assert f'href="/clients/{client.id}/edit"' in page


def test_another_place_at_a_time_of_the_client_would_help(world: World, coordinator: Browser) -> None:
    centre = make_place(code="centre", name="Reception centre")
    client = world.client("C1", weekly_hours=[weekly("09:00", "10:00", ["mon"], place=centre)])
    world.assistant("A1", weekly_hours=[weekly("09:00", "10:00", ["mon"], place=world.place)])
    left_out(world)
    page = page_of(world, coordinator)
    said = "If the client could also come to Info Point. Mon, 30 Nov 09:00–10:00 Change Client C1"
    assert helps(page)[0] == said
    assert f'href="/clients/{client.id}/edit"' in page


def test_a_required_origin_is_the_clients_to_give_up_and_a_required_gender_is_never_asked_for(
        world: World, coordinator: Browser) -> None:
    world.client("C1", origin="SY", origin_wish="require-same", gender_wish="require-male")
    world.client("C2", origin="SY", origin_wish="require-same")
    world.assistant("A1", gender="female")
    left_out(world)
    first, second = page_of(world, coordinator).split('id="client-C2"')
    wish = "If somebody of the same country were a wish and no condition. Only the client can say so."
    assert f"{wish} Change Client C2" in helps(second)
    (recruit,) = helps(first)
    assert recruit.startswith("A new assistant who speaks Persian (Farsi) (male, from Syria), with time")
    assert "Add an assistant" in recruit


def test_somebody_new_for_whoever_needs_another_country_may_be_from_any_other(
        world: World, coordinator: Browser) -> None:
    world.client("C1", origin="SY", origin_wish="require-different")
    world.assistant("A1", origin="SY")
    left_out(world)
    (recruit,) = helps(page_of(world, coordinator))
    assert recruit.startswith(
        "A new assistant who speaks Persian (Farsi) (female, from any country but Syria), with time then:")
    assert recruit.endswith("Add an assistant")


def test_hours_at_which_the_assistant_is_elsewhere_are_not_asked_for(
        world: World, coordinator: Browser) -> None:
    world.client("C1", weekly_hours=[weekly("09:00", "10:00", ["mon"])])
    busy = world.assistant("A1", weekly_hours=[weekly("12:00", "13:00", ["mon"])])
    left_out(world)
    asked = "If Assistant A1 were there also at this time: Mon, 30 Nov 09:00–10:00"
    assert any(asked in one for one in helps(page_of(world, coordinator)))
    outside = world.client("C9", needs=0, ended_on=MONDAY)  # so that the appointment is left alone
    make_appointment(client=outside, assistant=busy, starts_at=local(0, "09:00"), ends_at=local(0, "10:00"))
    db.session.commit()
    assert not any(asked in one for one in helps(page_of(world, coordinator)))


def test_what_was_worked_out_is_marked_once_something_has_changed(
        world: World, coordinator: Browser) -> None:
    world.client("C1")
    world.client("C2")
    assistant = world.assistant("A1", max_clients=1)
    left_out(world)
    said = "Something has changed since: solve again"
    assert said not in page_of(world, coordinator)
    assistant.max_clients = 2
    db.session.commit()
    assert said in page_of(world, coordinator)


def test_the_plan_does_not_wait_and_what_was_not_worked_out_is_asked_for_again(
        world: World, coordinator: Browser) -> None:
    world.client("C1", languages={"ti": "native"})
    world.assistant("A1")
    world.planned()
    page = page_of(world, coordinator)
    assert "What would help is being worked out." in page
    (address,) = re.findall('data-progress="(.*?)"', page)
    heard = coordinator.get(address).get_json()
    assert heard["active"]
    assert "What would help is being worked out." in heard["html"]
    assert coordinator.get(f"/rounds/{world.round.id}/publish").status_code == 200
    row = db.session.scalars(select(Question)).one()
    coordinator.post(f"/rounds/{world.round.id}/questions/{row.id}/stop")
    assert "was not worked out to the end" in page_of(world, coordinator)
    coordinator.post(f"/rounds/{world.round.id}/questions/fixes")
    world.answered()
    assert not coordinator.get(address).get_json()["active"]
    page = page_of(world, coordinator)
    assert helps(page) != []
    assert "data-progress" not in page


def test_an_earlier_version_offers_nothing(world: World, coordinator: Browser) -> None:
    world.client("C1", languages={"ti": "native"})
    world.assistant("A1")
    left_out(world)
    left_out(world)
    earlier = coordinator.get(f"/rounds/{world.round.id}/plan?version=1").get_data(as_text=True)
    assert "What would help" not in earlier
    assert helps(page_of(world, coordinator)) != []


def test_names_bring_no_markup_into_what_would_help(world: World, coordinator: Browser) -> None:
    world.client("C1", name="<b>bold</b>")
    world.client("C2", name="<b>bold</b>")
    world.assistant("A1", name="<i>slanted</i>", max_clients=1)
    left_out(world)
    page = page_of(world, coordinator)
    assert "&lt;i&gt;slanted&lt;/i&gt;" in page
    assert "<i>slanted" not in page
    assert "<b>bold" not in page
