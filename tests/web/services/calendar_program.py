"""A strict model of a client's calendar program, and what it should show in the end."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import vobject
from sqlalchemy import select

from web.models import FAREWELL, TO_CLIENTS, Appointment, Message, db
from web.services import claims, delivery
from web.services.transactions import transaction

# What was and what is; the last one to an address at which its reader is no longer written to.
TOLD = ("no longer valid", "instead of", "we no longer write to you here")


@dataclass
class CalendarProgram:
    """Keeps the newest of each UID (RFC 5546, 2.1.5), and what was cancelled, so that no order revives it."""

    entries: dict[str, tuple[tuple[int, datetime], str, tuple[Any, ...]]] = field(default_factory=dict)
    organizers: set[str] = field(default_factory=set)

    def receive(self, mail: bytes) -> None:
        message = message_from_bytes(mail, policy=default)
        (part,) = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
        calendar = vobject.readOne(part.get_payload(decode=True).decode())  # type: ignore[union-attr]
        event, method = calendar.vevent, calendar.method.value
        assert part.get_param("method") == method
        # S3: what a request and a cancellation must hold.
        assert (method, event.status.value) in {("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")}
        assert event.attendee.value == f"mailto:{message['To']}"
        self.organizers.add(event.organizer.value)
        key = (int(event.sequence.value), event.dtstamp.value)
        told = (event.dtstart.value, event.dtend.value, event.location.value, event.summary.value)
        before = self.entries.get(event.uid.value)
        if before is not None and before[0] == key:
            assert before[1:] == (method, told), "S7: two revisions that nobody can tell apart"
        if before is None or before[0] < key:  # S5
            self.entries[event.uid.value] = (key, method, told)

    def shown(self) -> dict[str, tuple[Any, ...]]:
        """What the client sees."""
        return {uid: told for uid, (_key, method, told) in self.entries.items() if method == "REQUEST"}


def as_the_database_says(*, address: str = "") -> dict[str, tuple[Any, ...]]:
    """What should be in all calendars, or in that of whoever reads at an address."""
    return {
        row.uid: (row.starts_at, row.ends_at, f"{row.place.name}, {row.place.address}" if row.place else "",
                  f"Appointment with {row.assistant.first_name}")
        for row in db.session.scalars(select(Appointment))
        if row.state != "cancelled" and address in ("", row.client.email)}


def changes_in_words(mails: Iterable[bytes]) -> list[bool]:
    """Whether each mail about a change says what was, and what is."""
    found = []
    for octets in mails:
        message = message_from_bytes(octets, policy=default)
        body: Any = message.get_body(("plain",))
        text = body.get_content()
        if message["Subject"].startswith("Changed"):
            found.append(any(words in text for words in TOLD))
    return found


def delivered(*, now: datetime) -> list[bytes]:
    """Let everything leave for clients that the outbox still stands by, and keep it."""
    mails: list[bytes] = []
    while True:
        with transaction() as session:
            claim = claims.claim_next(session, worker="w", now=now, quiet=False)
            if claim is None:
                return mails
            row = session.get_one(Message, claim.id)
            row.state, row.sent_at = "sent", now
        if claim.kind in (*TO_CLIENTS, FAREWELL):
            mails.append(delivery._written(claim).octets)
