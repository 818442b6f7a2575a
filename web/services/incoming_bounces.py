"""Mails of ours that come back (rule D5)."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from web.models import FAREWELL, TO_ASSISTANTS, TO_CLIENTS, Appointment, Message, Notice
from web.reading.letter import Letter
from web.services.dead_mailbox import hold_back
from web.services.incoming_find import returned


def settle_report(session: Session, letter: Letter, *, now: datetime) -> str | None:
    """Note what became of a mail of ours; None where the report is about no mail of ours."""
    message = returned(session, letter)
    if message is None or letter.report is None:
        return None
    if letter.report.fate != "failed":
        return letter.report.fate  # a server that goes on trying has not failed
    # A report that overtakes our own note that the mail has left is true all the same.
    left = message.state in ("sent", "handover", "uncertain") or (
        message.state == "queued" and message.in_doubt)
    if not left:
        return "repeated"
    message.state, message.in_doubt, message.last_answer = "bounced", False, letter.report.answer
    message.lease_until, message.worker = None, ""
    _tell(session, message, now)
    session.flush()
    if message.kind in TO_CLIENTS:
        hold_back(session, recipient=message.recipient, answer=message.last_answer, now=now)
    return "bounced"


def _tell(session: Session, message: Message, now: datetime) -> None:
    details = {"mail": message.kind, "answer": message.last_answer, "address": message.recipient}
    if message.kind in TO_ASSISTANTS:
        session.add(Notice(kind="mail-bounced", assistant_id=message.assistant_id,
                           appointment_id=message.appointment_id, details=details, created_at=now))
        return
    if message.kind == FAREWELL:
        return  # nobody reads there: so much the better
    if message.kind not in TO_CLIENTS:
        session.add(Notice(kind="note-bounced", details=details, created_at=now))
        return
    appointment = session.get_one(Appointment, message.appointment_id)
    if appointment.starts_at > now:  # afterwards there is nothing to telephone about
        session.add(Notice(kind="mail-bounced", client_id=appointment.client_id,
                           appointment_id=appointment.id, details=details, created_at=now))
