"""A mail server that is real, a worker that delivers when told to, and what becomes of mails."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from tests.web.smtp import MailServer, mail_server
from web.models import Appointment, Message, Notice, db
from web.services import appointments, delivery, outbox
from web.services.smtp import Courier
from web.services.transactions import transaction

START = NOW + timedelta(days=7)
HOUR = timedelta(hours=1)


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with mail_server() as running:
        app.config["SETTINGS"] = replace(
            app.config["SETTINGS"], mail_host="127.0.0.1", mail_port=running.port, mail_security="none",
            mail_timeout_seconds=1)
        yield running


class Post:
    """A worker that delivers when told to, on a clock that tests move."""

    def __init__(self, app: Flask, name: str = "worker-1") -> None:
        self.now = NOW
        self.name = name
        self.courier = Courier(app.config["SETTINGS"])

    def deliver(self) -> None:
        while delivery.deliver_next(courier=self.courier, worker=self.name, clock=lambda: self.now):
            pass
        self.courier.quit()

    def later(self, span: timedelta) -> None:
        self.now += span
        self.deliver()


@pytest.fixture
def post(app: Flask, server: MailServer) -> Post:
    return Post(app)


def invite(*, email: str = "zahra@example.org", starts_at: datetime = START) -> Appointment:
    # The assistant without an address: what they are told is the matter of test_assistant_news.py.
    with transaction() as session:
        return appointments.book(
            session, round=make_round(), need=make_need(make_client(email=email)),
            assistant=make_assistant(email=""), place=make_place(), starts_at=starts_at,
            ends_at=starts_at + HOUR, now=NOW)


def move(appointment: Appointment, *, by: timedelta, now: datetime = NOW) -> None:
    with transaction() as session:
        appointments.revise(
            session, appointment, round=make_round(), assistant=appointment.assistant,
            place=appointment.place, starts_at=appointment.starts_at + by, ends_at=appointment.ends_at + by,
            now=now)


def cancel(appointment: Appointment, *, now: datetime = NOW) -> None:
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=now)


def rows() -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def states() -> list[tuple[str, str]]:
    return [(message.kind, message.state) for message in rows()]


def notices() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(
        select(Notice.kind).where(Notice.assistant_id.is_(None)).order_by(Notice.id)))


def message_ids(server: MailServer) -> list[str]:
    return [mail.message["Message-ID"] for mail in server.received]


def dawdle(app: Flask, post: Post) -> None:
    # No octet comes too late for a socket's timeout, and yet the answer would take seven seconds.
    post.courier = Courier(replace(app.config["SETTINGS"], mail_timeout_seconds=0.3))


def send_again(message: Message, *, email: str = "") -> bool:
    with transaction() as session:
        if email:
            message.appointment.client.email = email
            session.flush()
        return outbox.send_again(session, message, now=NOW)


class Interrupted(BaseException):
    """Stands for the end of a process, at a moment of the test's choosing."""
