"""Reminders: once before each appointment that stands, by day, to who wants them."""
from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from web.models import TO_CLIENTS, Appointment, Client, Message, Office, current_office_id
from web.services import outbox, tokens
from web.services.claims import OPEN
from web.services.transactions import transaction


def is_quiet(session: Session, *, now: datetime) -> bool:
    """Whether it is night at the chosen office: no telephone should ring for a reminder."""
    settings = tokens.settings()
    office = session.get_one(Office, current_office_id())
    here = now.astimezone(ZoneInfo(office.timezone)).time()
    begin, end = settings.mail_quiet_from, settings.mail_quiet_to
    return begin <= here < end if begin <= end else here >= begin or here < end


def write_due(*, now: datetime) -> int:
    """Write the reminders of the chosen office that are due, and count them."""
    with transaction() as session:
        if is_quiet(session, now=now):
            return 0
        return sum(_write_once(session, appointment, now) for appointment in _due(session, now))


def _due(session: Session, now: datetime) -> list[Appointment]:
    ahead = timedelta(hours=tokens.settings().mail_reminder_hours)
    reminded = exists().where(Message.appointment_id == Appointment.id, Message.kind == "reminder",
                              Message.state != "superseded", Message.give_up_at == Appointment.starts_at)
    news_on_its_way = exists().where(Message.appointment_id == Appointment.id, Message.state.in_(OPEN),
                                     Message.kind.in_(TO_CLIENTS))
    return list(session.scalars(
        select(Appointment).join(Appointment.client)
        .where(Appointment.state != "cancelled", Appointment.starts_at > now,
               Appointment.starts_at <= now + ahead, Client.reminders, Client.email != "",
               ~reminded, ~news_on_its_way)
        .order_by(Appointment.id)))


def _write_once(session: Session, appointment: Appointment, now: datetime) -> bool:
    told = outbox.last_told(session, appointment)
    ahead = timedelta(hours=tokens.settings().mail_reminder_hours)
    # Who was invited, or told of a change, only hours ago needs no second mail.
    if told is None or told.sent_at is None or told.sent_at > appointment.starts_at - ahead:
        return False
    try:
        with session.begin_nested():
            return outbox.write_reminder(session, appointment, now=now)
    except IntegrityError:
        return False  # another worker was faster
