"""All mails of an office: what waits, what came to a bad end, and sending that once more."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from web.i18n import gettext as _
from web.models import TO_CLIENTS, Appointment, Message, db
from web.services import claims, outbox, sending_limits
from web.services.audit import record
from web.services.errors import ConflictError, NotFoundError
from web.services.people_appointments import messages_of
from web.services.transactions import transaction
from web.services.ways import way_to

LATELY = timedelta(days=14)
MOST = 200  # rows of one list


@dataclass(frozen=True)
class Outbox:
    """What a coordinator sees of the outbox; `late` are the ids of what should have left long ago."""

    waiting: Sequence[Message]
    late: frozenset[int]
    troubled: Sequence[Message]
    again: set[int]
    sent_today: int
    limits: Sequence[tuple[str, timedelta, int]]  # for which some wait: channel, stretch of time, how many


def outbox_of(*, now: datetime) -> Outbox:
    """Gather what waits, the oldest first, and what came to a bad end lately, the latest first."""
    whole = joinedload(Message.appointment).joinedload(Appointment.client)
    session = db.session()
    waiting = session.scalars(select(Message).where(Message.state.in_(claims.OPEN))
                              .options(whole, joinedload(Message.assistant))
                              .order_by(Message.created_at, Message.id).limit(MOST)).all()
    troubled = session.scalars(select(Message).where(
        Message.state.in_(outbox.REPEATABLE), Message.created_at > now - LATELY,
        Message.kind.in_(TO_CLIENTS))
        .options(whole).order_by(Message.created_at.desc(), Message.id.desc()).limit(MOST)).all()
    siblings = messages_of([message.appointment for message in troubled])
    return Outbox(
        waiting=waiting, troubled=troubled, again=repeatable(siblings.values(), now=now),
        late=frozenset(message.id for message in waiting if message.created_at < now - claims.OVERDUE),
        sent_today=session.scalar(select(func.count(Message.id)).where(
            Message.state == "sent", Message.sent_at > now - timedelta(days=1))) or 0,
        limits=[(channel, *limit) for channel in sorted({message.channel for message in waiting})
                if (limit := sending_limits.reached(session, channel, now=now))])


def repeatable(mails: Iterable[Sequence[Message]], *, now: datetime) -> set[int]:
    """The ids of mails that a coordinator may send again; `mails` are all mails of each appointment."""
    return {mail.id for siblings in mails for mail in siblings if _helps(mail, siblings, now)}


def _helps(mail: Message, siblings: Sequence[Message], now: datetime) -> bool:
    appointment = mail.appointment
    way = way_to(appointment.client)
    address = way.address if way else ""
    if mail.kind not in TO_CLIENTS or mail.state not in outbox.REPEATABLE or not address:
        return False
    if mail.revision != appointment.sequence or appointment.starts_at <= now:
        return False
    if mail.recipient == address:
        return True
    # To a corrected address goes the present news, once.
    return appointment.state != "cancelled" and not any(
        one.recipient == address and one.revision == mail.revision and one.kind != "reminder"
        for one in siblings)


def goes_to(message: Message) -> str:
    """The address or number to which a mail goes when it is sent again."""
    way = way_to(message.appointment.client)
    return way.address if way else message.recipient


def send_again(*, message_id: int, user_id: int, now: datetime) -> Message:
    """Try a mail once more, or write its news to the address that was corrected meanwhile.

    Raises
    ------
    NotFoundError
        There is no such mail.
    ConflictError
        It has left, is on its way, or is no longer true.
    """
    with transaction() as session:
        message = session.get(Message, message_id)
        if message is None or message.kind not in TO_CLIENTS:
            raise NotFoundError(_("There is no such mail."))
        siblings = messages_of([message.appointment]).get(message.appointment_id, [])
        if not _helps(message, siblings, now) or not outbox.send_again(session, message, now=now):
            raise ConflictError(_("This mail cannot be sent again: it is on its way, or no longer true."))
        record(session, user_id=user_id, action="mail.sent-again", subject=f"message:{message.id}", now=now)
    return db.session.get_one(Message, message_id)
