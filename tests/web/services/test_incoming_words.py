"""What people and programs write in answer to a mail (rules R3 and R4)."""
from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import OURS, written
from tests.web.browser import Browser
from tests.web.conftest import NOW
from tests.web.receiving import Inbox, invite, tasks
from web.models import Appointment, Message, User, db
from web.services import links

QUOTED = f"""I will be ten minutes late.
My bus is slow.

On Mon, 23 Nov 2026 at 10:00, Info Point <{OURS}> wrote:
> Where: Office, Nemanjina 1
> https://localhost/a/{'x' * 43}
"""


@pytest.fixture
def inbox(app: Flask) -> Inbox:
    return Inbox()


@pytest.fixture
def appointment(app: Flask) -> Appointment:
    return invite()


def told() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind == "note").order_by(Message.id)))


def test_r3_a_clients_words_stand_beside_the_appointment_and_coordinators_are_told(
        inbox: Inbox, appointment: Appointment, coordinator: Browser) -> None:
    assert inbox.receive(written(QUOTED)) == "words"
    (task,) = tasks()
    assert (task.kind, task.appointment_id, task.details) == (
        "wrote", appointment.id, {"words": "I will be ten minutes late.\nMy bus is slow.", "attachments": []})
    (note,) = told()
    assert (note.recipient, note.state) == ("mira@example.org", "queued")
    assert "late" not in str(note.facts)
    assert "zahra@example.org" not in str(note.facts)
    assert "Zahra" not in str(note.facts)
    for page in ("/", f"/clients/{appointment.client_id}"):
        assert "I will be ten minutes late." in coordinator.get(page).text
    assert "has written" in coordinator.get(f"/rounds/{appointment.round_id}").text


def test_r3_every_coordinator_of_the_office_is_told(inbox: Inbox, appointment: Appointment) -> None:
    db.session.add(User(email="jovan@example.org", name="Jovan", password_hash="", created_at=NOW))
    db.session.commit()
    inbox.receive(written("Hello"))
    assert sorted(note.recipient for note in told()) == ["jovan@example.org", "mira@example.org"]


def test_r3_an_answer_from_another_address_is_shown_as_such(
        inbox: Inbox, appointment: Appointment, coordinator: Browser) -> None:
    invitation = db.session.scalars(select(Message)).one()
    mail = written("She is in hospital.", sender="son@example.net",
                   headers=f"In-Reply-To: {invitation.message_id}\r\n")
    assert inbox.receive(mail) == "words"
    (task,) = tasks()
    assert (task.appointment_id, task.details["from"]) == (appointment.id, "son@example.net")
    assert "son@example.net" in coordinator.get("/").text


def test_r3_the_quoted_link_tells_what_an_answer_without_references_is_about(
        inbox: Inbox, appointment: Appointment) -> None:
    mail = written(f"I come\n> {links.link_of(appointment)}", sender="son@example.net")
    assert inbox.receive(mail) == "words"
    assert [(task.appointment_id, task.details["words"]) for task in tasks()] == [(appointment.id, "I come")]


def test_r3_the_secret_of_a_link_is_not_kept(inbox: Inbox, appointment: Appointment) -> None:
    link = links.link_of(appointment)
    inbox.receive(written(f"What is {link} for?"))
    assert link.rpartition("/")[2] not in str(tasks()[0].details)


def test_r3_attachments_are_named_and_stay_in_the_mailbox(inbox: Inbox, appointment: Appointment) -> None:
    mail = (f"From: zahra@example.org\r\nTo: {OURS}\r\nSubject: Re: Invitation\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>My <b>passport</b></p>"
            "<blockquote>old</blockquote><script>alert(1)</script>\r\n"
            "--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n"
            'Content-Disposition: attachment; filename="../../pass\x1bport.jpg"\r\n\r\nAAAA\r\n--b--\r\n')
    inbox.receive(mail.encode())
    assert tasks()[0].details == {"words": "My passport", "attachments": ["passport.jpg"]}


def test_r3_of_a_mail_that_is_too_large_the_beginning_is_read(inbox: Inbox, appointment: Appointment) -> None:
    assert inbox.receive(written("I come.\n" + "x" * 3000)[:1000], whole=False) == "words"
    assert tasks()[0].details["cut"] is True


def test_r3_a_flood_of_mails_is_shown_but_not_told_of_for_ever(
        inbox: Inbox, appointment: Appointment) -> None:
    for number in range(9):
        inbox.receive(written(f"Hello {number}", identity=f"<{number}@example.org>"))
    assert (len(tasks()), len(told())) == (9, 5)
    inbox.receive(written("Hello again"), now=NOW + timedelta(hours=2))
    assert len(told()) == 6


def test_r3_a_stranger_is_laid_aside_in_one_task(inbox: Inbox, app: Flask) -> None:
    for number in range(3):
        mail = written(f"Buy {number}", sender="shop@example.net", subject="Cheap \x1b[31m watches")
        assert inbox.receive(mail) == "aside"
    (task,) = tasks()
    assert task.details == {"count": 3, "from": "shop@example.net", "subject": "Cheap [31m watches",
                            "reason": "unknown-sender"}
    assert told() == []


def test_r3_a_coordinator_who_answers_a_notification_is_told_that_it_reaches_nobody(
        inbox: Inbox, appointment: Appointment) -> None:
    inbox.receive(written("May I bring my son?"))
    (note,) = told()
    mail = written("Yes, of course!", sender="mira@example.org",
                   headers=f"In-Reply-To: {note.message_id}\r\n")
    assert inbox.receive(mail) == "words"
    assert [(task.kind, task.details["words"]) for task in tasks()] == [
        ("wrote", "May I bring my son?"), ("note-answered", "Yes, of course!")]


@pytest.mark.parametrize("headers", [
    "Auto-Submitted: auto-replied\r\n", "Auto-Submitted: auto-generated (away)\r\n", "Precedence: bulk\r\n",
    "Precedence: auto_reply\r\n", "Precedence: junk\r\n", "X-Autoreply: yes\r\n", "X-Autorespond: on\r\n",
    "X-Auto-Response-Suppress: All\r\n", "List-Id: <news.example.org>\r\n",
    "Return-Path: <>\r\n", "Subject: Automatic reply: Invitation\r\n", "Subject: Out of office\r\n",
    "Subject: Automatski odgovor: Poziv\r\n",
    "Subject: =?utf-8?q?R=C3=A9ponse_automatique?= : Invitation\r\n",
])
def test_r4_what_a_program_answers_is_noted_and_goes_no_further(
        inbox: Inbox, appointment: Appointment, headers: str) -> None:
    # The header stands above those of the mail: the first one counts.
    assert inbox.receive(headers.encode() + written("I am away.")) == "automatic"
    assert (tasks(), told()) == ([], [])


@pytest.mark.parametrize("headers", ["Auto-Submitted: no\r\n", "Precedence: normal\r\n"])
def test_r4_what_a_person_answers_is_not_taken_for_a_programs(
        inbox: Inbox, appointment: Appointment, headers: str) -> None:
    assert inbox.receive(written("I come.", headers=headers)) == "words"


def test_r4_our_own_mails_are_not_read_as_answers(inbox: Inbox, appointment: Appointment) -> None:
    assert inbox.receive(written("Hello", sender=OURS)) == "own"
    assert (tasks(), told()) == ([], [])
