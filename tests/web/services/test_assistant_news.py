"""What changes within a day goes to the assistant by mail: once, with what their calendar may show."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from tests.web.services.delivering import Post, cancel, move, post, server
from tests.web.smtp import Fault, MailServer
from web.models import TO_ASSISTANTS, Appointment, Assistant, Message, Notice, Office, db
from web.services import appointments, assistants
from web.services.transactions import transaction

__all__ = ["post", "server"]
HOUR = timedelta(hours=1)


@pytest.fixture
def assistant(app: Flask) -> Assistant:
    return make_assistant(first_name="Nadia")


def book(assistant: Assistant, *, hours: float, booked: timedelta = timedelta(0),
         **client: Any) -> Appointment:
    """An appointment so many hours from now, made `booked` before now."""
    with transaction() as session:
        return appointments.book(
            session, round=make_round(), need=make_need(make_client(**client)),
            assistant=assistant, place=make_place(name="Library", address="Knez Mihailova 1"),
            starts_at=NOW + hours * HOUR, ends_at=NOW + (hours + 1) * HOUR, now=NOW - booked)


def hand_to(appointment: Appointment, other: Assistant) -> None:
    with transaction() as session:
        appointments.revise(
            session, appointment, round=make_round(), assistant=other, place=appointment.place,
            starts_at=appointment.starts_at, ends_at=appointment.ends_at, now=NOW)


def letters() -> list[tuple[str, str]]:
    """The mails to assistants: what they are, and their state."""
    db.session.expire_all()
    return [(row.kind.removeprefix("assistant-"), row.state) for row in db.session.scalars(
        select(Message).where(Message.kind.in_(TO_ASSISTANTS)).order_by(Message.id))]


def received(server: MailServer) -> list[tuple[str, str]]:
    """What reached the assistant: subject and text."""
    return [(str(mail.message["Subject"]), mail.message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
            for mail in server.received if mail.recipient == "nadia@example.org"]


@pytest.mark.parametrize(("hours", "expected"), [(0.1, 1), (24, 1), (24.1, 0), (200, 0)])
def test_what_is_new_within_a_day_is_told_and_what_is_later_the_calendar_shows(
        assistant: Assistant, hours: float, expected: int) -> None:
    book(assistant, hours=hours)
    assert letters() == [("new", "queued")] * expected


@pytest.mark.parametrize(("hours", "by", "expected"), [
    (10, 2, 1), (10, 100, 1), (100, -90, 1), (100, 5, 0)], ids=str)
def test_a_move_is_told_when_the_old_or_the_new_time_is_within_a_day(
        assistant: Assistant, hours: float, by: int, expected: int) -> None:
    move(book(assistant, hours=hours, booked=200 * HOUR), by=by * HOUR)
    assert letters() == [("moved", "queued")] * expected


def test_a_cancellation_is_told(assistant: Assistant) -> None:
    cancel(book(assistant, hours=10, booked=200 * HOUR))
    assert letters() == [("cancelled", "queued")]


def test_k5_the_mail_holds_the_number_and_the_place_and_nothing_else_of_the_client(
        assistant: Assistant, server: MailServer, post: Post) -> None:
    appointment = book(assistant, hours=10, booked=200 * HOUR, code="C-7", name="Canaryname Canarysurname",
                       first_name="Canaryname", phone="+381601234567", email="canary@example.org")
    move(appointment, by=2 * HOUR)
    post.deliver()
    ((subject, text),) = received(server)
    assert subject == "Changed: appointment on Monday, 23 November 2026, 22:00"
    assert text.splitlines() == [
        "Hello Nadia,", "", "your appointment has changed.", "",
        "Old time, no longer valid: Monday, 23 November 2026, from 20:00 to 21:00",
        "When: Monday, 23 November 2026, from 22:00 to 23:00",
        "  (Belgrade time, Central European Standard Time)",
        "Where: Library, Knez Mihailova 1", "With: C-7", "",
        "We write to you because your calendar may not show this in time.",
        "Questions? Call us: +381 11 000 0000",
        "Please do not reply to this mail: nobody reads the answers.", "", "Info Point"]
    octets = next(mail.octets for mail in server.received if mail.recipient == "nadia@example.org")
    assert [word for word in (b"anary", b"381601", b"Bank") if word in octets] == []


def test_k5_the_first_name_stands_there_only_where_the_feed_shows_it(
        assistant: Assistant, office: Office, server: MailServer, post: Post) -> None:
    said = []
    for allowed, chosen in ((True, False), (False, True), (True, True)):
        office.first_name_in_feed, assistant.first_name_in_feed = allowed, chosen
        db.session.commit()
        book(assistant, hours=10, first_name="Zahra")
        post.deliver()
        said.append("With: Zahra" in received(server)[-1][1].splitlines())
    assert said == [False, False, True]


def test_the_mail_speaks_the_assistants_language(
        assistant: Assistant, server: MailServer, post: Post) -> None:
    assistant.mail_language = "ar"
    db.session.commit()
    book(assistant, hours=10)
    post.deliver()
    message = next(mail.message for mail in server.received if mail.recipient == "nadia@example.org")
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert (message["Content-Language"], 'dir="rtl"' in html) == ("ar", True)


def test_an_appointment_that_goes_to_a_colleague_is_off_for_one_and_new_for_the_other(
        assistant: Assistant) -> None:
    hand_to(book(assistant, hours=10, booked=200 * HOUR), make_assistant(email="reza@example.org"))
    told = [(row.kind, row.recipient) for row in db.session.scalars(
        select(Message).where(Message.kind.in_(TO_ASSISTANTS)).order_by(Message.id))]
    assert told == [("assistant-cancelled", "nadia@example.org"), ("assistant-new", "reza@example.org")]


def test_d4_a_later_change_for_the_colleague_does_not_hold_back_the_formers_cancellation(
        assistant: Assistant, server: MailServer, post: Post) -> None:
    appointment = book(assistant, hours=10, booked=200 * HOUR)
    hand_to(appointment, make_assistant(email="reza@example.org"))
    move(appointment, by=HOUR)
    post.deliver()
    assert [subject[:9] for subject, _text in received(server)] == ["Cancelled"]


def test_d4_of_several_changes_one_mail_is_sent_about_all_of_them(
        assistant: Assistant, server: MailServer, post: Post) -> None:
    appointment = book(assistant, hours=10, booked=200 * HOUR)
    for hours in (1, 2, 3):
        move(appointment, by=hours * HOUR)
    post.deliver()
    assert letters() == [("moved", "superseded"), ("moved", "superseded"), ("moved", "sent")]
    ((_subject, text),) = received(server)
    assert ("from 20:00 to 21:00" in text, "Tuesday, 24 November 2026, from 02:00" in text) == (True, True)


def test_d4_a_change_that_is_taken_back_before_its_mail_left_is_not_told(
        assistant: Assistant, server: MailServer, post: Post) -> None:
    appointment = book(assistant, hours=10, booked=200 * HOUR)
    move(appointment, by=HOUR)
    move(appointment, by=-HOUR)
    cancel(book(assistant, hours=5))
    post.deliver()
    assert received(server) == []


def test_d1_a_change_is_told_once_however_often_the_worker_looks(
        assistant: Assistant, server: MailServer, post: Post) -> None:
    book(assistant, hours=10)
    post.deliver()
    post.later(HOUR)
    assert len(received(server)) == 1


def test_a_mail_that_is_refused_is_shown_and_holds_up_no_mail_to_the_client(
        assistant: Assistant, server: MailServer, post: Post) -> None:
    server.faults.extend([None, Fault("RCPT", "550 no such user")])
    book(assistant, hours=10)
    post.deliver()
    db.session.expire_all()
    assert [(row.kind, row.state) for row in db.session.scalars(select(Message).order_by(Message.id))] == [
        ("invitation", "sent"), ("assistant-new", "refused")]
    (notice,) = db.session.scalars(select(Notice)).all()
    assert (notice.kind, notice.client_id, notice.assistant_id) == ("mail-failed", None, assistant.id)


def test_d2_after_the_beginning_it_is_too_late(assistant: Assistant, server: MailServer, post: Post) -> None:
    book(assistant, hours=1)
    post.now = NOW + HOUR
    post.deliver()
    assert letters() == [("new", "too-late")]


def test_an_assistant_without_an_address_is_to_be_telephoned_until_there_is_nothing_to_say(
        app: Flask) -> None:
    appointment = book(make_assistant(email=""), hours=10, booked=200 * HOUR)
    move(appointment, by=HOUR)
    kinds = [list(db.session.scalars(select(Notice.kind).where(Notice.assistant_id.is_not(None))))]
    cancel(appointment)
    kinds.append(list(db.session.scalars(select(Notice.kind).where(Notice.assistant_id.is_not(None)))))
    assert (letters(), kinds) == ([], [["tell-assistant"], ["tell-assistant"]])


def test_ending_an_assistant_tells_them_what_is_off_today(assistant: Assistant, app: Flask) -> None:
    book(assistant, hours=10, booked=200 * HOUR)
    book(assistant, hours=100, booked=200 * HOUR)
    assistants.end_assistant(assistant_id=assistant.id, day=NOW.date(), today=NOW.date(), cancel=True,
                             user_id=1, now=NOW)
    assert letters() == [("cancelled", "queued")]


STEPS: dict[str, Callable[[Appointment, Post], None]] = {
    "an hour later": lambda row, post: move(row, by=HOUR, now=post.now),
    "an hour sooner": lambda row, post: move(row, by=-HOUR, now=post.now),
    "off": lambda row, post: cancel(row, now=post.now),
    "on again": lambda row, post: reinstate(row, post),
    "the worker looks": lambda row, post: post.deliver(),
}


def reinstate(appointment: Appointment, post: Post) -> None:
    with transaction() as session:
        if appointment.state == "cancelled":
            appointments.reinstate(session, appointment, now=post.now)


@pytest.mark.parametrize("lives", [10, pytest.param(150, marks=pytest.mark.long)])
def test_whatever_happens_the_last_mail_says_how_it_stands(
        app: Flask, assistant: Assistant, server: MailServer, post: Post, lives: int) -> None:
    # The examples share one minute, and together they send more than a provider takes in one.
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_per_minute=0)

    @settings(max_examples=lives, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
    def holds(steps: list[str]) -> None:
        server.received.clear()
        appointment = book(assistant, hours=12, booked=200 * HOUR)
        start = appointment.starts_at
        for step in steps:
            if appointment.state != "cancelled" or not step.startswith("an hour"):
                STEPS[step](appointment, post)
        post.deliver()
        db.session.refresh(appointment)
        last = db.session.scalars(
            select(Message).where(Message.appointment_id == appointment.id, Message.kind.in_(TO_ASSISTANTS),
                                  Message.state == "sent").order_by(Message.id.desc()).limit(1)).first()
        known = start.isoformat() if last is None else (last.facts["new"] or {}).get("starts_at")
        assert known == (None if appointment.state == "cancelled" else appointment.starts_at.isoformat())

    holds()
