"""What people write in answer to a mail (rule R3): kept beside the appointment, and coordinators are told."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from web.models import Appointment, Notice
from web.reading.letter import Letter
from web.services import notes
from web.services.incoming_find import about
from web.services.incoming_notices import lay_aside, refuse, tell

MOST_NOTES = 5  # mails to coordinators about one client within an hour: more are a program, or an attack


def settle_words(session: Session, letter: Letter, *, now: datetime) -> str:
    """Show a person's words where their appointment is shown."""
    found = about(session, letter, now=now)
    if found is None:
        reason = "unknown-sender" if letter.whole else "too-large"
        return lay_aside(session, letter, reason=reason, now=now)
    appointment = found.appointment
    if letter.reply_fault:
        return refuse(session, appointment, letter, reason="unreadable", now=now)
    details: dict[str, Any] = {
        "words": letter.words or letter.subject, "attachments": list(letter.attachments)}
    if not letter.whole:
        details["cut"] = True
    if not found.known:
        details["from"] = letter.sender
    elif letter.verdict == "fail":
        details["unverified"] = True
    if found.note:
        tell(session, "note-answered", appointment, details, now=now)
        return "words"
    notice = tell(session, "wrote", appointment, details, now=now)
    if _lately(session, appointment, now) <= MOST_NOTES:
        notes.write_notes(session, notice, appointment, now=now)
    return "words"


def _lately(session: Session, appointment: Appointment, now: datetime) -> int:
    return session.scalar(select(func.count(Notice.id)).where(
        Notice.kind == "wrote", Notice.client_id == appointment.client_id,
        Notice.created_at > now - timedelta(hours=1))) or 0
