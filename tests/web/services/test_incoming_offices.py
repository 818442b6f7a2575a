"""Several offices share one mailbox: what is written to one of them, no other sees."""
from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import OURS, Answer, google, written
from tests.web.browser import Browser
from tests.web.builders import make_assistant, make_client
from tests.web.conftest import LEVELS, NOW
from tests.web.receiving import Inbox, invite, tasks
from tests.web.services.delivering import Post, post, server
from tests.web.smtp import MailServer
from web.models import IncomingMail, Message, Notice, Office, db, use_office
from web.services import mailbox, tokens
from web.services.transactions import transaction

__all__ = ["post", "server"]  # fixtures
STRANGER = "stranger@example.net"


@pytest.fixture
def inbox(app: Flask) -> Inbox:
    """A mailbox of two offices, each with an address of its own."""
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], mail_office_address="appointments+{office}@example.org",
        imap_host="imap.example.org", imap_user="appointments")
    with transaction() as session:
        session.add(Office(name="Info Point Novi Sad", public_name="Info Point", levels=LEVELS))
    return Inbox()


def at(*offices: int) -> str:
    """The header of a mail that was delivered to these offices' addresses."""
    return "".join(f"Delivered-To: Appointments+{office}@Example.org\r\n" for office in offices)


def seen_by(office: int) -> list[tuple[str, str]]:
    """The kind and the sender of each task of an office."""
    use_office(office)
    return [(task.kind, task.details.get("from", "")) for task in tasks()]


def known_in(*offices: int, kind: str = "client") -> None:
    for office in offices:
        use_office(office)
        (make_client if kind == "client" else make_assistant)(email="Zahra@example.org")
    db.session.commit()


@pytest.mark.parametrize("office", [1, 2])
def test_a_strangers_mail_is_shown_to_the_office_it_was_sent_to(inbox: Inbox, office: int) -> None:
    assert inbox.receive(written("Hello", sender=STRANGER, headers=at(office))) == "aside"
    assert (seen_by(office), seen_by(3 - office)) == ([("mail-unmatched", STRANGER)], [])


@pytest.mark.parametrize("headers", [
    "", at(1, 2), at(3), at(0), "Delivered-To: appointments+1x@example.org\r\n",
    "Delivered-To: appointments+1@example.net\r\n"])
def test_a_mail_that_may_be_for_either_is_shown_to_neither_and_counted(
        inbox: Inbox, headers: str, caplog: pytest.LogCaptureFixture, coordinator: Browser) -> None:
    with caplog.at_level(logging.WARNING):
        assert inbox.receive(written("Hello", sender=STRANGER, headers=headers)) == "undecided"
    assert (seen_by(1), seen_by(2)) == ([], [])
    assert "mail 1 of the mailbox may be for any office" in caplog.text
    assert STRANGER not in caplog.text
    status = mailbox.status(now=NOW)
    assert status is not None
    assert status.undecided == 0  # of another mailbox
    row = db.session.scalars(select(IncomingMail)).one()
    row.mailbox = mailbox.name_of(tokens.settings())
    page = coordinator.get("/office").text
    assert "For any of several offices" in page
    assert STRANGER not in page
    assert mailbox.set_aside(row.mailbox, 1, [1]) == [1]  # flagged, for whoever looks through it


@pytest.mark.parametrize("kind", ["client", "assistant"])
def test_who_is_known_in_one_office_alone_writes_to_that(inbox: Inbox, kind: str) -> None:
    known_in(2, kind=kind)
    assert inbox.receive(written("Hello")) == "aside"
    assert (seen_by(1), seen_by(2)) == ([], [("mail-unmatched", "zahra@example.org")])


def test_a_coordinator_writes_to_their_own_office(inbox: Inbox) -> None:
    assert inbox.receive(written("Hello", sender="mira@example.org")) == "aside"
    assert (seen_by(1), seen_by(2)) == ([("mail-unmatched", "mira@example.org")], [])


def test_who_is_known_in_both_is_shown_where_they_wrote_to(inbox: Inbox) -> None:
    known_in(1, 2)
    assert inbox.receive(written("Hello")) == "undecided"
    assert inbox.receive(written("Hello, you", headers=at(2))) == "aside"
    assert inbox.receive(written("Hello, both", headers=at(1, 2))) == "undecided"
    assert (seen_by(1), seen_by(2)) == ([], [("mail-unmatched", "zahra@example.org")])


def test_a_client_with_appointments_in_two_offices_is_not_shown_in_the_wrong_one(inbox: Inbox) -> None:
    first = invite().id
    use_office(2)
    invite()
    assert inbox.receive(written("I am ill")) == "undecided"
    assert (seen_by(1), [kind for kind, _ in seen_by(2) if kind != "tell-assistant"]) == ([], [])
    assert inbox.receive(written("I am ill, too", headers=at(1))) == "words"
    use_office(1)
    assert [(task.kind, task.appointment_id) for task in tasks()] == [("wrote", first)]
    use_office(2)
    assert db.session.scalars(select(Notice).where(Notice.kind == "wrote")).all() == []


def test_a_client_of_another_office_who_writes_to_this_one_is_a_stranger_here(inbox: Inbox) -> None:
    invite()
    assert inbox.receive(written("Hello", headers=at(2))) == "aside"
    assert (seen_by(1), seen_by(2)) == ([], [("mail-unmatched", "zahra@example.org")])


def test_an_answer_to_a_mail_goes_where_that_mail_came_from_whatever_its_address(inbox: Inbox) -> None:
    appointment = invite()
    message = db.session.scalars(select(Message).where(Message.appointment_id == appointment.id)).first()
    assert message is not None
    answer = written("Yes", sender=STRANGER, headers=f"{at(2)}In-Reply-To: {message.message_id}\r\n")
    assert inbox.receive(answer) == "words"
    assert (seen_by(1), seen_by(2)) == ([("wrote", STRANGER)], [])


def test_an_answer_to_an_unknown_appointment_follows_the_same_rules(inbox: Inbox) -> None:
    answer = Answer(uid="unknown@example.org", sender=STRANGER)
    assert inbox.receive(google(answer)) == "undecided"
    assert inbox.receive(google(replace(answer, answer="DECLINED", headers=at(2)))) == "aside"
    assert (seen_by(1), seen_by(2)) == ([], [("mail-unmatched", STRANGER)])


@pytest.mark.parametrize("headers", ["", at(1), at(7)])
def test_one_office_alone_is_told_of_everything(app: Flask, headers: str) -> None:
    assert Inbox().receive(written("Hello", sender=STRANGER, headers=headers)) == "aside"
    assert seen_by(1) == [("mail-unmatched", STRANGER)]


def test_answers_to_a_mail_go_to_the_offices_address_and_the_organizer_stays(
        inbox: Inbox, server: MailServer, post: Post) -> None:
    use_office(1)
    invite()
    with transaction() as session:
        for row in session.scalars(select(Message)):
            row.state = "queued"
    post.later(timedelta(minutes=1))
    mail = next(mail.message for mail in server.received if mail.recipient == "zahra@example.org")
    assert (mail["Reply-To"], mail["From"].addresses[0].addr_spec) == ("appointments+1@example.org", OURS)
    assert f"mailto:{OURS}" in mail.get_payload(1).get_content().decode().replace("\r\n ", "")  # type: ignore[union-attr]


def test_a_coordinator_sees_the_address_of_their_office(inbox: Inbox, coordinator: Browser) -> None:
    assert "appointments+1@example.org" in coordinator.get("/office").text
