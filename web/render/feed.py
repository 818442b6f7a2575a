"""An assistant's calendar as octets, with no more in it than an assistant's phone needs.

A calendar's address is a secret that other companies' servers keep: the feed holds a code and a place, the
client's first name where the office allows it, and never more.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from web.i18n import force_locale, gettext, language_of
from web.models import Appointment, Assistant, Client, FormerAssistant, Office, Place
from web.render import ical

FORM = 2  # counts up when this file gives other octets for the same rows


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One appointment in one assistant's calendar."""

    uid: str
    sequence: int
    revised_at: datetime
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    code: str
    first_name: str
    location: str

    @classmethod
    def of(cls, appointment: Appointment) -> Entry:
        """An appointment of this assistant."""
        return cls(
            uid=appointment.uid, sequence=appointment.sequence, revised_at=appointment.revised_at,
            created_at=appointment.created_at, starts_at=appointment.starts_at, ends_at=appointment.ends_at,
            cancelled=appointment.state == "cancelled", location=_location(appointment.place),
            **_who(appointment.client))

    @classmethod
    def of_former(cls, former: FormerAssistant) -> Entry:
        """An appointment that went to another assistant: cancelled here, where and when it was."""
        return cls(
            uid=former.appointment.uid, sequence=former.sequence, revised_at=former.revised_at,
            created_at=former.appointment.created_at, starts_at=former.starts_at, ends_at=former.ends_at,
            cancelled=True, location=_location(former.place), **_who(former.appointment.client))


def _who(client: Client) -> dict[str, str]:
    return {"code": client.code, "first_name": client.first_name}


def _location(place: Place | None) -> str:
    return ", ".join(part for part in (place.name, place.address) if part) if place else ""


def render(office: Office, assistant: Assistant, entries: Iterable[Entry]) -> bytes:
    """The whole calendar; the same rows give the same octets in every process."""
    with force_locale(language_of(assistant.mail_language).locale):
        name = gettext("Appointments – %(office)s", office=office.public_name)
        events = [_event(entry, first_name=shows_first_names(office, assistant))
                  for entry in sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))]
    return _calendar(office, name, events)


def shows_first_names(office: Office, assistant: Assistant) -> bool:
    """Whether this calendar tells clients' first names: the office allows it, and it was chosen here."""
    return office.first_name_in_feed and assistant.first_name_in_feed


def render_ended(office: Office, assistant: Assistant, *, uid: str, ended_at: datetime) -> bytes:
    """What an address shows that has ended: no appointment, and one entry that says so.

    The entry is there because some programs take a calendar without any for a fault of the server and keep
    what they have (vdirsyncer).
    """
    with force_locale(language_of(assistant.mail_language).locale):
        name = gettext("Appointments – %(office)s", office=office.public_name)
        summary = gettext("This calendar has ended. Please remove it from this device.")
    stamp = ended_at.replace(microsecond=0)
    starts_at = stamp.replace(second=0)
    return _calendar(office, name, [ical.Event(
        uid=uid, sequence=0, stamp=stamp, created=stamp, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=15), summary=summary)])


def _calendar(office: Office, name: str, events: Sequence[ical.Event]) -> bytes:
    return ical.calendar(events, zone=office.timezone, properties=(
        ical.text_line("NAME", name),
        ical.text_line("X-WR-CALNAME", name),
        ical.text_line("X-WR-TIMEZONE", office.timezone),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "COLOR:teal",
    ))


def _event(entry: Entry, *, first_name: bool) -> ical.Event:
    who = entry.first_name if first_name else entry.code
    # Outlook shows a cancelled event like any other: the words must say it.
    summary = gettext("Cancelled: %(appointment)s", appointment=who) if entry.cancelled else who
    return ical.Event(
        uid=entry.uid, sequence=entry.sequence, stamp=entry.revised_at, created=entry.created_at,
        starts_at=entry.starts_at, ends_at=entry.ends_at, summary=summary, location=entry.location,
        status="CANCELLED" if entry.cancelled else "CONFIRMED")
