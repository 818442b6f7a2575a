"""After a mail has come back nothing more goes there: people tell the client instead."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_need
from tests.web.conftest import NOW
from tests.web.receiving import Inbox, invite, tasks
from tests.web.reports import postfix
from web.models import Appointment, Message, Office, Round, db
from web.services import appointments, cards, clients, mails, reminders, tokens
from web.services.people_rows import client_data, load_directory
from web.services.transactions import transaction

HOUR = timedelta(hours=1)


@pytest.fixture
def inbox(app: Flask) -> Inbox:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"],
                                     mail_return_address="bounce+{token}@example.org")
    return Inbox()


@pytest.fixture
def bounced(inbox: Inbox) -> Appointment:
    """An appointment whose invitation has come back."""
    appointment = invite()
    inbox.receive(postfix(tokens.return_address(sent()[0].message_id), "<x@example.org>"))
    return appointment


def sent() -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(
        select(Message).where(Message.assistant_id.is_(None)).order_by(Message.id)))


def told() -> list[tuple[str, str]]:
    """What mails there are to clients."""
    return [(row.kind, row.state) for row in sent()]


def move(appointment: Appointment) -> None:
    with transaction() as session:
        appointments.revise(
            session, appointment, round=session.get_one(Round, appointment.round_id),
            assistant=appointment.assistant, place=appointment.place,
            starts_at=appointment.starts_at + HOUR, ends_at=appointment.ends_at + HOUR, now=NOW)


def cancel(appointment: Appointment) -> None:
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=NOW)


def test_a_change_and_a_cancellation_are_told_by_telephone_instead(bounced: Appointment) -> None:
    move(bounced)
    assert told() == [("invitation", "bounced")]
    assert [(task.kind, task.details["mail"]) for task in tasks()] == [
        ("mail-bounced", "invitation"), ("no-address", "invitation")]
    with transaction():
        tasks()[1].seen_at = NOW  # somebody has called
    cancel(bounced)
    assert told() == [("invitation", "bounced")]
    assert [(task.kind, task.details["mail"], task.seen_at) for task in tasks()][1:] == [
        ("no-address", "invitation", NOW), ("no-address", "cancellation", None)]


def test_who_had_an_earlier_mail_is_called_about_the_cancellation(inbox: Inbox) -> None:
    appointment = invite()
    move(appointment)
    update = sent()[-1]
    with transaction():
        update.state = "sent"
    inbox.receive(postfix(tokens.return_address(update.message_id), "<x@example.org>"))
    move(appointment)
    cancel(appointment)
    assert told() == [("invitation", "sent"), ("update", "bounced")]
    assert tasks()[-1].details["mail"] == "cancellation"


def test_a_new_client_of_that_address_is_told_by_people_from_the_start(bounced: Appointment) -> None:
    with transaction() as session:
        other = appointments.book(
            session, round=session.get_one(Round, bounced.round_id), need=make_need(bounced.client),
            assistant=bounced.assistant, place=bounced.place, starts_at=bounced.starts_at + 2 * HOUR,
            ends_at=bounced.ends_at + 2 * HOUR, now=NOW)
    assert [(task.kind, task.appointment_id) for task in tasks()][1:] == [("no-address", other.id)]
    round = db.session.get_one(Round, bounced.round_id)
    assert [row.id for row in cards.to_hand_over(round, now=NOW)] == [bounced.id, other.id]


def test_what_waited_for_that_address_does_not_leave(inbox: Inbox) -> None:
    first, second = invite(code="C-1"), invite(code="C-2")
    with transaction():
        sent()[1].state = "queued"
    inbox.receive(postfix(tokens.return_address(sent()[0].message_id), "<x@example.org>"))
    assert told() == [("invitation", "bounced"), ("invitation", "failed")]
    assert [(task.kind, task.appointment_id) for task in tasks()] == [
        ("mail-bounced", first.id), ("mail-failed", second.id)]


def test_no_reminder_goes_there_although_the_invitation_had_arrived(inbox: Inbox, office: Office) -> None:
    appointment = invite()
    move(appointment)
    update = sent()[-1]
    with transaction():
        update.state, update.sent_at = "sent", NOW
    inbox.receive(postfix(tokens.return_address(update.message_id), "<x@example.org>"))
    assert office.reminder_hours
    assert reminders.write_due(now=appointment.starts_at - HOUR) == 0


def test_another_address_clears_the_task_and_is_invited(bounced: Appointment) -> None:
    client = clients.get_client(bounced.client_id)
    data = replace(client_data(client, load_directory(db.session())), email="zahra.right@example.org")
    clients.save_client(data=data, client_id=client.id, version=client.version, user_id=1, now=NOW)
    assert [(row.kind, row.recipient, row.state) for row in sent()] == [
        ("invitation", "zahra@example.org", "bounced"), ("invitation", "zahra.right@example.org", "queued")]
    assert tasks() == []


def test_sending_again_gives_the_address_another_try(bounced: Appointment) -> None:
    mails.send_again(message_id=sent()[0].id, user_id=1, now=NOW)
    move(bounced)
    assert told() == [("invitation", "superseded"), ("invitation", "queued")]
