"""The life of an appointment: booked, revised, cancelled, each in the caller's transaction."""
from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from web.models import Appointment, Assistant, FormerAssistant, Need, Notice, Place, Round
from web.services import assistant_news, outbox, tokens


def book(session: Session, *, round: Round, need: Need, assistant: Assistant, place: Place | None,
         starts_at: datetime, ends_at: datetime, now: datetime) -> Appointment:
    """Make an appointment and write the client's invitation."""
    uid = f"{secrets.token_hex(16)}@{tokens.settings().host}"
    stamp = now.replace(microsecond=0)
    appointment = Appointment(
        uid=uid, round_id=round.id, client=need.client, assistant=assistant, need=need, place=place,
        starts_at=starts_at, ends_at=ends_at, state="invited", sequence=0, revised_at=stamp,
        created_at=stamp, token_hash=tokens.answer_hash(tokens.answer_token(uid)),
    )
    session.add(appointment)
    session.flush()
    touch_calendar(session, assistant.id)
    outbox.write_news(session, appointment, now=now)
    assistant_news.tell(session, appointment, assistant, old=None, new=assistant_news.shown(appointment),
                        now=now)
    return appointment


def revise(session: Session, appointment: Appointment, *, round: Round, assistant: Assistant,
           place: Place | None, starts_at: datetime, ends_at: datetime, now: datetime,
           confirmed: bool = False) -> bool:
    """Give an appointment another time, place or assistant; say whether anything changed.

    The UID stays, so that calendars move the entry they have (RFC 5546, 2.1.4). A new time or place
    is a new question to the client: what they answered to the old one no longer counts. It is
    `confirmed` where they have chosen the new one themselves.
    """
    if appointment.state == "cancelled":
        raise ValueError(f"appointment {appointment.id} is cancelled; book a new one for its need")
    appointment.round_id = round.id
    before = appointment.assistant
    moved = (appointment.starts_at, appointment.ends_at) != (starts_at, ends_at)
    elsewhere = appointment.place_id != (place.id if place else None)
    if not moved and not elsewhere and before.id == assistant.id:
        return False
    _advance(appointment, now)
    known = assistant_news.shown(appointment)
    if before.id != assistant.id:
        _hand_over(session, appointment, to=assistant)
        touch_calendar(session, before.id)
    appointment.assistant, appointment.place = assistant, place
    appointment.starts_at, appointment.ends_at = starts_at, ends_at
    if confirmed:
        appointment.state, appointment.answered_at = "confirmed", now
    elif moved or elsewhere:
        appointment.state, appointment.answered_at = "invited", None
    forget_wish(session, appointment)
    session.flush()
    touch_calendar(session, assistant.id)
    outbox.write_news(session, appointment, now=now)
    shown = assistant_news.shown(appointment)
    if before.id != assistant.id:
        assistant_news.tell(session, appointment, before, old=known, new=None, now=now)
        known = None
    assistant_news.tell(session, appointment, assistant, old=known, new=shown, now=now)
    return True


def cancel(session: Session, appointment: Appointment, *, reason: str, now: datetime) -> None:
    """Cancel an appointment; the client hears of it if they ever heard of the appointment.

    `reason` is one of declined, another-time, withdrawn, replanned, assistant-unavailable.
    """
    if appointment.state == "cancelled":
        return
    known = assistant_news.shown(appointment)
    _advance(appointment, now)
    appointment.state, appointment.cancel_reason = "cancelled", reason
    forget_wish(session, appointment)
    session.flush()
    touch_calendar(session, appointment.assistant_id)
    outbox.write_cancellation(session, appointment, now=now)
    assistant_news.tell(session, appointment, appointment.assistant, old=known, new=None, now=now)


def reinstate(session: Session, appointment: Appointment, *, now: datetime) -> None:
    """Let a cancelled appointment stand again, confirmed: the client changed their mind in time."""
    _advance(appointment, now)
    appointment.state, appointment.cancel_reason, appointment.answer = "confirmed", "", ""
    session.flush()
    touch_calendar(session, appointment.assistant_id)
    outbox.write_news(session, appointment, now=now)
    assistant_news.tell(session, appointment, appointment.assistant, old=None,
                        new=assistant_news.shown(appointment), now=now)


def readdress(session: Session, appointment: Appointment, *, former: str, now: datetime) -> None:
    """Write to the client where they are reached now, and no longer at the mail address `former`.

    The appointment, its UID and what the client answered stay; its revision is another one, so that a
    CANCEL to the former address and a REQUEST to the new one are newer than all before (RFC 5546, 3.2.2).
    """
    wish = wish_of(session, appointment)
    _advance(appointment, now)
    if wish is not None:
        wish.details = {**wish.details, "revision": appointment.sequence}
    session.flush()
    touch_calendar(session, appointment.assistant_id)
    outbox.write_farewell(session, appointment, address=former, now=now)
    if appointment.state == "cancelled":
        outbox.write_cancellation(session, appointment, now=now)
    else:
        outbox.write_news(session, appointment, now=now)


def wish_of(session: Session, appointment: Appointment) -> Notice | None:
    """The time that the client has asked for, where a coordinator has not answered yet."""
    return session.scalars(select(Notice).where(*_wish(appointment))).first()


def forget_wish(session: Session, appointment: Appointment) -> None:
    """Take back what the client asked for: something else was decided."""
    session.execute(delete(Notice).where(*_wish(appointment)))


def _wish(appointment: Appointment) -> tuple[ColumnElement[bool], ...]:
    return (Notice.appointment_id == appointment.id, Notice.kind == "asks-for", Notice.seen_at.is_(None))


def touch_calendar(session: Session, assistant_id: int) -> None:
    """Note that an assistant's calendar is no longer what subscribers have."""
    # Written past the row's version: a coordinator who is editing this assistant has no conflict
    # with an appointment that was booked meanwhile.
    session.execute(update(Assistant).where(Assistant.id == assistant_id)
                    .values(feed_revision=Assistant.feed_revision + 1))


def stamp_after(previous: datetime, now: datetime) -> datetime:
    """The next DTSTAMP: whole seconds, always later than the one before, whatever the clock does."""
    return max(now.replace(microsecond=0), previous + timedelta(seconds=1))


def _advance(appointment: Appointment, now: datetime) -> None:
    appointment.sequence += 1
    appointment.revised_at = stamp_after(appointment.revised_at, now)


def _hand_over(session: Session, appointment: Appointment, *, to: Assistant) -> None:
    """Keep what the former assistant's calendar must show as cancelled."""
    # One row for each former assistant and none for the present one, even where an appointment goes
    # back and forth: a UID stands once in a feed, or Google shows only the last.
    session.execute(delete(FormerAssistant).where(
        FormerAssistant.appointment_id == appointment.id,
        FormerAssistant.assistant_id.in_([appointment.assistant_id, to.id])))
    session.add(FormerAssistant(
        appointment_id=appointment.id, assistant_id=appointment.assistant_id,
        starts_at=appointment.starts_at, ends_at=appointment.ends_at, place_id=appointment.place_id,
        sequence=appointment.sequence, revised_at=appointment.revised_at))
