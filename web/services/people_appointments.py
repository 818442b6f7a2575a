"""A person's appointments, and the mails about them."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, selectinload

from web.models import (
    FAREWELL,
    TO_ASSISTANTS,
    TO_CLIENTS,
    Appointment,
    Assistant,
    Client,
    Message,
    Notice,
    Office,
    current_office_id,
    db,
)
from web.services import appointments
from web.services.claims import OPEN
from web.services.local_time import wall
from web.services.ways import dead_addresses

SAID = ("wrote", "tentative", "counter", "answer-refused", "note-answered")
WISHED = (*SAID, "another-time")  # with what the client has ticked on their page


def _of(person: Client | Assistant) -> Select[Appointment]:
    whose = (Appointment.client_id if isinstance(person, Client) else Appointment.assistant_id) == person.id
    return select(Appointment).where(whose).options(
        selectinload(Appointment.assistant), selectinload(Appointment.client),
        selectinload(Appointment.need), selectinload(Appointment.place))


def all_of(person: Client | Assistant) -> Sequence[Appointment]:
    """Every appointment, the latest first."""
    return db.session.scalars(
        _of(person).order_by(Appointment.starts_at.desc(), Appointment.id.desc())).all()


def coming(person: Client | Assistant, *, now: datetime) -> Sequence[Appointment]:
    """The appointments that stand and are still to come, the next first."""
    return db.session.scalars(
        _of(person).where(Appointment.state != "cancelled", Appointment.starts_at > now)
        .order_by(Appointment.starts_at, Appointment.id)).all()


def to_be_told(client: Client, *, now: datetime) -> Sequence[Appointment]:
    """The same of a client, with what is cancelled and they may not have heard of yet."""
    on_its_way = exists().where(Message.appointment_id == Appointment.id, Message.kind.in_(TO_CLIENTS),
                                Message.state.in_(OPEN))
    return db.session.scalars(
        _of(client).where((Appointment.state != "cancelled") | on_its_way, Appointment.starts_at > now)
        .order_by(Appointment.starts_at, Appointment.id)).all()


def messages_of(listed: Sequence[Appointment]) -> dict[int, list[Message]]:
    """The mails to both people about some appointments, by appointment, the oldest first."""
    found = defaultdict[int, list[Message]](list)
    ids = [appointment.id for appointment in listed]
    for message in db.session.scalars(
            select(Message)
            .where(Message.appointment_id.in_(ids), Message.kind.in_((*TO_CLIENTS, FAREWELL, *TO_ASSISTANTS)))
            .order_by(Message.id)):
        found[message.appointment_id].append(message)
    return found


def said_about(listed: Sequence[Appointment], kinds: Sequence[str] = SAID) -> dict[int, list[Notice]]:
    """What clients have written about some appointments, by appointment, the oldest first."""
    found = defaultdict[int, list[Notice]](list)
    ids = [appointment.id for appointment in listed]
    for notice in db.session.scalars(
            select(Notice).where(Notice.appointment_id.in_(ids), Notice.kind.in_(kinds)).order_by(Notice.id)):
        found[notice.appointment_id or 0].append(notice)
    return found


def comes_back(client: Client) -> bool:
    """Whether a mail to the client's address came back; another address begins anew."""
    return client.email in dead_addresses()


def cancel_from(session: Session, person: Client | Assistant, *, day: date, reason: str,
                now: datetime) -> None:
    """Cancel what is still to come on `day` or later, by the office's clock; the clients are told."""
    zone = session.get_one(Office, current_office_id()).timezone
    for appointment in coming(person, now=now):
        if wall(appointment.starts_at, zone).date() >= day:
            appointments.cancel(session, appointment, reason=reason, now=now)
