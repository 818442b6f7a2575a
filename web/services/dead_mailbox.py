"""A client's mailbox is dead: nothing else leaves for it, and people tell the client instead."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from web.models import TO_CLIENTS, Appointment, Message, Notice


def hold_back(session: Session, *, recipient: str, answer: str, now: datetime) -> None:
    """Let nothing leave that waits for a dead address; `answer` is what its server said."""
    waiting = session.scalars(select(Message).where(
        Message.recipient == recipient, Message.kind.in_(TO_CLIENTS),
        Message.state.in_(("queued", "claimed")), ~Message.in_doubt).order_by(Message.id)).all()
    for message in waiting:
        message.lease_until, message.worker = None, ""
        if message.kind == "reminder":
            message.state = "superseded"
            continue
        message.state, message.last_answer = "failed", answer
        appointment = session.get_one(Appointment, message.appointment_id)
        session.add(Notice(kind="mail-failed", client_id=appointment.client_id, appointment_id=appointment.id,
                           created_at=now, details={"mail": message.kind, "answer": answer,
                                                    "address": recipient}))
    session.flush()
