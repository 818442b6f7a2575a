"""A coordinator's way through the pages of clients."""
from __future__ import annotations

import html
import re
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from tests.web.browser import Browser
from tests.web.builders import (
    make_appointment,
    make_assistant,
    make_client,
    make_need,
    make_place,
    make_topic,
)
from tests.web.conftest import NOW
from web.models import AuditEntry, Client, Office, User, WeeklyHours, db
from web.services import catalogue, people_form
from web.services.clients import get_client
from web.services.people_rows import client_data, load_directory

FORM = {
    "name": "Nour Darwish", "gender": "female", "origin": "SY", "languages-0-code": "apc",
    "languages-0-level": "native", "languages-3-code": "sr", "languages-3-level": "A2", "weight": "3",
    "hours": "Mon–Thu 9–13\nFri 9-10 @ office", "off-0-day": "2026-12-08", "needs-1-topic": "bank-account",
    "needs-1-by": "2026-12-18", "origin_wish": "prefer-same", "gender_wish": "none", "max_per_day": "1",
}


@pytest.fixture(autouse=True)
def _topic_and_place(office: Office) -> None:
    make_topic(code="bank-account")
    make_place(code="office")


def text_of(page: str) -> str:
    main = page[page.index("<main"):]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def the_client() -> Client:
    db.session.expire_all()
    return db.session.scalars(select(Client)).one()


def form_of(client: Client) -> MultiDict[str, str]:
    form = people_form.client_form(client_data(client, load_directory(db.session())))
    form["version"] = str(client.version)
    return form


def test_a_client_is_added_from_a_form(coordinator: Browser) -> None:
    answer = coordinator.post("/clients/new", data=FORM)
    client = the_client()
    assert (answer.status_code, answer.location) == (303, f"/clients/{client.id}")
    assert (client.code, client.languages, client.mail_language, client.weight) == (
        "C-1", {"apc": "native", "sr": "A2"}, "ar", 3)
    assert [(need.topic.code, need.by) for need in client.needs] == [("bank-account", date(2026, 12, 18))]
    assert [(row.weekdays, row.place_id) for row in client.weekly_hours] == [
        (["mon", "tue", "wed", "thu"], None), (["fri"], 1)]
    assert [(row.day, row.available) for row in client.dated_hours] == [(date(2026, 12, 8), False)]


@pytest.mark.parametrize(("hours", "refused"), [
    ("28.3.2027 02:30-10:00", True), ("31.10.2027 01:00-02:30", True), ("28.3.2027 03:00-10:00", False)])
def test_t5_a_day_on_which_time_begins_or_ends_while_the_clocks_change_is_refused(
        coordinator: Browser, hours: str, refused: bool) -> None:
    answer = coordinator.post("/clients/new", data={**FORM, "hours": hours})
    assert (answer.status_code, "the clocks change then" in answer.text) == (
        (422, True) if refused else (303, False))


