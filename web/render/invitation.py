"""The calendar part of a mail (iMIP, RFC 6047): an invitation to enter, or a cancellation to delete."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from web.render.ical import Event, Mailbox, calendar
from web.render.telling import Telling


def method_of(kind: str) -> str:
    """The iTIP method of a kind of mail."""
    return "CANCEL" if kind == "cancellation" else "REQUEST"


def summary_of(tell: Telling) -> str:
    """An entry's title, for whoever looks over the client's shoulder: it says no more than a name."""
    return tell.wording.gettext("Appointment with %(name)s") % {"name": tell.assistant}


def invitation(facts: Mapping[str, Any], tell: Telling) -> bytes:
    """The calendar file for a mail; it is in the mail twice, so it is made once."""
    gettext = tell.wording.gettext
    cancelled = tell.kind == "cancellation"
    description = "" if cancelled else (
        gettext("What to bring, and how to answer: %(link)s") % {"link": tell.link})
    event = Event(
        uid=facts["uid"], sequence=facts["sequence"], stamp=datetime.fromisoformat(facts["stamp"]),
        starts_at=datetime.fromisoformat(facts["starts_at"]),
        ends_at=datetime.fromisoformat(facts["ends_at"]),
        summary=summary_of(tell), location=tell.where.line if tell.where else "", description=description,
        status="CANCELLED" if cancelled else "CONFIRMED",
        # The mailbox that the mail comes from: Google matches the two, and it stays the same when the
        # assistant changes.
        organizer=Mailbox(name=facts["office"], address=facts["from_address"]),
        attendee=Mailbox(name=facts["client"], address=facts["recipient"]),
        participation="ACCEPTED" if facts["confirmed"] else "NEEDS-ACTION",
        # Only where somebody reads the mailbox; the client's page is there for all.
        reply_wanted=not cancelled and facts.get("reads_replies", False))
    return calendar([event], zone=facts["timezone"], method=method_of(tell.kind))
