"""A calendar that is fetched again: what has not changed is neither rendered nor read."""
from __future__ import annotations

from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_assistant, make_client
from tests.web.conftest import NOW
from web.models import Appointment, Assistant, FeedRendering, Office, User, db
from web.render import feed
from web.services import feeds
from web.services.transactions import transaction

MANY = 5000


def subscribe(assistant: Assistant, user: User) -> str:
    db.session.commit()
    secret = feeds.subscribe(assistant_id=assistant.id, label="phone", user_id=user.id, now=NOW)[1]
    return f"/calendars/{secret}.ics"


def rendered() -> int:
    """How many events have been rendered in this process so far."""
    return feed._event.cache_info().misses


def test_h2_an_unchanged_poll_neither_renders_nor_reads_the_calendar(
        app: Flask, user: User, anonymous: Browser) -> None:
    appointment = make_appointment()
    address = subscribe(appointment.assistant, user)
    etag = anonymous.get(address).headers["ETag"]
    with transaction() as session:  # what is kept is not looked at
        session.query(FeedRendering).one().body = b"another"
    before, asked = rendered(), []
    listener = lambda *told: asked.append(told[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        answer = anonymous.get(address, headers={"If-None-Match": etag})
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert (answer.status_code, answer.data, rendered() - before) == (304, b"", 0)
    assert [statement for statement in asked if "feed_renderings.body" in statement] == []
    assert [statement for statement in asked if "FROM appointments" in statement] == []


def test_h2_a_condition_that_does_not_hold_gets_no_empty_calendar(
        app: Flask, user: User, anonymous: Browser) -> None:
    address = subscribe(make_appointment().assistant, user)
    etag = anonymous.get(address).headers["ETag"]
    both = anonymous.get(address, headers={"If-None-Match": etag, "If-Match": etag})
    assert both.data == anonymous.get(address).data


def test_an_edit_of_one_appointment_renders_one_event(app: Flask, user: User, anonymous: Browser) -> None:
    assistant = make_assistant()
    made = [make_appointment(assistant=assistant, client=make_client(code=f"C-{number}"),
                             starts_at=NOW + timedelta(days=number)) for number in range(1, 9)]
    address = subscribe(assistant, user)
    before, first = rendered(), anonymous.get(address).data
    whole = rendered()
    with transaction():
        made[3].client.code = "C-40"
    second = anonymous.get(address).data
    assert (whole - before, rendered() - whole) == (8, 1)
    assert second == first.replace(b"SUMMARY:C-4\r\n", b"SUMMARY:C-40\r\n")


def entry(**fields: Any) -> feed.Entry:
    return feed.Entry(**{
        "uid": "1@example.org", "sequence": 1, "revised_at": NOW, "created_at": NOW, "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=1), "cancelled": False, "code": "C-1", "first_name": "Zahra",
        "place": "Office", "address": "Nemanjina 1", **fields})


@pytest.mark.parametrize(("name", "value"), [
    ("uid", "2@example.org"), ("sequence", 2), ("revised_at", NOW + timedelta(seconds=1)),
    ("created_at", NOW + timedelta(seconds=1)), ("starts_at", NOW - timedelta(hours=1)),
    ("ends_at", NOW + timedelta(hours=2)), ("cancelled", True), ("code", "C-2"), ("place", "Library"),
    ("address", "Knez Mihailova 1")])
def test_what_is_kept_of_an_event_is_used_for_no_other(name: str, value: Any, app: Flask) -> None:
    kept = feed._event(entry(), "Europe/Belgrade", "en", False)
    assert feed._event(entry(**{name: value}), "Europe/Belgrade", "en", False) != kept
    assert feed._event(entry(), "Europe/Belgrade", "en", False) == kept


def test_what_is_kept_of_an_event_is_used_in_no_other_zone_language_or_manner(office: Office) -> None:
    office.first_name_in_feed = True
    assistant, shown = make_assistant(), [entry(cancelled=True)]
    bodies = []
    for zone in ("Europe/Belgrade", "Europe/London"):
        for language in ("en", "sr"):
            for first_name in (True, False):
                office.timezone, assistant.mail_language = zone, language
                assistant.first_name_in_feed = first_name
                bodies.append(feed.render(office, assistant, shown)[-600:])  # without the calendar's own name
    assert len(set(bodies)) == 8


@pytest.mark.long
def test_a_feed_of_five_thousand_that_is_kept_is_answered_within_twenty_milliseconds(
        app: Flask, user: User, anonymous: Browser) -> None:
    one = make_appointment(state="cancelled")
    same = {name: getattr(one, name) for name in
            ("office_id", "round_id", "client_id", "assistant_id", "need_id", "place_id", "state", "sequence",
             "revised_at", "created_at")}
    starts = [NOW + timedelta(minutes=30 * number) for number in range(1, MANY)]
    with transaction() as session:
        session.execute(insert(Appointment), [
            {**same, "uid": f"{number}@localhost", "token_hash": str(number), "starts_at": start,
             "ends_at": start + timedelta(minutes=30)} for number, start in enumerate(starts)])
    address = subscribe(one.assistant, user)
    assert anonymous.get(address).data.count(b"BEGIN:VEVENT") == MANY
    spent = []
    for _poll in range(20):
        begun = process_time()
        answer = anonymous.get(address)
        spent.append(process_time() - begun)
    assert answer.status_code == 200
    assert min(spent) < 0.020, spent
