"""What a rule asks besides its main sentence: the clauses that the tests of its name leave to others."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import vobject
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.web.browser import Browser
from tests.web.builders import make_assistant, make_message, make_place, make_round
from tests.web.conftest import NOW
from tests.web.services.delivering import (
    HOUR,
    START,
    Post,
    cancel,
    invite,
    move,
    post,
    rows,
    server,
    states,
)
from tests.web.smtp import MailServer
from web.models import Appointment, Message, db
from web.services import answers, appointments, outbox, tokens
from web.services.transactions import transaction

__all__ = ["post", "server"]  # fixtures


def entries(server: MailServer) -> list[Any]:
    """The VEVENT of each mail, in the order of their arrival."""
    return [vobject.readOne(part.get_content()).vevent for mail in server.received
            for part in mail.message.walk() if part.get_content_type() == "text/calendar"]


def revised(appointment: Appointment, **changes: Any) -> tuple[int, bool]:
    """The SEQUENCE after a change of one thing alone, and whether the DTSTAMP is another one."""
    before = appointment.revised_at
    told: dict[str, Any] = {"assistant": appointment.assistant, "place": appointment.place,
                            "starts_at": appointment.starts_at, "ends_at": appointment.ends_at}
    with transaction() as session:
        appointments.revise(session, appointment, round=make_round(), now=NOW, **(told | changes))
    db.session.refresh(appointment)
    return appointment.sequence, appointment.revised_at > before


def test_s2_end_place_and_status_alone_raise_the_sequence_as_the_start_does(app: Flask) -> None:
    appointment = invite()
    assert [revised(appointment, starts_at=START + HOUR / 2), revised(appointment, ends_at=START + 2 * HOUR),
            revised(appointment, place=make_place()), revised(appointment, place=None)] == [
        (1, True), (2, True), (3, True), (4, True)]
    token, seen = tokens.answer_token(appointment.uid), []
    for act in (answers.decline, answers.confirm):  # and takes it back
        act(token, revision=appointment.sequence, now=NOW)
        seen.append((appointment.state, appointment.sequence))
    cancel(appointment)
    assert [*seen, (appointment.state, appointment.sequence)] == [
        ("cancelled", 5), ("confirmed", 6), ("cancelled", 7)]


def test_s2_an_answer_changes_the_stamp_alone_and_a_reminder_neither(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    answers.confirm(tokens.answer_token(appointment.uid), revision=0, now=NOW + HOUR)
    confirmed = appointment.revised_at
    with transaction() as session:
        outbox.write_reminder(session, appointment, hours=24, now=NOW + 2 * HOUR)
    post.later(2 * HOUR)
    first, reminder = entries(server)
    assert [entry.sequence.value for entry in (first, reminder)] == ["0", "0"]
    assert (first.dtstamp.value, reminder.dtstamp.value) == (NOW, confirmed)
    assert confirmed == NOW + HOUR
    assert reminder.attendee.params["PARTSTAT"] == ["ACCEPTED"]


def test_s3_a_cancellation_bears_what_the_client_has_and_a_higher_sequence(
        server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    move(appointment, by=HOUR)  # nobody hears of this any more
    cancel(appointment)
    post.deliver()
    asked, cancelled = entries(server)
    for name in ("uid", "dtstart", "dtend", "organizer", "attendee"):
        assert getattr(cancelled, name).value == getattr(asked, name).value, name
    assert (asked.sequence.value, cancelled.sequence.value) == ("0", "2")
    assert (asked.status.value, cancelled.status.value) == ("CONFIRMED", "CANCELLED")


def test_m5_whoever_turned_reminders_off_still_hears_of_changes_and_the_cancellation(
        server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    answers.turn_off_reminders(tokens.answer_token(appointment.uid), now=NOW)
    move(appointment, by=HOUR)
    post.deliver()
    cancel(appointment)
    post.deliver()
    assert states() == [("invitation", "sent"), ("update", "sent"), ("cancellation", "sent")]


@pytest.mark.parametrize("change", [{}, {"kind": "update"}, {"revision": 1}, {"recipient": "x@example.org"}])
def test_d1_the_database_takes_one_mail_for_each_revision_recipient_and_kind(
        app: Flask, change: dict[str, Any]) -> None:
    appointment = invite()
    (row,) = rows()
    same = {"kind": row.kind, "revision": row.revision, "recipient": row.recipient}
    try:
        make_message(appointment, **(same | change))
    except IntegrityError:
        db.session.rollback()
        assert change == {}
    else:
        assert change != {}


def test_d2_no_page_waits_for_a_mail_server(
        server: MailServer, post: Post, anonymous: Browser, coordinator: Browser) -> None:
    first, second = invite(), invite(email="other@example.org")
    post.deliver()
    lines = len(server.lines)
    for made, act in ((first, "confirm"), (second, "decline")):
        answer = anonymous.post(f"/a/{tokens.answer_token(made.uid)}/{act}", data={"revision": 0})
        assert answer.status_code == 303
    failed = db.session.scalars(select(Message).where(Message.appointment_id == first.id)).one()
    failed.state = "failed"
    db.session.commit()
    coordinator.post(f"/mails/{failed.id}/again")
    assert (len(server.lines), len(server.received)) == (lines, 2)
    assert sorted(states()) == [("cancellation", "queued"), ("invitation", "queued"), ("invitation", "sent")]
    post.deliver()
    assert len(server.received) == 4


def test_d4_a_reminder_of_a_time_that_is_no_more_does_not_leave(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    with transaction() as session:
        outbox.write_reminder(session, appointment, hours=24, now=NOW)
    revised(appointment, assistant=make_assistant(first_name="Sara", email=""))
    rows()[1].state = "queued"  # as if a worker had given it back after the change
    db.session.commit()
    post.later(timedelta(minutes=1))
    assert states() == [("invitation", "sent"), ("reminder", "superseded"), ("update", "sent")]
