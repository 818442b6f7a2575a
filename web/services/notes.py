"""Mails that tell coordinators of a client's own words, written in the transaction that keeps the words."""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from web.models import Appointment, Message, Notice, Office, User, current_office_id
from web.services import tokens
from web.services.local_time import wall
from web.services.outbox import message_id

USEFUL_FOR = timedelta(days=1)  # by then somebody has seen the first page


def write_notes(session: Session, notice: Notice, appointment: Appointment, *, now: datetime) -> None:
    """Tell every coordinator of the office that a client has written, without what was written."""
    office = session.get_one(Office, current_office_id())
    settings = tokens.settings()
    for user in session.scalars(select(User).where(User.active).order_by(User.id)):
        identity = message_id(uid=appointment.uid, kind="note", revision=notice.id, recipient=user.email,
                              host=settings.host)
        facts = {
            "recipient": user.email, "language": user.language, "office": office.public_name,
            "from_address": settings.mail_from_address, "client": appointment.client.code,
            "day": wall(appointment.starts_at, office.timezone).date().isoformat(),
            "link": f"{settings.public_url}/clients/{appointment.client_id}",
            "written_at": now.replace(microsecond=0).isoformat(),
        }
        session.add(Message(
            appointment_id=appointment.id, revision=notice.id, kind="note", recipient=user.email,
            language=user.language, facts=facts, message_id=identity,
            return_hash=tokens.return_hash(tokens.return_token(identity)),
            next_attempt_at=now, give_up_at=now + USEFUL_FOR, created_at=now))
    session.flush()
