"""An office’s address with a plus: from its mail to a client to what they write back, by a real server."""
from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import written
from tests.web.conftest import LEVELS, NOW
from tests.web.dovecot import LMTP, PASSWORD, USER, Dovecot, dovecot
from tests.web.services.delivering import Post, invite, post, server
from tests.web.smtp import MailServer
from web.models import IncomingMail, Notice, Office, db, use_office
from web.services import incoming
from web.services.transactions import transaction

__all__ = ["post", "server"]  # fixtures
NAME, _, DOMAIN = USER.partition("@")
only_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Dovecot]:
    """The mailbox of two offices, which the application reads."""
    if LMTP is None:
        assert "CI" not in os.environ, "dovecot-lmtpd is missing: sh tests/system-packages.sh dovecot"
        pytest.skip("dovecot-lmtpd is missing: sh tests/system-packages.sh dovecot")
    with transaction() as session:
        session.add(Office(name="Info Point Novi Sad", public_name="Info Point", levels=LEVELS))
    with dovecot() as running:
        app.config["SETTINGS"] = replace(
            app.config["SETTINGS"], mail_office_address=f"{NAME}+{{office}}@{DOMAIN}", imap_host="127.0.0.1",
            imap_port=running.port, imap_security="none", imap_user=USER, imap_password=PASSWORD)
        yield running


def read() -> list[str]:
    incoming.read_mailbox(clock=lambda: NOW, go_on=lambda: True)
    db.session.expire_all()
    return list(db.session.scalars(select(IncomingMail.outcome).order_by(IncomingMail.uid)))


def told(office: int) -> list[tuple[str, int | None]]:
    """What an office's first page says of mails, and of which appointment."""
    use_office(office)
    tasks = db.session.scalars(select(Notice).order_by(Notice.id))
    return [(task.kind, task.appointment_id) for task in tasks]


@only_sqlite
def test_what_a_client_of_two_offices_writes_to_one_of_them_reaches_that_one(
        mailbox: Dovecot, server: MailServer, post: Post) -> None:
    appointments = {}
    for office in (1, 2):
        use_office(office)
        appointments[office] = invite(email="zahra@example.org").id
        post.deliver()
    addresses = [str(mail.message["Reply-To"]) for mail in server.received]
    assert addresses == [f"{NAME}+1@{DOMAIN}", f"{NAME}+2@{DOMAIN}"]
    mailbox.deliver(written("I am ill", identity="<a@example.org>"), to=addresses[1])
    assert read() == ["words"]
    assert (told(1), told(2)) == ([], [("wrote", appointments[2])])
    mailbox.deliver(written("I am ill, too", identity="<b@example.org>"), to=addresses[0].upper())
    mailbox.deliver(written("And whom is this for?", identity="<c@example.org>"), to=USER)
    assert read() == ["words", "words", "undecided"]
    assert (told(1), told(2)) == ([("wrote", appointments[1])], [("wrote", appointments[2])])


@only_sqlite
def test_a_strangers_mail_reaches_the_office_of_its_address_and_no_other(mailbox: Dovecot) -> None:
    for number, address in enumerate((f"{NAME}+2@{DOMAIN}", f"{NAME}+3@{DOMAIN}", f"{NAME}+2x@{DOMAIN}")):
        mailbox.deliver(written("Hello", sender="stranger@example.net", identity=f"<{number}@example.net>"),
                        to=address)
    assert read() == ["aside", "undecided", "undecided"]
    assert (told(1), told(2)) == ([], [("mail-unmatched", None)])
