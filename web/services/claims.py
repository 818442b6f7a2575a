"""Which mail a worker may send next, and what becomes of those whose worker has died."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, aliased

from web.models import TO_CLIENTS, Appointment, Message, Notice

LEASE = timedelta(minutes=2)
OVERDUE = timedelta(minutes=15)
OPEN = ("queued", "claimed", "handover")


@dataclass(frozen=True)
class Claim:
    """A mail that one worker alone may send until its lease runs out."""

    id: int
    appointment_id: int
    client_id: int
    kind: str
    facts: dict[str, Any]
    message_id: str
    attempts: int


def give_back_lost(session: Session, *, now: datetime) -> None:
    """Take mails from workers that are gone: their lease ran out."""
    session.execute(update(Message).where(Message.state == "claimed", Message.lease_until < now)
                    .values(state="queued", lease_until=None, worker=""))
    lost = session.scalars(select(Message).where(Message.state == "handover", Message.lease_until < now)
                           .with_for_update(skip_locked=True)).all()
    for message in lost:
        message.in_doubt = True
        message.lease_until = None
        message.worker = ""
        if message.kind == "reminder":
            message.state = "uncertain"
            _note(session, message, "mail-uncertain", now)
        else:
            message.state = "queued"
    session.flush()


def give_up_late(session: Session, *, now: datetime) -> None:
    """Stop trying what nobody can use any more: the appointment has begun (rule D2)."""
    late = session.scalars(select(Message).where(Message.state == "queued", Message.give_up_at <= now)
                           .with_for_update(skip_locked=True)).all()
    for message in late:
        message.state = "too-late"
        _note(session, message, "mail-too-late", now)
    session.flush()


def claim_next(session: Session, *, worker: str, now: datetime, per_minute: int,
               quiet: bool) -> Claim | None:
    """Lease the mail that is due next to `worker`, or nothing where none is due or the minute is full.

    While it is `quiet`, reminders wait.
    """
    if _left_in_the_last_minute(session, now) >= per_minute:
        return None
    earlier = aliased(Message)
    # In order for each appointment: an update must not overtake its invitation.
    waiting = exists().where(earlier.appointment_id == Message.appointment_id, earlier.id < Message.id,
                             earlier.state.in_(OPEN), earlier.kind.in_(TO_CLIENTS),
                             Message.kind.in_(TO_CLIENTS))
    due = (select(Message).where(Message.state == "queued", Message.next_attempt_at <= now, ~waiting)
           .order_by(Message.next_attempt_at, Message.id).limit(1)
           .with_for_update(skip_locked=True, of=Message))
    if quiet:
        due = due.where(Message.kind != "reminder")
    while (message := session.scalars(due).first()) is not None:
        appointment = session.get_one(Appointment, message.appointment_id)
        if _superseded(message, appointment):
            message.state = "superseded"
            session.flush()
            continue
        message.state, message.worker, message.lease_until = "claimed", worker, now + LEASE
        message.attempts += 1
        session.flush()
        return Claim(id=message.id, appointment_id=appointment.id, client_id=appointment.client_id,
                     kind=message.kind, facts=dict(message.facts), message_id=message.message_id,
                     attempts=message.attempts)
    return None


def note_overdue(session: Session, *, now: datetime) -> int:
    """Tell the coordinator once when mails have been waiting too long; count them (rule D6)."""
    count = session.scalar(select(func.count(Message.id)).where(
        Message.state.in_(OPEN), Message.created_at < now - OVERDUE)) or 0
    if count:
        note_once(session, kind="mail-delayed", details={"count": count}, now=now)
    return count


def note_once(session: Session, *, kind: str, details: dict[str, Any], now: datetime) -> None:
    """Leave a notice about the queue as a whole, unless one of the kind still waits to be seen."""
    unseen = select(Notice.id).where(Notice.kind == kind, Notice.seen_at.is_(None)).limit(1)
    if session.scalars(unseen).first() is None:
        session.add(Notice(kind=kind, details=details, created_at=now))


def _left_in_the_last_minute(session: Session, now: datetime) -> int:
    # One mail server serves all offices.
    counted = select(func.count(Message.id)).where(
        (Message.sent_at > now - timedelta(minutes=1)) | Message.state.in_(("claimed", "handover")))
    return session.scalar(counted, execution_options={"all_offices": True}) or 0


def _superseded(message: Message, appointment: Appointment) -> bool:
    """Whether a mail speaks of a revision that is no more; its successor says it better (rule D4)."""
    if message.kind not in TO_CLIENTS:
        return False
    stands = appointment.state != "cancelled"
    return message.revision != appointment.sequence or (message.kind == "cancellation") == stands


def _note(session: Session, message: Message, kind: str, now: datetime) -> None:
    if message.kind not in TO_CLIENTS:
        return  # what it tells of stands on the first page anyway
    appointment = session.get_one(Appointment, message.appointment_id)
    session.add(Notice(kind=kind, client_id=appointment.client_id, appointment_id=appointment.id,
                       details={"mail": message.kind, "answer": message.last_answer}, created_at=now))
