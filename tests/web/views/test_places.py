"""A coordinator's way through the pages of places."""
from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.builders import make_place
from web.models import Place, db

FORM = {"code": "office", "name": "Info Point", "address": "Nemanjina 1, Beograd",
        "directions-en": "Second floor", "directions-fa": ""}


def the_place() -> Place:
    db.session.expire_all()
    return db.session.scalars(select(Place)).one()


def test_a_place_is_added_and_edited_under_its_code(coordinator: Browser) -> None:
    assert coordinator.post("/places/new", data=FORM).status_code == 303
    coordinator.post(f"/places/{the_place().id}", data={**FORM, "code": "other", "name": "New name"})
    place = the_place()
    assert (place.code, place.name, place.address, place.directions) == (
        "office", "New name", "Nemanjina 1, Beograd", {"en": "Second floor"})


@pytest.mark.parametrize(("field", "value"), [
    ("code", "the office"), ("name", " "), ("name", "x" * 201), ("address", "Asylum Centre, Krnjača"),
    ("directions-sr", "Kod centra za azil"),
])
def test_a_faulty_place_is_refused_at_its_field(coordinator: Browser, field: str, value: str) -> None:
    answer = coordinator.post("/places/new", data={**FORM, field: value})
    marked = re.findall(r'class="error" id="f-([\w-]+)-error"', answer.get_data(as_text=True))
    assert (answer.status_code, marked, db.session.scalars(select(Place)).all()) == (422, [field], [])


def test_two_places_cannot_have_one_code(coordinator: Browser) -> None:
    make_place(code="office")
    assert coordinator.post("/places/new", data=FORM).status_code == 422


def test_an_ended_place_is_offered_no_longer(coordinator: Browser) -> None:
    place = make_place(code="library")
    assert "@ library" in coordinator.get("/clients/new").get_data(as_text=True)
    coordinator.post(f"/places/{place.id}/active", data={"active": "0"})
    assert "@ library" not in coordinator.get("/clients/new").get_data(as_text=True)
    assert the_place().active is False
