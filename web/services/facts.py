"""All that a mail says, as plain values: frozen in the transaction that causes the mail.

A mail that is tried again tomorrow says the same, byte for byte, whatever was edited meanwhile. The
link is not among them: the database must not hold its secret.
"""
from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from web.models import Appointment, Office, current_office_id
from web.services import tokens
from web.services.client_languages import lines_for, text_for
from web.services.client_texts import own_words

Facts = dict[str, Any]

# What a client sees of an appointment; where none of it changed there is nothing to tell.
VISIBLE = ("starts_at", "ends_at", "place", "assistant")


def facts_of(session: Session, appointment: Appointment, *, language: str, now: datetime) -> Facts:
    """What there is to say about an appointment as it stands now."""
    office = session.get_one(Office, current_office_id())
    settings = tokens.settings()
    client, assistant, topic = appointment.client, appointment.assistant, appointment.need.topic
    place = appointment.place
    return {
        "uid": appointment.uid,
        "sequence": appointment.sequence,
        "stamp": appointment.revised_at.isoformat(),
        "written_at": now.replace(microsecond=0).isoformat(),
        "confirmed": appointment.state == "confirmed",
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "timezone": office.timezone,
        "language": language,
        "own_words": own_words(session).get(language, {}),
        "recipient": client.email,
        "channel": "mail",
        "client": client.first_name,
        "assistant": assistant.first_name,
        "own_story": assistant.tells_own_story,
        "topic": text_for(client, topic.names, language=language),
        "bring": lines_for(client, topic.bring, language=language),
        "place": None if place is None else {
            "name": place.name,
            "address": place.address,
            "directions": text_for(client, place.directions, language=language),
        },
        "office": office.public_name,
        "phone": office.phone,
        "from_address": settings.mail_from_address,
        "reply_to": tokens.office_address(office.id),
        "reads_replies": bool(settings.imap_host),
        "host": settings.host,
        "old": None,  # in an update: what was told before
        "reason": "",  # in a cancellation
        "thread": "",  # the Message-ID of the first mail about this appointment
    }


def moved_from(told: Facts) -> Facts:
    """What an update repeats of the mail before it."""
    return {name: told[name] for name in VISIBLE}


def same_to_the_client(told: Facts, present: Facts) -> bool:
    """Whether a client who was told `told` would learn nothing from `present`."""
    return all(told[name] == present[name] for name in VISIBLE)
