"""What a client answers on their own page: I come, I cannot come, I need another time."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import (
    Appointment,
    Client,
    DatedHours,
    Message,
    Notice,
    Office,
    Place,
    current_office_id,
    db,
)
from web.render.ical import clean
from web.render.invitation import invitation
from web.render.telling import Telling, telling
from web.render.wording import When, wording_of
from web.services import appointments, audit, links
from web.services.errors import ConflictError, ServiceError
from web.services.facts import Facts, facts_of
from web.services.free_slots import Slot
from web.services.local_time import wall
from web.services.transactions import transaction

BY_CLIENT = ("declined", "another-time")  # cancelled by the client, who may take it back
LONGEST_WISH = 1000
PARTS = ("morning", "afternoon")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class TooLateError(ServiceError):
    """An answer after the appointment has begun, or after the office cancelled it."""


@dataclass(frozen=True)
class Wish:
    """When it would suit the client better: parts of the day, weekdays, and their own words."""

    parts: tuple[str, ...] = ()  # morning, afternoon
    days: tuple[str, ...] = ()  # mon … sun
    words: str = ""


def wish_of(*, parts: Iterable[str], days: Iterable[str], words: str) -> Wish:
    """Read a wish from what a form sent; what no form of ours sends is left out."""
    return Wish(parts=tuple(part for part in PARTS if part in parts),
                days=tuple(day for day in DAYS if day in days),
                words=clean(words).strip()[:LONGEST_WISH])


def is_over(appointment: Appointment, *, now: datetime) -> bool:
    """Whether it is too late for an answer: the appointment has begun, or the office cancelled it."""
    cancelled_by_office = appointment.state == "cancelled" and appointment.cancel_reason not in BY_CLIENT
    return appointment.starts_at <= now or cancelled_by_office


def page_of(appointment: Appointment, *, language: str, now: datetime) -> Telling:
    """What the client's page tells of an appointment, in one of our languages."""
    return telling("invitation", _facts(appointment, language, now), link=links.link_of(appointment))


def told(slot: Slot, *, language: str) -> tuple[When, str]:
    """A free time in a language's words, and its place."""
    office = db.session.get_one(Office, current_office_id())
    place = db.session.get_one(Place, slot.place_id) if slot.place_id else None
    return (wording_of(language).when(slot.starts_at, slot.ends_at, office.timezone),
            ", ".join(part for part in (place.name, place.address) if part) if place else "")


def wanted(appointment: Appointment, *, language: str) -> When | None:
    """The time that the client has asked for and nobody has answered, in a language's words."""
    if (wish := appointments.wish_of(db.session(), appointment)) is None:
        return None
    start, end = (datetime.fromisoformat(wish.details[key]) for key in ("start", "end"))
    office = db.session.get_one(Office, current_office_id())
    return wording_of(language).when(start, end, office.timezone)


def calendar_file(appointment: Appointment, *, language: str, now: datetime) -> bytes:
    """The same entry as in the invitation, for a calendar that got no mail."""
    facts = _facts(appointment, language, now)
    return invitation(facts, telling("invitation", facts, link=links.link_of(appointment)))


def _facts(appointment: Appointment, language: str, now: datetime) -> Facts:
    return facts_of(db.session(), appointment, language=language, now=now)


def confirm(token: str, *, revision: int, now: datetime) -> None:
    """The client comes. A second time changes nothing; after a decline it takes the decline back."""
    with answering(token, revision, now) as (session, appointment):
        appointments.forget_wish(session, appointment)
        if appointment.state == "confirmed":
            return
        if appointment.state == "cancelled":
            _take_back(session, appointment, now)
        else:
            appointment.state = "confirmed"
            # Not a new SEQUENCE: for the client's calendar nothing has changed (RFC 5546, 2.1.4).
            appointment.revised_at = appointments.stamp_after(appointment.revised_at, now)
            session.flush()
            appointments.touch_calendar(session, appointment.assistant_id)
        appointment.answered_at = now
        _record(session, appointment, "appointment.confirmed", now)


def decline(token: str, *, revision: int, now: datetime, words: str = "") -> None:
    """The client cannot come: the time is free again, and the office knows."""
    with answering(token, revision, now) as (session, appointment):
        _give_up(session, appointment, reason="declined", wish=Wish(words=words), now=now)


def ask_for_another_time(token: str, *, revision: int, wish: Wish, now: datetime) -> None:
    """The client cannot come then, and says when they could."""
    with answering(token, revision, now) as (session, appointment):
        _give_up(session, appointment, reason="another-time", wish=wish, now=now)


def turn_off_reminders(token: str, *, now: datetime) -> None:
    """Write this client no more reminders; everything else goes on. Also long after the appointment."""
    with transaction() as session:
        appointment = links.find(token)
        client = session.get_one(Client, appointment.client_id)
        if not client.reminders:
            return
        client.reminders = False
        theirs = select(Appointment.id).where(Appointment.client_id == client.id)
        for message in session.scalars(select(Message).where(
                Message.appointment_id.in_(theirs), Message.kind == "reminder", Message.state == "queued")):
            message.state = "superseded"
        audit.record(session, user_id=None, action="client.reminders-off", subject=f"client:{client.id}",
                     now=now)


