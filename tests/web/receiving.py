"""Mails handed to the application as if they had been fetched from a mailbox."""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from tests.web.answers_by_mail import OURS
from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from web.models import Appointment, IncomingMail, Message, Notice, db
from web.reading.letter import Letter, read_letter
from web.services import appointments, incoming
from web.services.imap import Fetched
from web.services.transactions import transaction


class Here:
    """Reads in this process: what the other process adds has a test of its own."""

    def read(self, octets: bytes, *, whole: bool) -> Letter:
        return read_letter(octets, own_address=OURS, authserv_id="mx.example.org", whole=whole)


class Inbox:
    """A mailbox whose mails have the UIDs 1, 2, 3 …"""

    uid = 0

    def receive(self, octets: bytes, *, now: datetime = NOW, whole: bool = True, uidvalidity: int = 1) -> str:
        """Deal with a mail; say what became of it."""
        self.uid += 1
        incoming.take(Fetched(self.uid, uidvalidity, octets, whole), name="box", reader=Here(), now=now)
        db.session.expire_all()
        return db.session.scalars(
            select(IncomingMail.outcome).order_by(IncomingMail.id.desc()).limit(1)).one()


def invite(*, email: str = "zahra@example.org", code: str = "C-17") -> Appointment:
    """An appointment a week ahead whose client has got the invitation."""
    start = NOW + timedelta(days=7)
    with transaction() as session:
        client = make_client(email=email, code=code, phone="+381 60 000 0000")
        appointment = appointments.book(
            session, round=make_round(state="published", ended_at=NOW), need=make_need(client),
            assistant=make_assistant(), place=make_place(), starts_at=start,
            ends_at=start + timedelta(hours=1), now=NOW)
        for message in session.scalars(select(Message).where(Message.appointment_id == appointment.id)):
            message.state, message.sent_at = "sent", NOW
    return appointment


def tasks() -> list[Notice]:
    """What waits for a coordinator."""
    db.session.expire_all()
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))
