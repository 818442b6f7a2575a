"""An address that the mail server refuses for good is dead, as one from which a mail came back."""
from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.browser import Browser
from tests.web.builders import make_need
from tests.web.conftest import NOW
from tests.web.services.delivering import (
    HOUR,
    Post,
    cancel,
    invite,
    move,
    notices,
    post,
    rows,
    server,
    states,
)
from tests.web.services.test_another_address import NEW, edit
from tests.web.smtp import Fault, MailServer
from web.models import Appointment, Notice, Office, Round, db
from web.services import appointments, mails, reminders
from web.services.transactions import transaction

__all__ = ["post", "server"]  # fixtures

OF_THE_ADDRESS = ["550 no such user", "550 5.1.1 unknown", "550 5.4.1 Recipient address rejected",
                  "550 5.5.0 mailbox unavailable", "551 moved", "552 5.2.2 full", "553 5.1.3 syntax"]
OF_SOMETHING_ELSE = ["550 5.7.1 your host is on a list", "554 5.7.1 Relay access denied",
                     "503 5.5.1 MAIL first", "553 5.1.8 bad sender", "552 5.2.3 large",
                     "550 5.3.4 too large", "554 no"]


@pytest.fixture
def refused(server: MailServer, post: Post) -> Appointment:
    """An appointment whose client's address the mail server does not know."""
    server.faults.append(Fault("RCPT", "550 5.1.1 no such user"))
    appointment = invite()
    appointment.client.phone = "+381 60 1234567"
    post.deliver()
    return appointment


@pytest.mark.parametrize(("stage", "answer", "state"), [
    *(("RCPT", answer, "refused") for answer in OF_THE_ADDRESS),
    *(("RCPT", answer, "failed") for answer in OF_SOMETHING_ELSE),
    ("DATA", "550 5.1.1 unknown", "refused"), ("DATA", "552 5.2.2 full", "refused"),
    ("DATA", "550 5.2.1 disabled", "refused"), ("DATA", "550 spam", "failed"),
    ("DATA", "552 5.2.3 too large", "failed"), ("DATA", "554 5.7.1 spam", "failed"),
    ("DATA", "550 5.1.7 bad sender", "failed")])
def test_what_a_refusal_blames(server: MailServer, post: Post, stage: str, answer: str, state: str) -> None:
    server.faults.append(Fault(stage, answer))
    appointment = invite()
    post.deliver()
    move(appointment, by=HOUR)
    post.deliver()
    later = ["sent"] if state == "failed" else []
    assert ([row.state for row in rows()], len(server.received)) == ([state, *later], len(later))
    assert notices()[0] == "mail-failed"


def test_changes_cancellation_and_reminders_are_told_by_telephone(
        refused: Appointment, server: MailServer, post: Post, office: Office, coordinator: Browser) -> None:
    page = coordinator.get("/").text
    assert 'href="tel:+381601234567"' in page
    assert "550 5.1.1 no such user" in page
    move(refused, by=HOUR)
    assert office.reminder_hours
    assert reminders.write_due(now=refused.starts_at - HOUR) == 0
    cancel(refused)
    post.deliver()
    assert (states(), server.received) == ([("invitation", "refused")], [])
    assert notices() == ["mail-failed"]  # they never heard of what is cancelled


def test_what_else_waits_for_that_address_does_not_leave(server: MailServer, post: Post) -> None:
    server.faults.append(Fault("RCPT", "550 5.1.1 no such user"))
    invite()
    invite()
    invite(email="other@example.org")
    post.deliver()
    assert states() == [("invitation", "refused"), ("invitation", "failed"), ("invitation", "sent")]
    assert notices() == ["mail-failed", "mail-failed"]


def test_the_next_appointment_is_told_by_people_from_the_start(
        refused: Appointment, server: MailServer, post: Post) -> None:
    with transaction() as session:
        other = appointments.book(
            session, round=session.get_one(Round, refused.round_id), need=make_need(refused.client),
            assistant=refused.assistant, place=refused.place, starts_at=refused.starts_at + 2 * HOUR,
            ends_at=refused.ends_at + 2 * HOUR, now=NOW)
    post.deliver()
    assert server.received == []
    assert db.session.query(Notice).filter_by(kind="no-address").one().appointment_id == other.id


def test_another_address_clears_the_task_and_is_invited(
        refused: Appointment, server: MailServer, post: Post) -> None:
    edit(refused, email=NEW)
    post.deliver()
    assert ([mail.recipient for mail in server.received], notices()) == ([NEW], [])


def test_sending_again_gives_the_address_another_try(
        refused: Appointment, server: MailServer, post: Post) -> None:
    mails.send_again(message_id=rows()[0].id, user_id=1, now=NOW)
    post.later(timedelta(minutes=1))
    move(refused, by=HOUR)
    post.deliver()
    assert states() == [("invitation", "sent"), ("update", "sent")]


def test_the_clients_record_says_that_mails_come_back(refused: Appointment, coordinator: Browser) -> None:
    page = coordinator.get(f"/clients/{refused.client_id}").text
    assert "mails come back" in page
    assert "there is no such mailbox" in page
