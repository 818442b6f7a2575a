"""Mails that come back (rules D5 and RL10)."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import OURS, written
from tests.web.browser import Browser
from tests.web.conftest import NOW
from tests.web.receiving import Inbox, invite, tasks
from tests.web.reports import FAILED, NOT_FAILED, opensmtpd, postfix
from web.models import Appointment, Client, Message, db
from web.services import appointments, mails, outbox, people_appointments, tokens
from web.services.transactions import transaction

ANSWERS = {
    "postfix": "smtp; 550 5.1.1 <zahra@example.org>: Recipient address rejected: User unknown in virtual "
               "mailbox table",
    "opensmtpd": "smtp; 550 Invalid recipient",
}


@pytest.fixture
def inbox(app: Flask) -> Inbox:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"],
                                     mail_return_address="bounce+{token}@example.org")
    return Inbox()


def mail_of(appointment: Appointment) -> Message:
    whose = Message.appointment_id == appointment.id
    return db.session.scalars(select(Message).where(whose).order_by(Message.id)).all()[0]


def way_back(message: Message) -> str:
    return tokens.return_address(message.message_id)


@pytest.mark.parametrize("server", FAILED)
def test_d5_a_mail_that_came_back_is_a_task_with_the_telephone_beside_it(
        inbox: Inbox, coordinator: Browser, server: str) -> None:
    appointment = invite()
    message = mail_of(appointment)
    assert inbox.receive(FAILED[server](way_back(message), "<not-quoted@example.org>")) == "bounced"
    (task,) = tasks()
    assert (task.kind, task.client_id, task.appointment_id) == (
        "mail-bounced", appointment.client_id, appointment.id)
    assert (message.state, message.last_answer) == ("bounced", task.details["answer"])
    if server in ANSWERS:
        assert message.last_answer == ANSWERS[server]
    page = coordinator.get("/").text
    assert "did not get the mail, it came back: please telephone." in page
    assert 'href="tel:+381600000000"' in page
    assert "came back, not delivered" in coordinator.get(f"/clients/{appointment.client_id}").text
    assert "came back, not delivered" in coordinator.get(f"/rounds/{appointment.round_id}").text


@pytest.mark.parametrize("report", NOT_FAILED)
def test_d5_what_is_no_failure_changes_nothing(inbox: Inbox, report: str) -> None:
    message = mail_of(invite())
    inbox.receive(NOT_FAILED[report](way_back(message), message.message_id))
    assert (message.state, tasks()) == ("sent", [])


@pytest.mark.parametrize("server", FAILED)
def test_d5_without_such_addresses_a_mail_is_known_by_the_headers_that_are_sent_back(
        app: Flask, inbox: Inbox, server: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_return_address="")
    message = mail_of(invite())
    assert inbox.receive(FAILED[server](OURS, message.message_id)) == "bounced"
    assert message.state == "bounced"


@pytest.mark.parametrize("address", [
    "bounce+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org", "bounce+@example.org", "bounce@example.org", OURS])
def test_d5_a_report_without_the_secret_of_a_mail_changes_nothing(inbox: Inbox, address: str) -> None:
    message = mail_of(invite())
    assert inbox.receive(postfix(address, "<guessed@example.org>")) == "automatic"
    assert (message.state, tasks()) == ("sent", [])


def test_d5_a_server_may_write_the_address_in_capitals(inbox: Inbox) -> None:
    message = mail_of(invite())
    assert inbox.receive(opensmtpd(way_back(message).upper(), "<x@example.org>")) == "bounced"


def test_d5_a_person_who_writes_to_that_address_is_no_failure(inbox: Inbox) -> None:
    appointment = invite()
    message = mail_of(appointment)
    mail = written("I am coming.").replace(OURS.encode(), way_back(message).encode())
    assert inbox.receive(mail) == "words"
    assert message.state == "sent"


def test_a_report_that_comes_twice_is_one_task(inbox: Inbox) -> None:
    message = mail_of(invite())
    assert [inbox.receive(server(way_back(message), "<x@example.org>")) for server in FAILED.values()] == [
        "bounced", *["repeated"] * (len(FAILED) - 1)]
    assert len(tasks()) == 1


@pytest.mark.parametrize("state", ["handover", "uncertain", "sent"])
def test_a_report_may_overtake_our_own_note_that_the_mail_has_left(inbox: Inbox, state: str) -> None:
    message = mail_of(invite())
    message.state, message.worker, message.lease_until = state, "worker-1", NOW
    db.session.commit()
    inbox.receive(postfix(way_back(message), "<x@example.org>"))
    assert (message.state, message.worker) == ("bounced", "")
    assert message.lease_until is None


def test_who_never_got_the_invitation_is_invited_and_not_told_of_a_change(inbox: Inbox) -> None:
    appointment = invite()
    inbox.receive(postfix(way_back(mail_of(appointment)), "<x@example.org>"))
    assert outbox.last_told(db.session(), appointment) is None
    db.session.get_one(Client, appointment.client_id).email = "zahra.right@example.org"
    db.session.commit()
    with transaction() as session:
        again = outbox.send_again(session, mail_of(appointment), now=NOW)
    rows = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert again
    assert [(row.kind, row.recipient, row.state) for row in rows] == [
        ("invitation", "zahra@example.org", "bounced"),
        ("invitation", "zahra.right@example.org", "queued")]


def test_an_address_is_marked_until_it_is_another(inbox: Inbox, coordinator: Browser) -> None:
    appointment = invite()
    client = db.session.get_one(Client, appointment.client_id)
    assert not people_appointments.comes_back(client)
    inbox.receive(postfix(way_back(mail_of(appointment)), "<x@example.org>"))
    assert people_appointments.comes_back(client)
    assert "mails come back" in coordinator.get(f"/clients/{client.id}").text
    client.email = "zahra.right@example.org"
    assert not people_appointments.comes_back(client)


def test_a_mail_that_came_back_can_be_sent_again(inbox: Inbox, user: Any) -> None:
    message = mail_of(invite())
    inbox.receive(postfix(way_back(message), "<x@example.org>"))
    mails.send_again(message_id=message.id, user_id=user.id, now=NOW)
    assert message.state == "queued"


def test_nothing_is_left_to_do_when_the_appointment_is_over(inbox: Inbox) -> None:
    appointment = invite()
    message = mail_of(appointment)
    late = appointment.starts_at + timedelta(minutes=1)
    assert inbox.receive(postfix(way_back(message), "<x@example.org>"), now=late) == "bounced"
    assert (message.state, tasks()) == ("bounced", [])


def test_a_cancellation_that_comes_back_is_a_task(inbox: Inbox) -> None:
    appointment = invite()
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=NOW)
        cancellation = session.scalars(select(Message).where(Message.kind == "cancellation")).one()
        cancellation.state = "sent"
    inbox.receive(postfix(way_back(cancellation), "<x@example.org>"))
    assert [(task.kind, task.details["mail"]) for task in tasks()] == [("mail-bounced", "cancellation")]


def test_a_mail_to_a_coordinator_that_comes_back_is_shown_without_a_client(inbox: Inbox) -> None:
    appointment = invite()
    inbox.receive(written("May I bring my son?"))
    (note,) = db.session.scalars(select(Message).where(Message.kind == "note"))
    note.state = "sent"
    db.session.commit()
    assert inbox.receive(postfix(way_back(note), "<x@example.org>")) == "bounced"
    assert [(task.kind, task.client_id) for task in tasks()] == [
        ("wrote", appointment.client_id), ("note-bounced", None)]
