"""Reminders: at the times that the office sets, each once, by day, to who wants them.

Each of an appointment's reminders that was owed has one row, whatever became of it: sent; superseded, where a
later one said the same at the same moment; or too late, where nothing could be sent before the start.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from web.models import (
    NEWS,
    TO_CLIENTS,
    Appointment,
    Client,
    Departure,
    Message,
    Notice,
    Office,
    current_office_id,
)
from web.services import outbox
from web.services.claims import LONGEST_WAIT, OPEN
from web.services.quiet import Quiet, quiet_of
from web.services.transactions import transaction
from web.services.ways import dead_addresses, way_by

LOOK_BACK = timedelta(days=7)  # a worker that was away so long says what came too late meanwhile


@dataclass(frozen=True)
class Written:
    """What matters of a row of the outbox."""

    id: int
    kind: str
    hours_ahead: int
    state: str
    revision: int
    recipient: str
    give_up_at: datetime
    sent_at: datetime | None
    in_doubt: bool


@dataclass(frozen=True)
class Owed:
    """A reminder whose time has come, the last of those that have; `earlier` ones say the same."""

    appointment_id: int
    hours: int
    earlier: tuple[int, ...]
    served: bool  # a mail went out since its time had come, or is told of as too late already
    waiting: tuple[int, ...]  # rows of earlier reminders that have not left


def write_due(*, now: datetime) -> int:
    """Write the reminders of the chosen office that are due, and count them."""
    with transaction() as session:
        mend(session, now=now)
        office = session.get_one(Office, current_office_id())
        quiet = quiet_of(office)
        if not office.reminder_hours or quiet.at(now):
            return 0
        return sum(_write(session, owed, now) for owed in list(_owed(session, office, quiet, now)))


def mend(session: Session, *, now: datetime) -> None:
    """Undo what a clock that ran ahead has written, once it has been put right."""
    soon = now + timedelta(minutes=1)
    newest = session.scalars(select(Message.created_at).order_by(Message.id.desc()).limit(1)).first()
    if newest is not None and newest > soon:
        session.execute(delete(Message).where(
            Message.created_at > soon, Message.kind == "reminder", Message.sent_at.is_(None),
            ~Message.in_doubt, Message.state.in_(("queued", "too-late", "superseded"))))
    if session.scalars(select(Departure.id).where(Departure.at > soon).limit(1)).first() is not None:
        session.execute(update(Message).where(Message.sent_at > soon).values(sent_at=now))
    begun = select(Message.appointment_id).where(Message.state == "too-late", Message.give_up_at > now)
    session.execute(delete(Notice).where(Notice.kind == "mail-too-late", Notice.seen_at.is_(None),
                                         Notice.appointment_id.in_(begun)))
    session.execute(update(Message).where(Message.state == "too-late", Message.give_up_at > now)
                    .values(state="queued", next_attempt_at=now))
    session.execute(update(Message).where(Message.state == "queued",
                                          Message.next_attempt_at > now + LONGEST_WAIT)
                    .values(next_attempt_at=now))


def _owed(session: Session, office: Office, quiet: Quiet, now: datetime) -> Iterator[Owed]:
    until = now + timedelta(hours=max(office.reminder_hours)) + timedelta(days=1)  # some come before a night
    columns = (Message.id, Message.kind, Message.hours_ahead, Message.state, Message.revision,
               Message.recipient, Message.give_up_at, Message.sent_at, Message.in_doubt)
    rows = session.execute(
        select(Appointment.id, Appointment.starts_at, Appointment.sequence, Client.channel, Client.email,
               Client.phone, *columns)
        .join(Client, Appointment.client_id == Client.id)
        .join(Message, Message.appointment_id == Appointment.id)
        .where(Appointment.state != "cancelled", Appointment.starts_at > now - LOOK_BACK,
               Appointment.starts_at <= until, Client.reminders,
               Message.kind.in_(TO_CLIENTS))
        .order_by(Appointment.id, Message.id)).all()
    dead = dead_addresses()
    for appointment, found in groupby(rows, lambda row: tuple(row[:6])):
        appointment_id, starts_at, revision, channel, email, phone = appointment
        way = way_by(channel, email=email, phone=phone)
        if way is None or way.address in dead:
            continue
        mails = [Written(*tuple(row)[6:]) for row in found]
        due = {hours: quiet.moment_for(starts_at - timedelta(hours=hours), before=starts_at)
               for hours in office.reminder_hours}
        if owed := _of(appointment_id, mails, due, starts_at, revision, way.address, now):
            yield owed


def _of(appointment_id: int, mails: Sequence[Written], due: dict[int, datetime], starts_at: datetime,
        revision: int, address: str, now: datetime) -> Owed | None:
    told = [mail for mail in mails if mail.kind in NEWS and (
        mail.state in ("sent", "handover") or mail.in_doubt)]
    if not told or told[-1].kind == "cancellation" or told[-1].recipient != address:
        return None
    if told[-1].sent_at is None or any(mail.state in OPEN and not _waits(mail) for mail in mails):
        return None  # news, or a reminder, is on its way
    reminders = [mail for mail in mails if mail.kind == "reminder"]
    accounted = {mail.hours_ahead for mail in reminders if mail.recipient == address and (
        mail.revision == revision or (mail.give_up_at == starts_at and mail.state != "superseded"))}
    # Who was invited, or told of a change, only since then needs no second mail.
    come = sorted(hours for hours, moment in due.items()
                  if told[-1].sent_at <= moment <= now and hours not in accounted)
    if not come:
        return None
    since = due[come[0]]
    return Owed(
        appointment_id=appointment_id, hours=come[0], earlier=tuple(come[1:]),
        served=any(mail.state == "too-late" if mail.sent_at is None else mail.sent_at >= since
                   for mail in reminders),
        waiting=tuple(mail.id for mail in reminders if _waits(mail)))


def _waits(mail: Written) -> bool:
    return mail.kind == "reminder" and mail.state == "queued"


def _write(session: Session, owed: Owed, now: datetime) -> bool:
    appointment = session.get_one(Appointment, owed.appointment_id)
    over = appointment.starts_at <= now
    session.execute(update(Message).where(Message.id.in_(owed.waiting)).values(state="superseded"))
    for hours in owed.earlier:
        outbox.write_reminder(session, appointment, hours=hours, state="superseded", now=now)
    state = "superseded" if owed.served else "too-late" if over else "queued"
    outbox.write_reminder(session, appointment, hours=owed.hours, state=state, now=now)
    if state == "too-late":
        session.add(Notice(kind="mail-too-late", client_id=appointment.client_id, created_at=now,
                           appointment_id=appointment.id, details={"mail": "reminder", "answer": ""}))
    return state == "queued"