@contextmanager
def answering(token: str, revision: int, now: datetime) -> Iterator[tuple[Session, Appointment]]:
    """Open a transaction around an answer to the appointment as the client has seen it."""
    with transaction() as session:
        appointment = links.find(token)
        session.refresh(appointment, with_for_update=True)
        links.require_present(appointment, token)
        if is_over(appointment, now=now):
            raise TooLateError(_("It is too late to answer here."))
        # A page that was opened before the office moved the appointment shows another time.
        if revision != appointment.sequence and not _answered_by_client(appointment, revision):
            raise ConflictError(_("Your appointment has changed. Please look at it again before you answer."))
        yield session, appointment


def _answered_by_client(appointment: Appointment, revision: int) -> bool:
    # The client's own answer makes a revision too: a second tap on the same page is no conflict. A
    # move by the office forgets the answer.
    return appointment.answered_at is not None and revision == appointment.sequence - 1


def _give_up(session: Session, appointment: Appointment, *, reason: str, wish: Wish, now: datetime) -> None:
    again = appointment.state == "cancelled"
    if again and (appointment.cancel_reason == reason == "declined" or wish == Wish()):
        return
    appointment.answer, appointment.answered_at = wish.words, now
    if again:
        # They had declined and now say when they could come: only the office's notice changes.
        appointment.cancel_reason = reason
        session.execute(delete(Notice).where(*_unseen(appointment)))
    else:
        _block_time(session, appointment)
        appointments.cancel(session, appointment, reason=reason, now=now)
    session.add(Notice(kind=reason, client_id=appointment.client_id, appointment_id=appointment.id,
                       details={"parts": list(wish.parts), "days": list(wish.days), "words": wish.words},
                       created_at=now))
    _record(session, appointment, f"appointment.{reason}", now)


def _block_time(session: Session, appointment: Appointment) -> None:
    """Keep the next round from offering the client the very time that they declined."""
    for day, start, end in _days_of(session, appointment):
        session.add(DatedHours(client_id=appointment.client_id, day=day, start=start, end=end,
                               available=False, reason="declined"))


def _days_of(session: Session, appointment: Appointment) -> list[tuple[date, time, time]]:
    zone = session.get_one(Office, current_office_id()).timezone
    start, end = wall(appointment.starts_at, zone), wall(appointment.ends_at, zone)
    if start.date() == end.date() or end == datetime.combine(start.date() + timedelta(days=1), time()):
        return [(start.date(), start.time(), end.time())]
    return [(start.date(), start.time(), time()), (end.date(), time(), end.time())]


def _take_back(session: Session, appointment: Appointment, now: datetime) -> None:
    """Let the appointment stand again if nobody has taken its place meanwhile."""
    if not _still_free(session, appointment):
        raise ConflictError(_("This time is no longer free. We will write to you about a new one."))
    for day, start, end in _days_of(session, appointment):
        session.execute(delete(DatedHours).where(
            DatedHours.client_id == appointment.client_id, DatedHours.day == day, DatedHours.start == start,
            DatedHours.end == end, DatedHours.reason == "declined"))
    unseen = session.scalars(select(Notice.id).where(*_unseen(appointment))).all()
    session.execute(delete(Notice).where(*_unseen(appointment)))
    if not unseen:
        session.add(Notice(kind="taken-back", client_id=appointment.client_id,
                           appointment_id=appointment.id, details={}, created_at=now))
    appointments.reinstate(session, appointment, now=now)


def _still_free(session: Session, appointment: Appointment) -> bool:
    assistant, client, need = appointment.assistant, appointment.client, appointment.need
    day = _days_of(session, appointment)[0][0]
    gone = [person for person in (assistant, client)
            if person.ended_on is not None and person.ended_on <= day]
    if gone or need.state != "open":
        return False
    buffer = timedelta(minutes=assistant.buffer_minutes)
    during = (Appointment.starts_at < appointment.ends_at) & (Appointment.ends_at > appointment.starts_at)
    nearby = ((Appointment.starts_at < appointment.ends_at + buffer)
              & (Appointment.ends_at > appointment.starts_at - buffer))
    taken = select(Appointment.id).where(
        Appointment.state != "cancelled", Appointment.id != appointment.id,
        (Appointment.need_id == need.id) | ((Appointment.client_id == client.id) & during)
        | ((Appointment.assistant_id == assistant.id) & nearby)).limit(1)
    return session.scalars(taken).first() is None


def _unseen(appointment: Appointment) -> tuple[Any, ...]:
    return (Notice.appointment_id == appointment.id, Notice.kind.in_(BY_CLIENT), Notice.seen_at.is_(None))


def _record(session: Session, appointment: Appointment, action: str, now: datetime) -> None:
    audit.record(session, user_id=None, action=action, subject=f"appointment:{appointment.id}", now=now)
