"""The mailbox as it is read over IMAP, from a real Dovecot."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import PROGRAMS, Answer, google, written
from tests.web.browser import Browser
from tests.web.conftest import NOW
from tests.web.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.web.receiving import invite, tasks
from tests.web.reports import opensmtpd
from web.models import IncomingMail, Mailbox, Message, db
from web.services import incoming, mail_child, mailbox, tokens
from web.services.imap import OpenMailbox

BOMBS = {
    "nested deeply": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth)
        for depth in range(4000)),
    "a mail in a mail in a mail": b"From: a@example.org\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 4000,
    "headers without end": b"From: a@example.org\r\n" + b"X-Header: " + b"x" * 900_000,
    "nothing but zeros": b"\0" * 100_000,
    "an unknown character set": b"Content-Type: text/plain; charset=no-such-thing\r\n\r\n\xff\xfe",
    "a broken boundary": b'From: a@example.org\r\nContent-Type: multipart/mixed; boundary="\r\n\r\n--\r\n',
    "base64 that is none": b"Content-Type: text/calendar; method=REPLY\r\n"
                           b"Content-Transfer-Encoding: base64\r\n\r\n%%%%",
    "one long line": b"Subject: x\r\n\r\n" + b"-" * 900_000 + b"x",
    "tags without end": b"Content-Type: text/html\r\n\r\n" + b"<a <b <c " * 50_000,
    "nothing": b"",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot, app: Flask) -> Dovecot:
    """An empty mailbox, of which the application knows."""
    running.empty()
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], imap_host="127.0.0.1", imap_port=running.port, imap_security="none",
        imap_user=USER, imap_password=PASSWORD, imap_authserv_id="mx.example.org",
        mail_return_address="bounce+{token}@example.org")
    return running


def set_up(app: Flask, **changes: Any) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **changes)


def read(*, now: datetime = NOW) -> int:
    count = incoming.read_mailbox(clock=lambda: now, go_on=lambda: True)
    db.session.expire_all()
    return count


def outcomes() -> list[str]:
    return list(db.session.scalars(select(IncomingMail.outcome).order_by(IncomingMail.uid)))


def last() -> Mailbox:
    db.session.expire_all()
    return db.session.scalars(select(Mailbox)).one()


def test_what_lies_in_the_mailbox_is_dealt_with_once_and_marked(server: Dovecot) -> None:
    appointments = [invite(email=f"c{number}@example.org", code=f"C-{number}") for number in range(4)]
    for appointment, program in zip(appointments, PROGRAMS.values(), strict=True):
        address = appointment.client.email
        server.put(program(Answer(uid=appointment.uid, sender=address, attendee=address)))
    returned = invite(email="gone@example.org", code="C-9")
    message = db.session.scalars(select(Message).where(Message.appointment_id == returned.id)).one()
    server.put(opensmtpd(tokens.return_address(message.message_id), "<x@example.org>"))
    server.put(written("Where is it?", sender="c0@example.org"))
    server.put(written("Buy!", sender="shop@example.net"))
    assert read() == 7
    assert outcomes() == [*["answered"] * 4, "bounced", "words", "aside"]
    assert [appointment.state for appointment in appointments] == ["confirmed"] * 4
    assert server.marks() == {
        7: {"\\Seen", "\\Flagged"}, **{uid: {"\\Seen"} for uid in range(1, 7)}}
    told = len(tasks())
    assert (read(), len(tasks()), len(outcomes())) == (0, told, 7)
    assert (last().fault, last().read_at, last().good_at) == ("", NOW, NOW)


def test_a_mail_that_somebody_has_opened_before_is_read_all_the_same(server: Dovecot) -> None:
    appointment = invite()
    server.put(google(Answer(uid=appointment.uid)))
    with server.opened() as person:
        person.store("1", "+FLAGS", r"(\Seen)")
    read()
    assert appointment.state == "confirmed"


def test_mails_that_come_later_are_read_later(server: Dovecot) -> None:
    appointment = invite()
    server.put(google(Answer(uid=appointment.uid, answer="TENTATIVE")))
    assert read() == 1
    server.put(google(Answer(uid=appointment.uid)))
    assert read() == 1
    assert outcomes() == ["shown", "answered"]


def test_a_mailbox_that_was_made_anew_is_read_again_and_nothing_happens_twice(server: Dovecot) -> None:
    appointment = invite()
    mails = [written("I come late"), google(Answer(uid=appointment.uid))]
    for mail in mails:
        server.put(mail)
    read()
    told = len(tasks())
    server.empty()
    for mail in (*mails, written("And I am new", identity="<2@example.org>")):
        server.put(mail)
    assert read() == 3
    assert sorted(outcomes()) == ["answered", "repeated", "repeated", "words", "words"]
    assert len(tasks()) == told + 1


def test_no_more_than_so_many_are_read_at_once_and_the_rest_is_not_forgotten(
        server: Dovecot, app: Flask) -> None:
    set_up(app, imap_per_run=2)
    invite()
    for number in range(5):
        server.put(written(f"Hello {number}", identity=f"<{number}@example.org>"))
    assert [read(), read(), read(), read()] == [2, 2, 1, 0]
    assert [task.details["words"] for task in tasks()] == [f"Hello {number}" for number in range(5)]


def test_a_worker_that_is_told_to_stop_leaves_the_rest(server: Dovecot) -> None:
    invite()
    for number in range(3):
        server.put(written(f"Hello {number}", identity=f"<{number}@example.org>"))
    asked = iter([True, False])
    assert incoming.read_mailbox(clock=lambda: NOW, go_on=lambda: next(asked)) == 1
    assert read() == 2


def test_a_mail_that_the_server_does_not_give_is_laid_aside_and_the_rest_is_read(server: Dovecot) -> None:
    appointment = invite()
    server.put(written("lost"))
    with server.opened():  # it has its UID now
        pass
    (lost,) = (server.folder / "mail").glob("*/*.example*")
    lost.chmod(0)
    server.put(google(Answer(uid=appointment.uid)))
    assert read() == 2
    assert (outcomes(), appointment.state) == (["aside", "answered"], "confirmed")
    assert [task.details["reason"] for task in tasks()] == ["unreadable"]
    assert last().fault == ""


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_mail_that_cannot_be_read_is_laid_aside_and_the_rest_is_read(
        server: Dovecot, bomb: str) -> None:
    appointment = invite()
    server.put(BOMBS[bomb])
    server.put(google(Answer(uid=appointment.uid)))
    assert read() == 2
    assert outcomes()[0] in ("aside", "automatic")
    assert (outcomes()[1], appointment.state) == ("answered", "confirmed")


def test_of_a_mail_of_twenty_megabytes_the_beginning_is_read(server: Dovecot) -> None:
    appointment = invite()
    large = written("Here is my passport.\r\n\r\n--\r\n" + "QUFB" * 5_000_000)
    server.put(large)
    server.put(written("Buy!" + "x" * 20_000_000, sender="shop@example.net"))
    server.put(google(Answer(uid=appointment.uid)))
    assert read() == 3
    assert outcomes() == ["words", "aside", "answered"]
    assert [(task.kind, task.details.get("words"), task.details.get("reason")) for task in tasks()] == [
        ("wrote", "Here is my passport.", None), ("mail-unmatched", None, "too-large")]


def test_a_mail_that_ends_its_reader_is_laid_aside_and_the_rest_is_read(
        server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    # No such mail is known; the reader's process is given no time at all instead.
    appointment = invite()
    server.put(written("slow"))
    monkeypatch.setattr(mail_child, "SECONDS", 0)
    assert (read(), outcomes()) == (1, ["aside"])
    monkeypatch.undo()
    server.put(google(Answer(uid=appointment.uid)))
    assert (read(), outcomes()) == (1, ["aside", "answered"])


def test_an_effect_that_fails_is_undone_shown_and_stops_nothing_else(
        server: Dovecot, caplog: pytest.LogCaptureFixture) -> None:
    broken, whole = invite(), invite(email="b@example.org", code="C-2")
    # What an update tells of the mail before it is gone: a fault of ours.
    db.session.scalars(select(Message).where(Message.appointment_id == broken.id)).one().facts = {}
    db.session.commit()
    server.put(google(Answer(uid=broken.uid, answer="DECLINED")))
    server.put(google(Answer(uid=whole.uid, sender="b@example.org", attendee="b@example.org")))
    read()
    assert (broken.state, whole.state, outcomes()) == ("invited", "confirmed", ["aside", "answered"])
    assert [task.details["reason"] for task in tasks()] == ["unreadable"]
    assert "cannot be dealt with" in caplog.text


def test_no_transaction_is_open_while_the_network_is_used(
        server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    appointment = invite()
    for number in range(3):
        server.put(written(f"Hello {number}", identity=f"<{number}@example.org>"))
    server.put(google(Answer(uid=appointment.uid)))
    ask, seen = OpenMailbox._ask, list[bool]()

    def asked(self: OpenMailbox, *arguments: str) -> Any:
        seen.append(db.session().in_transaction())
        return ask(self, *arguments)

    monkeypatch.setattr(OpenMailbox, "_ask", asked)
    db.session.commit()
    read()
    assert (len(seen), set(seen)) == (7, {False})  # two searches, four mails, one mark


@pytest.mark.parametrize(("changes", "fault"), [
    ({"imap_port": 1}, "unreachable"), ({"imap_password": "wrong"}, "refused"),
    ({"imap_folder": "No such folder"}, "folder"), ({"imap_security": "starttls"}, "encryption"),
    ({"imap_security": "tls"}, "encryption"), ({"imap_password": "ж"}, "refused"),
])
def test_what_is_wrong_with_the_server_is_said_in_words_on_the_offices_page(
        server: Dovecot, app: Flask, coordinator: Browser, changes: dict[str, Any], fault: str) -> None:
    sentences = {
        "unreachable": "The mail server could not be reached.",
        "refused": "The mail server refuses the user name or the password.",
        "folder": "The mail server has no such folder",
        "encryption": "There is no safe connection to the mail server",
    }
    set_up(app, **changes)
    assert read() == 0
    assert (last().fault, last().good_at) == (fault, None)
    page = coordinator.get("/office").text
    assert sentences[fault] in page
    assert "wrong&#34;" not in page
    assert PASSWORD not in page


def test_a_mailbox_that_is_silent_too_long_is_a_task_once(server: Dovecot, app: Flask) -> None:
    read()
    mailbox.note_silence(now=NOW)
    set_up(app, imap_password="wrong")
    later = NOW + timedelta(minutes=16)
    read(now=later)
    for _ in range(2):
        mailbox.note_silence(now=later)
    assert [task.kind for task in tasks()] == ["mailbox-silent"]
    set_up(app, imap_password=PASSWORD)
    read(now=later)
    mailbox.note_silence(now=later)
    assert tasks() == []


def test_an_office_without_a_mailbox_is_told_so(app: Flask, coordinator: Browser) -> None:
    assert "No mailbox is read." in coordinator.get("/office").text


def test_the_office_sees_when_its_mailbox_was_read(server: Dovecot, coordinator: Browser) -> None:
    assert "It has not been read yet. Is the worker running?" in coordinator.get("/office").text
    server.put(written("Buy!", sender="shop@example.net"))
    read()
    page = coordinator.get("/office").text
    assert "The last reading went well." in page
    assert "Mon, 23 Nov 2026, 10:00" in page
