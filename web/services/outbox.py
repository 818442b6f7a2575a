"""Mails to be sent: rows written in the transaction that causes them (rules D1, D4, D7)."""
from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from web.models import FAREWELL, NEWS, TO_CLIENTS, Appointment, Message, Notice
from web.services import tokens
from web.services.client_languages import language_for
from web.services.facts import Facts, facts_of, moved_from, same_to_the_client
from web.services.ways import dead_addresses, way_to

# Bad ends of a mail that may go once more.
REPEATABLE = ("failed", "refused", "too-late", "uncertain", "bounced")


def write_news(session: Session, appointment: Appointment, *, now: datetime) -> None:
    """Tell the client about an appointment as it stands now: an invitation, or what has changed."""
    drop_unsent(session, appointment)
    if appointment.starts_at <= now or not _reachable(session, appointment, kind="invitation", now=now):
        return
    facts = _present(session, appointment, now)
    told = last_told(session, appointment, recipient=facts["recipient"])
    if told is None or told.kind in ("cancellation", FAREWELL):
        _write(session, appointment, "invitation", facts, now)
    elif not same_to_the_client(told.facts, facts):
        facts["old"] = moved_from(told.facts)
        _write(session, appointment, "update", facts, now)


def write_cancellation(session: Session, appointment: Appointment, *, now: datetime) -> None:
    """Tell the client that an appointment is off, unless they never heard of it."""
    drop_unsent(session, appointment)
    told = last_told(session, appointment)
    if told is None:
        if way_to(appointment.client, dead=dead_addresses()) is None:
            _no_address(session, appointment, kind="cancellation", now=now)
        return
    way = way_to(appointment.client)
    known = told.kind == "cancellation" and way is not None and told.recipient == way.address
    if known or appointment.starts_at <= now:
        return
    if not _reachable(session, appointment, kind="cancellation", now=now):
        return
    facts = _present(session, appointment, now)
    # A cancellation speaks of the appointment that the client's calendar holds, which need not be
    # the last revision: a move may have been undone before its mail left.
    facts.update(moved_from(told.facts))
    facts["reason"] = appointment.cancel_reason
    _write(session, appointment, "cancellation", facts, now)


def write_farewell(session: Session, appointment: Appointment, *, address: str, now: datetime) -> None:
    """Take an appointment out of the calendar at a mail address that is no longer its client's (rule S6).

    Whoever reads there may be another person by now: the mail says nothing that it did not say before,
    neither whether the appointment stands nor where its client is written to.
    """
    told = last_told(session, appointment, recipient=address)
    if told is None or told.channel != "mail":
        return
    if told.kind in ("cancellation", FAREWELL) and told.state == "sent":
        return
    if appointment.starts_at <= now or address in dead_addresses():
        return
    facts = {**told.facts, "sequence": appointment.sequence, "stamp": appointment.revised_at.isoformat(),
             "written_at": now.replace(microsecond=0).isoformat(), "old": None, "reason": "elsewhere"}
    _write(session, appointment, FAREWELL, facts, now)


def write_reminder(session: Session, appointment: Appointment, *, hours: int, now: datetime,
                   state: str = "queued") -> None:
    """Write the reminder of so many hours before an appointment that the client was told about."""
    facts = _present(session, appointment, now)
    _write(session, appointment, "reminder", facts, now, hours=hours, state=state)


def send_again(session: Session, message: Message, *, now: datetime) -> bool:
    """Try a mail once more that had come to a bad end; say whether there was anything to send.

    To a corrected address goes what the client has to know now; they were never told the rest.
    """
    appointment = session.get_one(Appointment, message.appointment_id)
    hopeless = message.revision != appointment.sequence or appointment.starts_at <= now
    if message.state not in REPEATABLE or hopeless:
        return False
    way = way_to(appointment.client)
    if way is None or way.address != message.recipient:
        if appointment.state == "cancelled":
            return False
        write_news(session, appointment, now=now)
        return True
    message.state, message.next_attempt_at, message.attempts = "queued", now, 0
    message.give_up_at = appointment.starts_at
    session.flush()
    return True


