"""A coordinator's way through the pages of assistants."""
from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_assistant, make_topic
from tests.web.conftest import NOW
from tests.web.views.test_clients import text_of
from web.models import Assistant, FeedToken, Office, db
from web.services import feeds, people_form, people_words
from web.services.people_rows import assistant_data

FORM = {
    "name": "Reza Moradi", "gender": "male", "origin": "IR", "languages-0-code": "fa",
    "languages-0-level": "native", "hours": "Mon-Thu 9:00-15:00", "all_topics": "some",
    "topics": ["bank-account"], "accepts_genders": ["female", "other"], "max_clients": "12",
    "max_minutes_per_week": "7,5", "max_minutes_per_day": "", "buffer_minutes": "15", "tells_own_story": "1",
}


@pytest.fixture(autouse=True)
def _topic(office: Office) -> None:
    make_topic(code="bank-account")


def the_assistant() -> Assistant:
    db.session.expire_all()
    return db.session.scalars(select(Assistant)).one()


def test_an_assistant_is_added_from_a_form(coordinator: Browser) -> None:
    answer = coordinator.post("/assistants/new", data=FORM)
    row = the_assistant()
    assert (answer.status_code, answer.location) == (303, f"/assistants/{row.id}")
    assert (row.code, row.all_topics, [topic.code for topic in row.topics], row.accepts_genders) == (
        "A-1", False, ["bank-account"], ["female", "other"])
    assert (row.max_clients, row.max_minutes_per_week, row.max_minutes_per_day, row.buffer_minutes,
            row.tells_own_story) == (12, 450, None, 15, True)


@pytest.mark.parametrize(("spoken", "chosen", "language"), [
    ("rn", "", "rn"), ("prs", "", "prs"), ("ln", "", "en"), ("rn", "fr", "fr"), ("prs", "ti", "ti")])
def test_an_assistant_is_written_to_in_what_they_speak_unless_another_language_is_chosen(
        coordinator: Browser, spoken: str, chosen: str, language: str) -> None:
    coordinator.post("/assistants/new", data={**FORM, "languages-0-code": spoken, "mail_language": chosen})
    assert the_assistant().mail_language == language


def test_an_unchanged_form_changes_nothing(coordinator: Browser) -> None:
    coordinator.post("/assistants/new", data=FORM)
    row = the_assistant()
    form = people_form.assistant_form(assistant_data(row))
    form["version"] = str(row.version)
    before = (row.version, assistant_data(row))
    assert coordinator.post(f"/assistants/{row.id}/edit", data=form).status_code == 303
    assert (the_assistant().version, assistant_data(the_assistant())) == before


@pytest.mark.parametrize(("field", "value"), [
    ("max_clients", "many"), ("max_minutes_per_week", "200"), ("buffer_minutes", "999"), ("origin", ""),
])
def test_a_faulty_form_saves_nothing(coordinator: Browser, field: str, value: str) -> None:
    answer = coordinator.post("/assistants/new", data={**FORM, field: value})
    assert (answer.status_code, f'id="f-{field}-error"' in answer.get_data(as_text=True)) == (422, True)
    assert db.session.scalars(select(Assistant)).all() == []


def test_a_form_without_topics_says_so(coordinator: Browser) -> None:
    answer = coordinator.post("/assistants/new", data={**FORM, "topics": []})
    assert "Choose at least one topic, or all of them." in answer.get_data(as_text=True)


def test_ending_an_assistant_closes_the_calendar_and_cancels(coordinator: Browser) -> None:
    appointment = make_appointment()
    db.session.commit()
    feeds.subscribe(assistant_id=appointment.assistant_id, label="phone", user_id=1, now=NOW)
    address = f"/assistants/{appointment.assistant_id}/end"
    assert "1 appointment is still to come" in text_of(coordinator.get(address).get_data(as_text=True))
    coordinator.post(address, data={"day": "2026-11-23", "cancel": "1"})
    db.session.expire_all()
    assert (appointment.state, appointment.cancel_reason) == ("cancelled", "assistant-unavailable")
    assert db.session.scalars(select(FeedToken)).one().revoked_at == NOW
    assert the_assistant().ended_on == date(2026, 11, 23)


def test_an_ended_assistant_is_reopened(coordinator: Browser) -> None:
    row = make_assistant(ended_on=date(2026, 11, 1))
    coordinator.post(f"/assistants/{row.id}/reopen")
    assert the_assistant().ended_on is None


def test_a_record_shows_work_and_appointments(coordinator: Browser) -> None:
    appointment = make_appointment(assistant=make_assistant(max_minutes_per_week=450, max_clients=0))
    text = text_of(coordinator.get(f"/assistants/{appointment.assistant_id}").get_data(as_text=True))
    assert "Clients in a round at most 0 Hours a week at most 7.5 Hours a day at most no limit" in text
    assert "Mon, 30 Nov 2026, 10:00 Bank account Zahra Ahmadi Office waits for an answer" in text


def test_every_field_of_both_forms_has_a_name_in_words(coordinator: Browser) -> None:
    pages = [coordinator.get(path).get_data(as_text=True) for path in ("/clients/new", "/assistants/new")]
    names = {name for page in pages for name in re.findall(r' name="([^"]+)"', page)}
    assert {name for name in names if people_words.field_label(name) == name} == {
        "csrf_token", "viewport", "referrer", "color-scheme", "save", "preview"}