def test_a_faulty_form_comes_back_with_all_that_was_typed(coordinator: Browser) -> None:
    answer = coordinator.post("/clients/new", data={**FORM, "email": "nour@example", "hours": "Mon 14-9",
                                                    "needs-1-minutes": "45"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, db.session.scalars(select(Client)).all()) == (422, [])
    assert re.findall(r'<p class="error" id="([^"]+)"', page) == [
        "f-email-error", "f-needs-1-minutes-error", "f-hours-error"]
    values = dict(re.findall(r'<input [^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    assert [values[name] for name in ("name", "email", "needs-1-minutes", "off-0-day")] == [
        "Nour Darwish", "nour@example", "45", "2026-12-08"]
    assert re.findall(r'<option value="([^"]+)" selected', page) == ["SY", "apc", "native", "sr", "A2",
                                                                    "bank-account"]


def test_a_check_shows_what_was_understood_and_saves_nothing(coordinator: Browser) -> None:
    answer = coordinator.post("/clients/new", data={**FORM, "preview": "1"})
    assert (answer.status_code, db.session.scalars(select(Client)).all()) == (200, [])
    assert ("Understood as: Monday to Thursday, 09:00–13:00 Friday, 09:00–10:00 (at office) "
            "Not on Tue, 8 Dec 2026") in text_of(answer.get_data(as_text=True))


def test_an_unchanged_form_changes_nothing(coordinator: Browser) -> None:
    coordinator.post("/clients/new", data=FORM)
    client = the_client()
    before = (client.version, client_data(client, load_directory(db.session())))
    answer = coordinator.post(f"/clients/{client.id}/edit", data=form_of(client))
    client = the_client()
    assert answer.status_code == 303
    assert (client.version, client_data(client, load_directory(db.session()))) == before


def test_the_second_editor_sees_what_differs_and_decides(coordinator: Browser, user: User) -> None:
    coordinator.post("/clients/new", data=FORM)
    client = the_client()
    mine, theirs = form_of(client), form_of(client)
    theirs["remarks"] = "called on Monday"
    mine["first_name"] = "Nora"
    coordinator.post(f"/clients/{client.id}/edit", data=theirs)
    answer = coordinator.post(f"/clients/{client.id}/edit", data=mine)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, the_client().remarks) == (409, "called on Monday")
    assert "Mira changed this record after you opened it." in page
    rows = re.findall(r'<th scope="row">(.*?)</th><td><bdi>(.*?)</bdi></td><td><bdi>(.*?)</bdi>', page)
    assert rows == [("First name", "Nora", "Nour"), ("Remarks", "", "called on Monday")]
    mine["version"] = re.findall(r'name="version" value="(\d+)"', page)[0]
    mine["remarks"] = "called on Monday"
    assert coordinator.post(f"/clients/{client.id}/edit", data=mine).status_code == 303
    assert (the_client().first_name, the_client().remarks) == ("Nora", "called on Monday")


def test_an_edit_without_a_version_overwrites_nothing(coordinator: Browser) -> None:
    coordinator.post("/clients/new", data=FORM)
    answer = coordinator.post(f"/clients/{the_client().id}/edit", data={**FORM, "remarks": "x"})
    assert (answer.status_code, the_client().remarks) == (409, "")


def test_fields_that_no_form_has_are_ignored(coordinator: Browser) -> None:
    coordinator.post("/clients/new", data={**FORM, "office_id": "2", "id": "77", "ended_on": "2026-01-01",
                                           "created_at": "2001-01-01"})
    client = the_client()
    assert (client.id, client.office_id, client.ended_on, client.created_at) == (1, 1, None, NOW)


def test_a_record_shows_needs_wishes_hours_and_mails(coordinator: Browser) -> None:
    client = make_client(name="Nour Darwish", gender_wish="require-female",
                         previous_assistant=make_assistant(name="Rasha"))
    make_appointment(need=make_need(client), state="confirmed")
    text = text_of(coordinator.get(f"/clients/{client.id}").get_data(as_text=True))
    assert "Gender of the assistant Only a woman: otherwise nobody Had this assistant before Rasha" in text
    assert "Mon, 30 Nov 2026, 10:00 Bank account Nadia Karimi Office confirmed" in text
    assert "No time is given: no round can plan anything." in text


@pytest.mark.parametrize(("email", "way"), [
    ("nour@example.org", "By mail"), ("", "By people: a card, or the telephone"),
])
def test_a_record_says_how_a_client_is_really_told(coordinator: Browser, email: str, way: str) -> None:
    client = make_client(channel="mail", email=email)
    text = text_of(coordinator.get(f"/clients/{client.id}").get_data(as_text=True))
    assert f"How they are told {way}" in text


def test_whoever_opens_a_record_is_noted(coordinator: Browser) -> None:
    client = make_client()
    coordinator.get(f"/clients/{client.id}")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.user_id) == ("client.read", f"client:{client.id}", 1)


def test_names_cannot_bring_markup_into_a_page(coordinator: Browser) -> None:
    client = make_client(name="<script>alert(1)</script>", remarks="<b>", code="<i>")
    pages = "".join(coordinator.get(path).get_data(as_text=True) for path in (
        "/clients", f"/clients/{client.id}", f"/clients/{client.id}/edit", f"/clients/{client.id}/end"))
    assert re.findall(r"<script>|<b>|<i>", pages) == []


def test_a_client_of_another_office_is_like_none(coordinator: Browser) -> None:
    office = Office(name="Other", public_name="Other", levels=[])
    db.session.add(office)
    db.session.flush()
    foreign = make_client(name="Secret Canary")
    db.session.commit()
    # The session guards itself against such a change, hence past it.
    db.session.execute(update(Client).where(Client.id == foreign.id).values(office_id=office.id),
                       execution_options={"all_offices": True, "synchronize_session": False})
    db.session.commit()
    answers = []
    for number in (foreign.id, 999):
        for path in (f"/clients/{number}", f"/clients/{number}/edit", f"/clients/{number}/end"):
            answers.append(coordinator.get(path))
        answers += [coordinator.post(f"/clients/{number}/edit", data=FORM),
                    coordinator.post(f"/clients/{number}/end", data={"day": "2026-12-01"}),
                    coordinator.post(f"/clients/{number}/reopen")]
    assert {answer.status_code for answer in answers} == {404}
    assert "Canary" not in "".join(answer.get_data(as_text=True) for answer in answers)
    assert "Canary" not in coordinator.get("/clients?status=all").get_data(as_text=True)


