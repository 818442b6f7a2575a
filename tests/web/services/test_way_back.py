"""Where a mail goes when it cannot be delivered, and what it says about answers."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import vobject
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from tests.web.smtp import MailServer, mail_server
from web.models import Appointment, Message, Notice, User, db
from web.services import appointments, delivery, notes, tokens
from web.services.smtp import Courier
from web.services.transactions import transaction


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with mail_server() as running:
        app.config["SETTINGS"] = replace(
            app.config["SETTINGS"], mail_host="127.0.0.1", mail_port=running.port, mail_security="none",
            mail_return_address="bounce+{token}@example.org")
        yield running


def invite(email: str = "zahra@example.org", code: str = "C-17") -> Appointment:
    start = NOW + timedelta(days=7)
    with transaction() as session:
        return appointments.book(
            session, round=make_round(), need=make_need(make_client(email=email, code=code)),
            assistant=make_assistant(), place=make_place(), starts_at=start,
            ends_at=start + timedelta(hours=1), now=NOW)


def deliver(app: Flask) -> None:
    courier = Courier(app.config["SETTINGS"])
    while delivery.deliver_next(courier=courier, worker="worker-1", clock=lambda: NOW):
        pass
    courier.quit()


def write_note(appointment: Appointment) -> None:
    with transaction() as session:
        notice = Notice(kind="wrote", client_id=appointment.client_id, appointment_id=appointment.id,
                        details={"words": "My daughter is ill."}, created_at=NOW)
        session.add(notice)
        session.flush()
        notes.write_notes(session, notice, appointment, now=NOW)


def test_d5_every_mail_comes_back_to_an_address_of_its_own(app: Flask, server: MailServer) -> None:
    for number in range(3):
        invite(f"client-{number}@example.org", f"C-{number}")
    deliver(app)
    ways = {mail.message["Message-ID"]: mail.sender for mail in server.received}
    assert len(set(ways.values())) == 3
    for identity, way in ways.items():
        # Lower case only: there are mail servers that write local parts that way.
        found = re.fullmatch(r"bounce\+([a-z2-7]{32})@example\.org", way)
        assert found
        row = db.session.scalars(
            select(Message).where(Message.return_hash == tokens.return_hash(found[1]))).one()
        assert row.message_id == identity
        assert found[1] not in str(row.__dict__)  # the secret itself is not stored
    assert {mail.message["From"] for mail in server.received} == {
        'Info Point <appointments@example.org>'}


def test_without_such_addresses_mails_come_back_to_the_service_mailbox(
        app: Flask, server: MailServer) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_return_address="")
    invite()
    deliver(app)
    assert [mail.sender for mail in server.received] == ["appointments@example.org"]


@pytest.mark.parametrize(("host", "rsvp"), [("imap.example.org", "TRUE"), ("", "FALSE")])
def test_r1_an_invitation_asks_for_an_answer_by_mail_only_where_somebody_reads_it(
        app: Flask, server: MailServer, host: str, rsvp: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], imap_host=host)
    appointment = invite()
    deliver(app)
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=NOW)
    deliver(app)
    asked, cancelled = (
        vobject.readOne(part.get_content()).vevent for mail in server.received
        for part in mail.message.walk() if part.get_content_type() == "text/calendar")
    assert asked.attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert (asked.attendee.params["RSVP"], cancelled.attendee.params["RSVP"]) == ([rsvp], ["FALSE"])
    assert asked.organizer.value == "mailto:appointments@example.org"


def test_r3_coordinators_hear_by_mail_that_a_client_wrote_but_not_what(
        app: Flask, server: MailServer) -> None:
    with transaction() as session:
        session.add(User(email="jovan@example.org", name="Jovan", language="sr", password_hash="",
                         created_at=NOW))
        session.add(User(email="gone@example.org", name="Gone", active=False, password_hash="",
                         created_at=NOW))
    appointment = invite()
    deliver(app)
    write_note(appointment)
    write_note(appointment)  # a second answer is told of, too
    deliver(app)
    told = server.received[1:]
    assert sorted(mail.recipient for mail in told) == ["jovan@example.org"] * 2 + ["mira@example.org"] * 2
    mail = next(mail for mail in told if mail.recipient == "mira@example.org").message
    assert mail["Subject"] == "C-17 has written"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert text.splitlines()[0] == (
        "C-17 has answered a mail about the appointment on Monday, 30 November 2026.")
    assert f"http://localhost:8000/clients/{appointment.client_id}" in text
    assert "daughter" not in mail.as_string()


def test_a_mail_to_a_coordinator_is_none_to_the_client(app: Flask, server: MailServer) -> None:
    appointment = invite()
    write_note(appointment)
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=NOW)
    deliver(app)
    # The invitation had not left: the client hears nothing, and the coordinator what there is to hear.
    rows = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert [(row.kind, row.state) for row in rows] == [("invitation", "superseded"), ("note", "sent")]
    assert [mail.recipient for mail in server.received] == ["mira@example.org"]
