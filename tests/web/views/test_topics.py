"""A coordinator's way through the pages of topics."""
from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.builders import make_need, make_topic
from tests.web.views.test_clients import text_of
from web.models import AuditEntry, Topic, db

FORM = {"code": "bank-account", "minutes": "60", "windows": "Mon–Fri 9–15\nSat 10:00-00:00",
        "names-en": "Bank account", "names-sr": "Račun u banci", "bring-en": "Passport\n\n Telephone ",
        "bring-fa": ""}


def the_topic() -> Topic:
    db.session.expire_all()
    return db.session.scalars(select(Topic)).one()


def test_a_topic_is_added_with_names_windows_and_what_to_bring(coordinator: Browser) -> None:
    assert coordinator.post("/topics/new", data=FORM).status_code == 303
    topic = the_topic()
    assert (topic.code, topic.minutes, topic.active) == ("bank-account", 60, True)
    assert (topic.names, topic.bring) == (
        {"en": "Bank account", "sr": "Račun u banci"}, {"en": ["Passport", "Telephone"]})
    assert topic.windows == [
        {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "15:00"},
        {"days": ["sat"], "from": "10:00", "to": "24:00"}]


def test_an_edited_topic_keeps_its_code_and_windows(coordinator: Browser) -> None:
    coordinator.post("/topics/new", data=FORM)
    windows = the_topic().windows
    page = coordinator.get(f"/topics/{the_topic().id}").get_data(as_text=True)
    written = re.findall(r'<textarea id="f-windows"[^>]*>([^<]*)<', page)[0]
    coordinator.post(f"/topics/{the_topic().id}",
                     data={**FORM, "windows": written, "code": "other", "minutes": "90"})
    assert (the_topic().code, the_topic().minutes, the_topic().windows) == ("bank-account", 90, windows)


@pytest.mark.parametrize(("field", "value"), [
    ("code", "Bank account"), ("minutes", "45"), ("minutes", ""), ("windows", "2026-12-08 9:00-15:00"),
    ("windows", "Mon 9:10-15:00"), ("windows", "whenever"), ("names-en", ""),
    ("names-sr", "Azil i izbeglice"),
    ("names-ar", "طلب اللجوء"), ("bring-en", "Passport\nAsylum card"),
])
def test_a_faulty_topic_is_refused_at_its_field(coordinator: Browser, field: str, value: str) -> None:
    answer = coordinator.post("/topics/new", data={**FORM, field: value})
    marked = re.findall(r'class="error" id="f-([\w-]+)-error"', answer.get_data(as_text=True))
    assert (answer.status_code, marked, db.session.scalars(select(Topic)).all()) == (422, [field], [])


def test_two_topics_cannot_have_one_code(coordinator: Browser) -> None:
    make_topic(code="bank-account")
    assert coordinator.post("/topics/new", data=FORM).status_code == 422


def test_an_ended_topic_is_offered_no_longer(coordinator: Browser) -> None:
    topic = make_topic(code="bank-account", names={"en": "Opening an account"})
    offered = '<option value="bank-account">'
    assert offered in coordinator.get("/clients/new").get_data(as_text=True)
    coordinator.post(f"/topics/{topic.id}/active", data={"active": "0"})
    assert offered not in coordinator.get("/clients/new").get_data(as_text=True)
    coordinator.post(f"/topics/{topic.id}/active", data={"active": "1"})
    assert offered in coordinator.get("/clients/new").get_data(as_text=True)
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    assert [entry.action for entry in entries] == ["topic.ended", "topic.reopened"]


def test_a_need_keeps_an_ended_topic(coordinator: Browser) -> None:
    need = make_need(topic=make_topic(code="bank-account", active=False))
    page = coordinator.get(f"/clients/{need.client_id}/edit").get_data(as_text=True)
    assert '<option value="bank-account" selected>' in page


def test_the_list_tells_hours_and_open_needs(coordinator: Browser) -> None:
    topic = make_topic(windows=[{"days": ["mon"], "from": "09:00", "to": "24:00"}])
    make_need(topic=topic)
    make_need(topic=topic, state="done")
    assert "Bank account 60 Monday, 09:00–24:00 1 en: nothing to bring sr missing" in text_of(
        coordinator.get("/topics").get_data(as_text=True))
