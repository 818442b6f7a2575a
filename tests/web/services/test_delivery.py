"""The outbox meets a mail server that is real: what is sent, and what no longer is."""
from __future__ import annotations

from datetime import timedelta

import pytest
import vobject

from tests.web.builders import make_assistant, make_place, make_round
from tests.web.conftest import NOW
from tests.web.services.delivering import (
    HOUR,
    START,
    Post,
    cancel,
    invite,
    message_ids,
    move,
    notices,
    post,
    rows,
    server,
    states,
)
from tests.web.smtp import Fault, MailServer
from web.services import appointments
from web.services.transactions import transaction

__all__ = ["post", "server"]  # fixtures


def test_d1_an_invitation_reaches_its_client_once(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    post.later(HOUR)
    assert [(mail.sender, mail.recipient) for mail in server.received] == [
        ("appointments@example.org", "zahra@example.org")]
    (row,) = rows()
    assert (row.state, row.sent_at, row.attempts, row.last_answer) == ("sent", NOW, 1, "250 kept")
    assert message_ids(server) == [row.message_id]
    assert appointment.state == "invited"


def test_a_move_before_the_invitation_left_makes_one_invitation_to_the_new_time(
        server: MailServer, post: Post) -> None:
    move(invite(), by=HOUR)
    post.deliver()
    assert states() == [("invitation", "superseded"), ("invitation", "sent")]
    assert [mail.message["Subject"] for mail in server.received] == [
        "Invitation: appointment on Monday, 30 November 2026, 11:00"]


def test_an_appointment_cancelled_before_its_invitation_left_is_never_heard_of(
        server: MailServer, post: Post) -> None:
    cancel(invite())
    post.deliver()
    assert states() == [("invitation", "superseded")]
    assert server.received == []


def test_d4_two_moves_in_a_row_make_one_update_from_what_the_client_was_told(
        server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    move(appointment, by=HOUR)
    move(appointment, by=HOUR)
    post.deliver()
    assert states() == [("invitation", "sent"), ("update", "superseded"), ("update", "sent")]
    text = server.received[1].message.get_body(("plain",))
    assert text is not None
    assert [line for line in text.get_content().splitlines() if "time:" in line or "valid:" in line] == [
        "Old time, no longer valid: Monday, 30 November 2026, from 10:00 to 11:00",
        "New time: Monday, 30 November 2026, from 12:00 to 13:00",
    ]


def test_a_move_that_is_undone_before_anybody_heard_of_it_sends_nothing(
        server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    move(appointment, by=HOUR)
    move(appointment, by=-HOUR)
    post.deliver()
    assert states() == [("invitation", "sent"), ("update", "superseded")]
    assert appointment.sequence == 2


def test_a_cancellation_speaks_of_the_time_that_the_client_knows(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    move(appointment, by=HOUR)
    cancel(appointment)
    post.deliver()
    assert states() == [("invitation", "sent"), ("update", "superseded"), ("cancellation", "sent")]
    assert server.received[1].message["Subject"] == (
        "Cancelled: appointment on Monday, 30 November 2026, 10:00")
    assert server.received[1].message["References"] == message_ids(server)[0]


def test_a_client_without_an_address_gets_no_mail_and_the_office_is_told(
        server: MailServer, post: Post) -> None:
    appointment = invite(email="")
    assert (states(), notices()) == ([], ["no-address"])
    cancel(appointment)
    assert (states(), notices()) == ([], [])  # nobody had called yet


def test_d7_nothing_is_sent_about_an_appointment_that_has_begun(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    cancel(appointment, now=START)
    assert states() == [("invitation", "sent")]


def test_d2_a_mail_that_cannot_leave_before_the_appointment_is_too_late_and_shown(
        server: MailServer, post: Post) -> None:
    invite(starts_at=NOW + timedelta(minutes=90))
    while post.now < NOW + timedelta(hours=2):
        server.faults.clear()
        server.faults.append(Fault("RCPT", "450 try later"))
        post.later(timedelta(minutes=1))
    (row,) = rows()
    assert (row.state, row.attempts) == ("too-late", 7)  # at once, and 1, 2, 4, 8, 16, 32 minutes later
    assert notices() == ["mail-too-late"]
    assert server.received == []


def test_a_row_that_cannot_be_written_stops_no_other(server: MailServer, post: Post) -> None:
    invite(email="two@example.org, three@example.org")
    invite()
    post.deliver()
    assert [row.state for row in rows()] == ["failed", "sent"]
    assert notices() == ["mail-failed"]
    assert [mail.recipient for mail in server.received] == ["zahra@example.org"]


@pytest.mark.parametrize("injected", [
    "a@example.org\r\nBcc: spy@example.org", "a@example.org\nRCPT TO:<spy@b>", "a@example.org> <spy@b"])
def test_an_address_cannot_bring_headers_or_commands(server: MailServer, post: Post, injected: str) -> None:
    invite(email=injected)
    post.deliver()
    assert ([row.state for row in rows()], server.received) == (["failed"], [])


def test_s1_uid_and_organizer_stay_for_life_whatever_else_changes(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    with transaction() as session:
        appointments.revise(
            session, appointment, round=make_round(), assistant=make_assistant(first_name="Sara", email=""),
            place=make_place(), starts_at=START + HOUR, ends_at=START + 2 * HOUR, now=NOW)
    post.deliver()
    cancel(appointment)
    post.deliver()
    entries = [vobject.readOne(part.get_content()).vevent for mail in server.received
               for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    assert [(entry.uid.value, entry.organizer.value, entry.sequence.value) for entry in entries] == [
        (appointment.uid, "mailto:appointments@example.org", sequence) for sequence in ("0", "1", "2")]
