"""A client takes another free time for their appointment, or asks for it where the office wants to decide."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import Appointment, Assistant, Notice, Office, Place, Round, current_office_id
from web.services import answers, appointments, audit, free_slots
from web.services.errors import ConflictError
from web.services.free_slots import Slot
from web.services.standing import NOTICE


class TakenError(ConflictError):
    """The time is no longer free, or never was."""


def choose(token: str, *, revision: int, starts_at: datetime, now: datetime) -> None:
    """Move the appointment to a free time, or ask the office to.

    Raises
    ------
    TakenError
        Where somebody else was faster.
    """
    with answers.answering(token, revision, now) as (session, appointment):
        if appointment.state == "cancelled":
            raise ConflictError(_("Your appointment has changed. Please look at it again before you answer."))
        wish = appointments.wish_of(session, appointment)
        wanted = datetime.fromisoformat(wish.details["start"]) if wish else appointment.starts_at
        if starts_at == wanted:
            return  # a second tap on the same button
        slots = {slot.starts_at: slot for slot in free_slots.free(appointment, now=now)}
        if (slot := slots.get(starts_at)) is None:
            raise TakenError(_("Somebody else has just taken this time. Please choose another one."))
        office = session.get_one(Office, current_office_id())
        # What begins soon is moved by people: somebody may be on their way already.
        if office.moves_at_once and appointment.starts_at >= now + NOTICE:
            move(session, appointment, slot, now=now)
            session.add(Notice(kind="moved", client_id=appointment.client_id, details={},
                               appointment_id=appointment.id, created_at=now))
            audit.record(session, user_id=None, action="appointment.moved-by-client",
                         subject=f"appointment:{appointment.id}", now=now)
            return
        appointments.forget_wish(session, appointment)
        session.add(Notice(
            kind="asks-for", client_id=appointment.client_id, appointment_id=appointment.id, created_at=now,
            details={"start": slot.starts_at.isoformat(), "end": slot.ends_at.isoformat(),
                     "revision": appointment.sequence}))
        audit.record(session, user_id=None, action="appointment.asks-for-time",
                     subject=f"appointment:{appointment.id}", now=now)


def move(session: Session, appointment: Appointment, slot: Slot, *, now: datetime) -> None:
    """Move an appointment to a time that its client has chosen: confirmed, with one more SEQUENCE."""
    place = session.get_one(Place, slot.place_id) if slot.place_id else None
    appointments.revise(
        session, appointment, round=session.get_one(Round, appointment.round_id), place=place,
        assistant=session.get_one(Assistant, appointment.assistant_id), starts_at=slot.starts_at,
        ends_at=slot.ends_at, now=now, confirmed=True)
