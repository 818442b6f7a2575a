"""What coordinators are told about mails from outside: as many tasks as there is to do, and no flood."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from web.models import Appointment, Notice
from web.reading.letter import Letter
from web.services.incoming_find import choose_office


def tell(session: Session, kind: str, appointment: Appointment, details: dict[str, Any], *,
         now: datetime) -> Notice:
    """Leave a task about an appointment."""
    notice = Notice(kind=kind, client_id=appointment.client_id, appointment_id=appointment.id,
                    details=details, created_at=now)
    session.add(notice)
    session.flush()
    return notice


def refuse(session: Session, appointment: Appointment, letter: Letter, *, reason: str, now: datetime) -> str:
    """Show an answer that was not applied, and why; the newest of its kind for one appointment."""
    details = {"reason": reason, "from": letter.sender, "words": letter.words,
               "answer_was": letter.reply.answer if letter.reply else ""}
    if letter.reply and letter.reply.comment:
        details["words"] = letter.reply.comment
    for unseen in session.scalars(select(Notice).where(
            Notice.kind == "answer-refused", Notice.appointment_id == appointment.id,
            Notice.seen_at.is_(None))):
        if unseen.details.get("reason") == reason:
            unseen.details = details
            return "refused"
    tell(session, "answer-refused", appointment, details, now=now)
    return "refused"


def lay_aside(session: Session, letter: Letter | None, *, reason: str, now: datetime) -> str:
    """Count a mail that nothing can be done with; it stays in the mailbox, marked there.

    One task for all of them: such a mailbox gets what everybody's gets. None where it is not known whose
    mail it is: no office is shown what may be another's, and whoever runs the installation sees how many.
    """
    if not choose_office(session, letter):
        return "undecided"
    unseen = session.scalars(select(Notice).where(
        Notice.kind == "mail-unmatched", Notice.seen_at.is_(None)).limit(1)).first()
    if unseen is None:
        unseen = Notice(kind="mail-unmatched", details={"count": 0}, created_at=now)
        session.add(unseen)
    unseen.details = {"count": unseen.details["count"] + 1, "from": letter.sender if letter else "",
                      "subject": letter.subject if letter else "", "reason": reason}
    session.flush()
    return "aside"