def drop_unsent(session: Session, appointment: Appointment) -> None:
    """Take back every mail about an appointment that has not left yet."""
    # A worker that has claimed one of them finds its row changed just before the final dot of DATA
    # and breaks off; what it has said until then is void (RFC 5321, 4.1.1.4).
    session.execute(update(Message).where(Message.appointment_id == appointment.id,
                                          Message.kind.in_(TO_CLIENTS),
                                          Message.state.in_(("queued", "claimed")))
                    .values(state="superseded", lease_until=None, worker=""))


def last_told(session: Session, appointment: Appointment, *, recipient: str | None = None) -> Message | None:
    """The last mail that the client has, or may have: sent, handed over, or cut off in between.

    With a `recipient` the last one there, which may be the one that ended writing to that address.
    """
    query = (select(Message)
             .where(Message.appointment_id == appointment.id,
                    Message.kind.in_(NEWS if recipient is None else (*NEWS, FAREWELL)),
                    Message.state.in_(("sent", "handover")) | Message.in_doubt)
             .order_by(Message.id.desc()).limit(1))
    if recipient is not None:
        query = query.where(Message.recipient == recipient)
    return session.scalars(query).first()


def message_id(*, uid: str, kind: str, revision: int, recipient: str, host: str, hours: int = 0) -> str:
    """A Message-ID that is the same however often the mail is made (rule M4)."""
    named = (uid, kind if not hours else f"{kind}-{hours}", str(revision), recipient)
    digest = hashlib.sha256("\0".join(named).encode()).hexdigest()
    return f"<{digest[:40]}@{host}>"


def _present(session: Session, appointment: Appointment, now: datetime) -> Facts:
    facts = facts_of(session, appointment, language=language_for(appointment.client), now=now)
    if way := way_to(appointment.client):
        facts["recipient"], facts["channel"] = way.address, way.channel
    return facts


def _write(session: Session, appointment: Appointment, kind: str, facts: Facts, now: datetime, *,
           hours: int = 0, state: str = "queued") -> None:
    told = last_told(session, appointment, recipient=facts["recipient"])
    if told is not None:
        facts["thread"] = told.facts["thread"] or told.message_id
    identity = message_id(uid=appointment.uid, kind=kind, revision=appointment.sequence,
                          recipient=facts["recipient"], host=facts["host"], hours=hours)
    session.add(Message(
        appointment_id=appointment.id, revision=appointment.sequence, kind=kind, hours_ahead=hours,
        state=state, channel=facts["channel"], recipient=facts["recipient"], language=facts["language"],
        facts=facts,
        message_id=identity, return_hash=tokens.return_hash(tokens.return_token(identity)),
        next_attempt_at=now, give_up_at=appointment.starts_at, created_at=now))
    session.flush()


def _reachable(session: Session, appointment: Appointment, *, kind: str, now: datetime) -> bool:
    if way_to(appointment.client, dead=dead_addresses()) is not None:
        return True
    _no_address(session, appointment, kind=kind, now=now)
    return False


def _no_address(session: Session, appointment: Appointment, *, kind: str, now: datetime) -> None:
    """Ask the coordinator to tell the client in person; the newest such notice is the one that counts."""
    unseen = (Notice.appointment_id == appointment.id, Notice.kind == "no-address",
              Notice.seen_at.is_(None))
    # Nobody has called yet about an appointment that is cancelled now: there is nothing to call about,
    # unless a mail has told the client of it before.
    nothing_said = (kind == "cancellation" and last_told(session, appointment) is None
                    and session.scalars(select(Notice.id).where(*unseen)).first() is not None)
    session.execute(delete(Notice).where(*unseen))
    if not nothing_said and appointment.starts_at > now:
        session.add(Notice(kind="no-address", client_id=appointment.client_id, appointment_id=appointment.id,
                           details={"mail": kind}, created_at=now))
