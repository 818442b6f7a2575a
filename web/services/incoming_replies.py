"""What a client's calendar answers by mail (rules R1 and R2): the same as a tap on the client's page.

Who may answer: the invited address in From, as ATTENDEE of an appointment whose UID is known; or
whoever sends the secret of the answer link along, as calendars do that return the description. Nothing
else of such a mail changes anything.
"""
from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from web.models import Appointment
from web.reading.letter import Letter
from web.reading.letter_calendar import CalendarReply
from web.services import answers, free_slots, links, tokens
from web.services.answers import TooLateError, Wish
from web.services.errors import ConflictError, ServiceError
from web.services.incoming_find import appointment_with, is_invited
from web.services.incoming_notices import lay_aside, refuse, tell


def settle_reply(session: Session, letter: Letter, reply: CalendarReply, *, now: datetime) -> str:
    """Apply an answer, or show why it is not applied."""
    appointment = appointment_with(session, reply.uid)
    if appointment is None:
        return lay_aside(session, letter, reason="unknown-appointment", now=now)
    reason = _doubt(appointment, letter, reply)
    if reason:
        return refuse(session, appointment, letter, reason=reason, now=now)
    written = min(reply.stamp or now, now)
    if _says_nothing_new(appointment, reply, written):
        return "repeated"
    if answers.is_over(appointment, now=now):
        return refuse(session, appointment, letter, reason="too-late", now=now)
    if _is_stale(appointment, reply, written):
        return refuse(session, appointment, letter, reason="stale", now=now)
    return _apply(session, appointment, letter, reply, written=written, now=now)


def _doubt(appointment: Appointment, letter: Letter, reply: CalendarReply) -> str:
    """Why this mail may not answer for the client; "" where it may."""
    secrets = (*reply.tokens, *letter.tokens)
    if any(tokens.answer_hash(one) == appointment.token_hash for one in secrets):
        return ""
    if not is_invited(appointment, reply.attendee):
        return "wrong-attendee"
    if not is_invited(appointment, letter.sender):
        return "wrong-sender"
    return "forged" if letter.verdict == "fail" else ""


def _current(appointment: Appointment, reply: CalendarReply) -> bool:
    # The client's own answer makes a revision, too, which their calendar need not have heard of yet.
    by_client = appointment.answered_at is not None and appointment.cancel_reason in answers.BY_CLIENT
    return reply.sequence == appointment.sequence or (
        by_client and reply.sequence == appointment.sequence - 1)


def _says_nothing_new(appointment: Appointment, reply: CalendarReply, written: datetime) -> bool:
    known = appointment.answered_at is not None and written <= appointment.answered_at
    stands = {"ACCEPTED": appointment.state == "confirmed",
              "DECLINED": (appointment.state, appointment.cancel_reason) == ("cancelled", "declined")}
    return (known and reply.method == "REPLY" and stands.get(reply.answer, False)
            and _current(appointment, reply) and not reply.comment)


def _is_stale(appointment: Appointment, reply: CalendarReply, written: datetime) -> bool:
    """Whether the client, or the office, has said something since (RFC 5546, 2.1.5)."""
    overtaken = appointment.answered_at is not None and written < appointment.answered_at
    return overtaken or not _current(appointment, reply)


def _proposed(appointment: Appointment, reply: CalendarReply, now: datetime) -> dict[str, object]:
    """The proposed time, and where it is free what a coordinator needs to grant it with one press."""
    if reply.proposed is None:
        return {"proposed": ""}
    details: dict[str, object] = {"proposed": reply.proposed.isoformat()}
    for slot in free_slots.free(appointment, now=now):
        if slot.starts_at == reply.proposed:
            details |= {"start": slot.starts_at.isoformat(), "end": slot.ends_at.isoformat(),
                        "revision": appointment.sequence}
            break
    return details


def _apply(session: Session, appointment: Appointment, letter: Letter, reply: CalendarReply, *,
           written: datetime, now: datetime) -> str:
    words = reply.comment or (letter.words if reply.from_outlook else "")
    token, revision = links.token_of(appointment), reply.sequence
    try:
        if reply.method == "COUNTER" and reply.answer != "DECLINED":
            details = {"words": words, **_proposed(appointment, reply, now)}
            tell(session, "counter", appointment, details, now=now)
            return "shown"
        if reply.answer == "ACCEPTED":
            answers.confirm(token, revision=revision, now=now)
            if words:
                tell(session, "wrote", appointment, {"words": words}, now=now)
        elif reply.method == "COUNTER":
            answers.ask_for_another_time(token, revision=revision, wish=Wish(words=words), now=now)
        elif reply.answer == "DECLINED":
            answers.decline(token, revision=revision, words=words, now=now)
        elif reply.answer == "TENTATIVE":
            tell(session, "tentative", appointment, {"words": words}, now=now)
            return "shown"
        else:
            return refuse(session, appointment, letter, reason="no-answer", now=now)
    except TooLateError:
        return refuse(session, appointment, letter, reason="too-late", now=now)
    except ConflictError:
        return refuse(session, appointment, letter, reason="not-free", now=now)
    except ServiceError:
        return refuse(session, appointment, letter, reason="unknown-appointment", now=now)
    # When the client answered, by their clock, so that answers which overtake each other sort themselves.
    appointment.answered_at = written
    session.flush()
    return "answered"
