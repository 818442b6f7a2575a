"""Which mail a worker may send next, and what becomes of those whose worker has died."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, exists, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from web.models import (
    FAREWELL,
    NEWS,
    TO_ASSISTANTS,
    TO_CLIENTS,
    Appointment,
    Message,
    Notice,
    Office,
    current_office_id,
)
from web.services.sending_limits import has_room

LEASE = timedelta(minutes=2)
OVERDUE = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=2)  # no row waits longer for its next attempt: see `delay_after`
AT_RISK = timedelta(hours=24)
# What tells no client and no assistant when to come: the stop switch holds back what may be wrong,
# and whoever puts that right needs to sign in and to hear what clients write.
NEVER_STOPPED = ("sign-in", "note")
OPEN = ("queued", "claimed", "handover")


@dataclass(frozen=True)
class Claim:
    """A mail that one worker alone may send until its lease runs out."""

    id: int
    appointment_id: int | None  # None in a sign-in mail
    client_id: int | None  # None in a mail to an assistant
    assistant_id: int | None
    kind: str
    channel: str
    facts: dict[str, Any]
    message_id: str
    attempts: int
    link_generation: int  # of the appointment's answer link, as it was claimed


def give_back_lost(session: Session, *, now: datetime) -> None:
    """Take mails from workers that are gone: their lease ran out."""
    # A lease further ahead than any is given was given by a clock that has been put back since.
    lost = (Message.lease_until < now) | (Message.lease_until > now + 2 * LEASE)
    session.execute(update(Message).where(Message.state == "claimed", lost)
                    .values(state="queued", lease_until=None, worker=""))
    handed = session.scalars(select(Message).where(Message.state == "handover", lost)
                             .with_for_update(skip_locked=True)).all()
    for message in handed:
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


def claim_next(session: Session, *, worker: str, now: datetime, quiet: bool,
               channels: Sequence[str] = ("mail",)) -> Claim | None:
    """Lease what is due next to `worker`, or nothing where none is due, or no more may leave now.

    While it is `quiet`, reminders wait.
    """
    stopped_at = session.scalar(select(Office.mails_stopped_at).where(Office.id == current_office_id()))
    open_channels = [one for one in channels if has_room(session, one, now=now)]
    earlier = aliased(Message)
    # In order for each appointment: an update must not overtake its invitation.
    same_reader = ((earlier.kind.in_(TO_CLIENTS) & Message.kind.in_((*TO_CLIENTS, FAREWELL)))
                   | (earlier.assistant_id == Message.assistant_id))
    waiting = exists().where(earlier.appointment_id == Message.appointment_id, earlier.id < Message.id,
                             earlier.state.in_(OPEN), same_reader)
    due = (select(Message).where(Message.state == "queued", Message.next_attempt_at <= now, ~waiting,
                                 Message.channel.in_(open_channels))
           # News first: where a limit leaves room for few, a reminder is what can be missed.
           .order_by(case((Message.kind == "reminder", 1), else_=0), Message.next_attempt_at, Message.id)
           .limit(1)
           .with_for_update(skip_locked=True, of=Message))
    if stopped_at is not None:
        due = due.where(Message.kind.in_(NEVER_STOPPED))
    if quiet:
        due = due.where(Message.kind != "reminder")
    while (message := session.scalars(due).first()) is not None:
        appointment = session.get(Appointment, message.appointment_id) if message.appointment_id else None
        if appointment is not None and _superseded(session, message, appointment):
            message.state = "superseded"
            session.flush()
            continue
        message.state, message.worker, message.lease_until = "claimed", worker, now + LEASE
        message.attempts += 1
        session.flush()
        return Claim(id=message.id, appointment_id=message.appointment_id, assistant_id=message.assistant_id,
                     client_id=appointment.client_id if appointment and not message.assistant_id else None,
                     kind=message.kind, channel=message.channel, facts=dict(message.facts),
                     message_id=message.message_id, attempts=message.attempts,
                     link_generation=appointment.link_generation if appointment else 0)
    return None


def take_back(session: Session, *, worker: str | None = None) -> None:
    """Queue again what `worker`, or any, has claimed: nothing of it counts before the final dot.

    From any it is what the stop switch holds back.

    One in handover is left to its lease: only time tells whether it arrived.
    """
    whose = Message.kind.not_in(NEVER_STOPPED) if worker is None else Message.worker == worker
    held = (Message.state == "claimed") & whose
    session.execute(update(Message).where(held).values(state="queued", worker="", lease_until=None))


def overdue(now: datetime) -> ColumnElement[bool]:
    """What should have left long ago (rule D6)."""
    return Message.state.in_(OPEN) & (Message.created_at < now - OVERDUE)


def note_overdue(session: Session, *, now: datetime) -> int:
    """Tell the coordinator once while mails wait too long, and which clients to telephone; count them."""
    late = session.scalars(select(Message).where(overdue(now)).options(joinedload(Message.appointment))).all()
    if late:
        note_once(session, kind="mail-delayed", details={"count": len(late)}, now=now)
    else:
        forget(session, "mail-delayed")
    told = set(session.scalars(select(Notice.appointment_id).where(Notice.kind == "mail-at-risk")))
    for message in late:
        # "Too late" would come too late for the client: while there is time, somebody can call them.
        soon = now < message.give_up_at <= now + AT_RISK
        if soon and message.kind in NEWS and message.appointment_id not in told:
            told.add(message.appointment_id)
            _note(session, message, "mail-at-risk", now)
    return len(late)


def forget(session: Session, *kinds: str, appointment_id: int | None = None) -> None:
    """Take back notices that nobody has seen and that are over."""
    over = delete(Notice).where(Notice.kind.in_(kinds), Notice.seen_at.is_(None))
    session.execute(over if appointment_id is None else over.where(Notice.appointment_id == appointment_id))


def note_once(session: Session, *, kind: str, details: dict[str, Any], now: datetime) -> None:
    """Leave a notice about the queue as a whole, unless one of the kind still waits to be seen."""
    unseen = select(Notice.id).where(Notice.kind == kind, Notice.seen_at.is_(None)).limit(1)
    if session.scalars(unseen).first() is None:
        session.add(Notice(kind=kind, details=details, created_at=now))


def _superseded(session: Session, message: Message, appointment: Appointment) -> bool:
    """Whether a mail speaks of a revision that is no more; its successor says it better (rule D4)."""
    if message.kind in TO_ASSISTANTS:
        # An assistant who gave the appointment up hears nothing of its later revisions: what counts is
        # whether there is a later word to them.
        return session.scalar(select(Message.id).where(
            Message.appointment_id == appointment.id, Message.assistant_id == message.assistant_id,
            Message.id > message.id, Message.state != "superseded").limit(1)) is not None
    if message.kind not in TO_CLIENTS:
        return False
    stands = appointment.state != "cancelled"
    if message.kind == "reminder" and not appointment.client.reminders:
        return True
    return message.revision != appointment.sequence or (message.kind == "cancellation") == stands


def _note(session: Session, message: Message, kind: str, now: datetime) -> None:
    if message.kind in TO_ASSISTANTS:
        if message.kind == "sign-in" and kind == "mail-too-late":
            kind = "link-too-late"
        session.add(Notice(kind=kind, assistant_id=message.assistant_id, created_at=now,
                           appointment_id=message.appointment_id,
                           details={"mail": message.kind, "answer": message.last_answer}))
        return
    if message.kind not in TO_CLIENTS:
        return  # what it tells of stands on the first page anyway
    appointment = session.get_one(Appointment, message.appointment_id)
    session.add(Notice(kind=kind, client_id=appointment.client_id, appointment_id=appointment.id,
                       details={"mail": message.kind, "answer": message.last_answer}, created_at=now))
