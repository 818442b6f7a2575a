"""A client is reached in another way: the old mailbox loses the appointment, the new one gets it (S6)."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import vobject
from flask import Flask

from tests.web.conftest import NOW
from tests.web.services.delivering import HOUR, Post, cancel, invite, move, notices, post, rows, server
from tests.web.smtp import Fault, MailServer, Received
from web.models import Appointment, Client, Notice, db
from web.services import answers, clients, tokens
from web.services.people_rows import client_data, load_directory
from web.services.transactions import transaction

__all__ = ["post", "server"]  # fixtures
OLD, NEW = "zahra@example.org", "zahra.new@example.net"


def edit(appointment: Appointment, **fields: Any) -> None:
    client = clients.get_client(appointment.client_id)
    data = replace(client_data(client, load_directory(db.session())), **fields)
    clients.save_client(data=data, client_id=client.id, version=client.version, user_id=1, now=NOW)


def entry(mail: Received) -> tuple[str, str, str, str, int]:
    """Whom a mail went to, its method, and the attendee, UID and SEQUENCE of its entry."""
    (octets,) = (part.get_content() for part in mail.message.walk()
                 if part.get_content_type() == "text/calendar")
    calendar = vobject.readOne(octets)
    event = calendar.vevent
    return (mail.recipient, calendar.method.value, event.attendee.value.removeprefix("mailto:"),
            event.uid.value, int(event.sequence.value))


def test_s6_another_address_gets_the_invitation_and_the_former_a_cancellation(
        server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    answers.confirm(tokens.answer_token(appointment.uid), revision=0, now=NOW)
    edit(appointment, email=NEW)
    post.deliver()
    assert [entry(mail) for mail in server.received] == [
        (OLD, "REQUEST", OLD, appointment.uid, 0),
        (OLD, "CANCEL", OLD, appointment.uid, 1),
        (NEW, "REQUEST", NEW, appointment.uid, 1)]
    assert (appointment.state, appointment.sequence, notices()) == ("confirmed", 1, [])
    told = server.received[1].message
    assert told["Subject"] == "Changed: appointment on Monday, 30 November 2026, 10:00"
    text = told.get_body(("plain",))
    assert text is not None
    assert "we no longer write to you here" in text.get_content()
    assert NEW not in told.as_string()
    assert "/a/" not in text.get_content()


def test_s6_what_is_decided_later_is_told_at_the_new_address_only(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    edit(appointment, email=NEW)
    move(appointment, by=HOUR)
    post.deliver()
    cancel(appointment)
    post.deliver()
    assert [entry(mail)[:2] + entry(mail)[4:] for mail in server.received] == [
        (OLD, "REQUEST", 0), (OLD, "CANCEL", 1), (NEW, "REQUEST", 2), (NEW, "CANCEL", 3)]


def test_s6_the_former_address_becomes_the_address_again(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    edit(appointment, email=NEW)
    post.deliver()
    edit(appointment, email=OLD)
    post.deliver()
    assert [entry(mail)[:2] + entry(mail)[4:] for mail in server.received] == [
        (OLD, "REQUEST", 0), (OLD, "CANCEL", 1), (NEW, "REQUEST", 1), (NEW, "CANCEL", 2), (OLD, "REQUEST", 2)]


def test_who_never_heard_at_the_former_address_hears_nothing_there(server: MailServer, post: Post) -> None:
    appointment = invite()
    edit(appointment, email=NEW)
    edit(appointment, email=OLD)
    edit(appointment, email=NEW)
    post.deliver()
    assert [entry(mail)[:2] for mail in server.received] == [(NEW, "REQUEST")]


def test_the_cancellation_waits_for_an_invitation_that_is_on_its_way(server: MailServer, post: Post) -> None:
    appointment = invite()
    server.faults.append(Fault("lost after it is kept"))
    post.deliver()
    edit(appointment, email=NEW)
    post.later(timedelta(minutes=5))
    assert [entry(mail)[:2] for mail in server.received] == [
        (OLD, "REQUEST"), (OLD, "CANCEL"), (NEW, "REQUEST")]


@pytest.mark.parametrize("fields", [{"email": ""}, {"channel": "none"}])
def test_without_another_way_the_mailbox_is_emptied_and_people_tell_the_client(
        server: MailServer, post: Post, fields: dict[str, str]) -> None:
    appointment = invite()
    post.deliver()
    edit(appointment, **fields)
    post.deliver()
    assert [entry(mail)[:2] for mail in server.received] == [(OLD, "REQUEST"), (OLD, "CANCEL")]
    assert notices() == ["no-address"]


def test_the_same_mailbox_in_capitals_and_any_other_edit_send_nothing(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    edit(appointment, email="Zahra@example.org")
    edit(appointment, remarks="Brings her son.")
    post.deliver()
    assert (len(server.received), appointment.sequence) == (1, 0)


def test_a_time_that_was_asked_for_can_still_be_granted(app: Flask) -> None:
    appointment = invite()
    start = appointment.starts_at + timedelta(days=1)
    with transaction() as session:
        session.add(Notice(kind="asks-for", client_id=appointment.client_id, appointment_id=appointment.id,
                           created_at=NOW, details={"start": start.isoformat(), "revision": 0,
                                                    "end": (start + HOUR).isoformat()}))
    edit(appointment, email=NEW)
    notice = db.session.query(Notice).filter_by(kind="asks-for").one()
    assert (notice.details["revision"], appointment.sequence) == (1, 1)


def test_all_mails_stand_beside_the_appointment(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    edit(appointment, email=NEW)
    post.deliver()
    assert [(row.kind, row.recipient, row.state) for row in rows()] == [
        ("invitation", OLD, "sent"), ("farewell", OLD, "sent"), ("invitation", NEW, "sent")]
    assert db.session.get_one(Client, appointment.client_id).email == NEW
