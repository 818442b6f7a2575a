"""Mails to assistants about what changes within a day: no calendar program fetches as soon as that.

What an assistant knows is what their calendar shows, so that a mail is measured against the state before
the change, or before the first change whose mail has not left yet: of several in a row one mail is sent,
about all of them, and none where nothing is left to tell.
"""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from web.i18n import language_of
from web.models import Appointment, Assistant, Message, Notice, Office, current_office_id
from web.render.feed import shows_first_names
from web.services import tokens
from web.services.facts import Facts
from web.services.outbox import message_id

SOON = timedelta(hours=24)
NEWS = ("assistant-new", "assistant-moved", "assistant-cancelled")


def shown(appointment: Appointment) -> Facts | None:
    """When and where an appointment is, for its assistant; None where it is off."""
    if appointment.state == "cancelled":
        return None
    place = appointment.place
    return {
        "starts_at": appointment.starts_at.isoformat(), "ends_at": appointment.ends_at.isoformat(),
        "place": None if place is None else {"name": place.name, "address": place.address, "directions": ""}}


def tell(session: Session, appointment: Appointment, assistant: Assistant, *, old: Facts | None,
         new: Facts | None, now: datetime) -> None:
    """Write the mail that a change asks for, in the transaction of the change.

    Parameters
    ----------
    old, new
        What `shown` said before and says now; None where it is not this assistant's, or off.
    """
    pending = session.scalars(
        select(Message).where(Message.appointment_id == appointment.id, Message.kind.in_(NEWS),
                              Message.assistant_id == assistant.id, Message.state.in_(("queued", "claimed")))
        .order_by(Message.id.desc()).limit(1)).first()
    if pending is not None:
        if pending.facts["new"] == new:
            return
        old = pending.facts["new"] if pending.in_doubt else pending.facts["known"]
        # As for clients: a worker that holds it finds the row changed before the final dot.
        pending.state, pending.lease_until, pending.worker = "superseded", None, ""
    latest = new or old
    session.execute(delete(Notice).where(
        Notice.kind == "tell-assistant", Notice.appointment_id == appointment.id,
        Notice.assistant_id == assistant.id, Notice.seen_at.is_(None)))
    if old == new or latest is None:
        return
    starts = [datetime.fromisoformat(each["starts_at"]) for each in (old, new) if each]
    give_up_at = datetime.fromisoformat(latest["starts_at"])
    soon = pending is not None or any(now < start <= now + SOON for start in starts)
    if not soon or give_up_at <= now:
        return
    if not assistant.email:
        session.add(Notice(kind="tell-assistant", assistant_id=assistant.id, appointment_id=appointment.id,
                           created_at=now))
        return
    kind = "assistant-new" if old is None else "assistant-cancelled" if new is None else "assistant-moved"
    facts = _facts(session, appointment, assistant, latest, now)
    facts |= {"known": old, "new": new, "old": None}
    if old is not None and new is not None:
        facts["old"] = old | {"assistant": facts["assistant"]}
    _write(session, appointment, assistant, kind, facts, give_up_at=give_up_at, now=now)


def _facts(session: Session, appointment: Appointment, assistant: Assistant, latest: Facts,
           now: datetime) -> Facts:
    """All that the mail says, frozen, in the form of `web/render/telling.py`."""
    office = session.get_one(Office, current_office_id())
    settings, client = tokens.settings(), appointment.client
    return {
        **latest,
        "client": assistant.first_name,  # whom the mail greets
        "assistant": client.first_name if shows_first_names(office, assistant) else client.code,
        "own_story": False, "topic": "", "bring": [], "confirmed": False, "reason": "",
        "language": language_of(assistant.mail_language).code, "timezone": office.timezone,
        "recipient": assistant.email, "office": office.public_name, "phone": office.phone,
        "from_address": settings.mail_from_address, "host": settings.host, "thread": "",
        "written_at": now.replace(microsecond=0).isoformat(), "uid": appointment.uid,
    }


def _write(session: Session, appointment: Appointment, assistant: Assistant, kind: str, facts: Facts, *,
           give_up_at: datetime, now: datetime) -> None:
    identity = message_id(uid=appointment.uid, kind=kind, revision=appointment.sequence,
                          recipient=assistant.email, host=facts["host"])
    session.add(Message(
        appointment_id=appointment.id, assistant_id=assistant.id, revision=appointment.sequence, kind=kind,
        recipient=assistant.email, language=facts["language"], facts=facts, message_id=identity,
        return_hash=tokens.return_hash(tokens.return_token(identity)), next_attempt_at=now,
        give_up_at=give_up_at, created_at=now))
    session.flush()


def write_sign_in(session: Session, assistant: Assistant, *, subject: str, until: datetime,
                  now: datetime) -> None:
    """Write the mail with a link; the link's secret is made anew from `subject` when the mail leaves."""
    office = session.get_one(Office, current_office_id())
    settings = tokens.settings()
    identity = message_id(uid=subject, kind="sign-in", revision=0, recipient=assistant.email,
                          host=settings.host)
    for unsent in session.scalars(select(Message).where(
            Message.kind == "sign-in", Message.assistant_id == assistant.id,
            Message.state.in_(("queued", "claimed")))):
        unsent.state, unsent.lease_until, unsent.worker = "superseded", None, ""
    facts = {
        "uid": subject, "recipient": assistant.email, "client": assistant.first_name,
        "until": until.isoformat(),
        "language": language_of(assistant.mail_language).code, "timezone": office.timezone,
        "office": office.public_name, "phone": office.phone, "from_address": settings.mail_from_address,
        "host": settings.host, "thread": "", "written_at": now.replace(microsecond=0).isoformat(),
    }
    session.add(Message(
        assistant_id=assistant.id, revision=0, kind="sign-in", recipient=assistant.email,
        language=facts["language"], facts=facts, message_id=identity,
        return_hash=tokens.return_hash(tokens.return_token(identity)), next_attempt_at=now, give_up_at=until,
        created_at=now))
    session.flush()