def test_ending_a_client_shows_what_is_still_to_come(coordinator: Browser) -> None:
    appointment = make_appointment()
    address = f"/clients/{appointment.client_id}/end"
    assert "1 appointment is still to come Mon, 30 Nov 2026, 10:00 · Bank account · Nadia Karimi" in text_of(
        coordinator.get(address).get_data(as_text=True))
    answer = coordinator.post(address, data={"day": "2026-11-23", "cancel": "1"})
    db.session.expire_all()
    assert (answer.status_code, appointment.state, get_client(appointment.client_id).ended_on) == (
        303, "cancelled", date(2026, 11, 23))


@pytest.mark.parametrize("day", ["", "soon"])
def test_an_end_needs_a_day(coordinator: Browser, day: str) -> None:
    client = make_client()
    assert coordinator.post(f"/clients/{client.id}/end", data={"day": day}).status_code == 422
    assert the_client().ended_on is None


def test_an_ended_client_is_reopened_from_the_record(coordinator: Browser) -> None:
    client = make_client(ended_on=NOW.date() - timedelta(days=1))
    assert "ended" in text_of(coordinator.get(f"/clients/{client.id}").get_data(as_text=True))
    coordinator.post(f"/clients/{client.id}/reopen")
    assert the_client().ended_on is None


def test_a_list_keeps_its_filter_from_page_to_page(coordinator: Browser) -> None:
    for _ in range(51):
        make_client(name="Nour")
    page = coordinator.get("/clients?text=nour&sort=code").get_data(as_text=True)
    assert re.findall(r'rel="next" href="([^"]+)"', page) == ["/clients?text=nour&amp;sort=code&amp;page=2"]
    assert "51 clients found." in page


@pytest.mark.parametrize(("field", "value"), [
    ("off-0-from", "09:00+02:00"), ("off-0-day", "2026-W49-2"), ("off-0-reason", "x" * 9999),
    ("needs-1-id", "99999999999999999999"), ("needs-1-minutes", "1e3"), ("languages-3-level", "B9"),
    ("weight", "-1"), ("hours", "Mon 9-13\n" * 5000), ("hours", "\x00"), ("name", "\x00\r\nBcc: x"),
    ("places", "'; DROP TABLE clients; --"), ("own_cultures", "1"), ("cultures", "<b>"), ("version", "x"),
    ("registered_on", "0000-00-00"), ("phone", "+" * 500), ("email", "a" * 5000 + "@example.org"),
])
def test_whatever_a_form_holds_is_answered_with_a_page(coordinator: Browser, field: str, value: str) -> None:
    answer = coordinator.post("/clients/new", data={**FORM, "own_cultures": "1", field: value})
    assert answer.status_code in (303, 422)
    for client in db.session.scalars(select(Client)):
        assert (client.name.isprintable(), set(client.cultures) <= set(catalogue.cultures())) == (True, True)


@pytest.mark.parametrize("things", ["clients", "assistants", "topics", "places"])
def test_a_number_beyond_all_numbers_is_nobody(coordinator: Browser, things: str) -> None:
    assert coordinator.get(f"/{things}/99999999999999999999").status_code == 404


@pytest.mark.parametrize("language", ["en", "sr", "fr", "ar", "fa"])
def test_every_page_comes_in_every_language(coordinator: Browser, language: str) -> None:
    make_appointment()
    make_client(weekly_hours=[WeeklyHours(weekdays=["mon"], start=time(9), end=time(13))])
    for path in ("/clients", "/clients/new", "/clients/1", "/clients/2", "/clients/1/edit", "/clients/1/end",
                 "/assistants", "/assistants/new", "/assistants/1", "/assistants/1/edit", "/assistants/1/end",
                 "/topics", "/topics/new", "/topics/1", "/places", "/places/new", "/places/1"):
        answer = coordinator.get(f"{path}?lang={language}")
        direction = re.findall(r'<html[^>]* dir="(\w+)"', answer.get_data(as_text=True))
        assert (path, answer.status_code, direction) == (
            path, 200, ["rtl" if language in ("ar", "fa") else "ltr"])
