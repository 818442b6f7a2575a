"""A client's whole way: the worker sends an invitation, a calendar answers, the worker reads the answer."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import Answer, apple, google, outlook, thunderbird, written
from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from tests.web.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.web.killed_worker import ROOT, living  # noqa: F401 -- a fixture
from tests.web.reports import postfix
from tests.web.settings import SECRET, make_settings
from tests.web.smtp import MailServer, Received, mail_server
from web.models import Appointment, Message, Notice, User, db
from web.services import appointments, tokens
from web.services.transactions import transaction

only_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def outgoing() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def incoming() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def worker(database: str, tmp_path: Path, outgoing: MailServer, incoming: Dovecot,
           living: Flask) -> Iterator[None]:  # noqa: F811
    """`flask worker`, as docs/installing.md says."""
    config = tmp_path / "saputnik.toml"
    config.write_text(
        f'[site]\ndatabase_url = "{database}"\n'
        f'[mail]\nhost = "127.0.0.1"\nport = {outgoing.port}\nsecurity = "none"\nper_minute = 1000\n'
        f'return_address = "bounce+{{token}}@example.org"\n'
        f'[imap]\nhost = "127.0.0.1"\nport = {incoming.port}\nsecurity = "none"\nuser = "{USER}"\n'
        f'every_seconds = 1\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, stderr=subprocess.DEVNULL,
        env={**os.environ, "SAPUTNIK_CONFIG": str(config), "SAPUTNIK_SECRET_KEY": SECRET,
             "SAPUTNIK_IMAP_PASSWORD": PASSWORD})
    yield
    process.terminate()
    assert process.wait(40) == 0


def until(true: Callable[[], bool]) -> None:
    """Wait for the worker."""
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
        db.session.rollback()
    assert true()


def book(number: int) -> Appointment:
    start = datetime.now(UTC) + timedelta(days=3)
    with transaction() as session:
        client = make_client(email=f"c{number}@example.org", code=f"C-{number}")
        return appointments.book(
            session, round=make_round(state="published", ended_at=NOW), need=make_need(client),
            assistant=make_assistant(), place=make_place(), starts_at=start,
            ends_at=start + timedelta(hours=1), now=datetime.now(UTC))


def answer_to(mail: Received, **fields: str) -> Answer:
    """What a calendar makes of an invitation: it knows nothing but what stands in it."""
    (part,) = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    assert isinstance(part, EmailMessage)
    events: list[Any] = icalendar.Calendar.from_ical(part.get_content()).walk("VEVENT")
    (event,) = events
    attendee = event["ATTENDEE"].removeprefix("mailto:")
    assert (event["ATTENDEE"].params["RSVP"], event["ORGANIZER"]) == ("TRUE", f"mailto:{USER}")
    return Answer(uid=str(event["UID"]), sequence=int(event["SEQUENCE"]), sender=attendee, attendee=attendee,
                  written=datetime.now(UTC), **fields)


@only_sqlite
@pytest.mark.usefixtures("worker")
def test_answers_words_and_reports_find_their_way_to_the_page(
        living: Flask, outgoing: MailServer, incoming: Dovecot) -> None:  # noqa: F811
    living.config["SETTINGS"] = replace(living.config["SETTINGS"], imap_host="127.0.0.1")
    with transaction() as session:
        session.add(User(email="mira@example.org", name="Mira", password_hash="", created_at=NOW))
    booked = [book(number) for number in range(5)]
    until(lambda: len(outgoing.received) == 5)
    mails = {mail.recipient: mail for mail in outgoing.received}
    incoming.put(google(answer_to(mails["c0@example.org"])))
    incoming.put(outlook(answer_to(mails["c1@example.org"], answer="DECLINED")))
    incoming.put(apple(answer_to(mails["c2@example.org"], answer="TENTATIVE")))
    incoming.put(written("Where is it?", sender="c2@example.org"))
    incoming.put(postfix(mails["c3@example.org"].sender, mails["c3@example.org"].message["Message-ID"]))
    incoming.put(thunderbird(answer_to(mails["c4@example.org"])))
    until(lambda: len(db.session.scalars(select(Notice.id)).all()) == 4)
    # The one who declined gets the cancellation, the coordinator hears that somebody has written.
    until(lambda: len(outgoing.received) == 7)
    until(lambda: db.session.scalars(
        select(Appointment.state).where(Appointment.id == booked[4].id)).one() == "confirmed")
    db.session.expire_all()
    assert [appointment.state for appointment in booked] == [
        "confirmed", "cancelled", "invited", "invited", "confirmed"]
    page = living.test_client().get(f"/a/{tokens.answer_token(booked[0].uid)}?lang=en").text
    assert "You have told us that you are coming. Thank you." in page
    assert sorted(db.session.scalars(select(Notice.kind))) == [
        "declined", "mail-bounced", "tentative", "wrote"]
    assert {(mail.recipient, mail.message["Auto-Submitted"]) for mail in outgoing.received[5:]} == {
        ("c1@example.org", "auto-generated"), ("mira@example.org", "auto-generated")}
    returned = select(Message.state).where(Message.recipient == "c3@example.org")
    assert db.session.scalars(returned).one() == "bounced"
    assert set().union(*incoming.marks().values()) == {"\\Seen"}


def test_what_comes_back_is_a_task_within_a_minute_as_the_mailbox_is_read_twice_in_it() -> None:
    assert make_settings("sqlite://").imap_every_seconds <= 30
