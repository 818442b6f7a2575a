"""Calendar files (RFC 5545) as octets: the same input gives the same octets, in every process.

Written here and not by a library because of what calendars do with the difference: see the tests.
Feeds and invitations share it.
"""
from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from web.render.timezones import vtimezone, wall_clock

PRODID = "-//Saputnik//Saputnik 1//EN"  # fixed: it must tell nothing of an office or a person
_BREAKS = dict.fromkeys(map(ord, "\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n")


def clean(value: str) -> str:
    """`value` with \\n as its only line break and HTAB as its only control character."""
    if value.isprintable():  # most are, and a feed has thousands
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n").translate(_BREAKS)
    return "".join(sign for sign in value
                   if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))


def escape(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    value = clean(value).replace("\\", "\\\\")
    return value.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _one_line(value: str) -> str:
    return clean(value).replace("\n", " ")


def raw_line(name: str, value: str, **parameters: str) -> str:
    """A property whose value is not TEXT, e.g. an address or a duration; parameters are quoted."""
    # A parameter has no escape for a quotation mark.
    quoted = [f";{key.replace('_', '-')}={_parameter(text)}" for key, text in parameters.items()]
    return f"{name}{''.join(quoted)}:{_one_line(value)}"


def _parameter(text: str) -> str:
    text = _one_line(text).replace('"', "'")
    return text if text.isalnum() or text.replace("-", "").isalnum() else f'"{text}"'


def text_line(name: str, value: str) -> str:
    """A property with a TEXT value."""
    return f"{name}:{escape(value)}"


def utc(moment: datetime) -> str:
    """A moment in the UTC form."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def fold(line: str) -> bytes:
    """A content line as octets, at most 75 in a row and never cut within a character (3.1)."""
    rest = line.encode()
    room = 75
    if len(rest) <= room:
        return rest + b"\r\n"
    parts = []
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(rest[:cut])
        rest = rest[cut:]
        room = 74  # the blank that begins a continued line counts
    return b"\r\n ".join([*parts, rest]) + b"\r\n"


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """Somebody's name and address."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """An appointment as a calendar shows it. Moments are aware; `stamp` is the last revision's."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    status: str = "CONFIRMED"  # TENTATIVE, CONFIRMED, CANCELLED
    busy: bool = True  # whether nobody can have this time too
    created: datetime | None = None
    organizer: Mailbox | None = None
    attendee: Mailbox | None = None
    participation: str = "NEEDS-ACTION"  # the attendee's PARTSTAT
    reply_wanted: bool = False  # by mail to the organizer (RSVP)
    alarm_minutes: int | None = None  # before the start


def calendar(events: Sequence[Event], *, zone: str, method: str = "",
             properties: Iterable[str] = ()) -> bytes:
    """A whole VCALENDAR with times in `zone`.

    Parameters
    ----------
    method
        REQUEST or CANCEL in a mail, nothing in a feed (3.7.2).
    properties
        Further lines of the calendar itself, made with `text_line` and `raw_line`.
    """
    components = [component(event, zone) for event in events]
    return assemble(components, zone=zone, method=method, properties=properties)


def component(event: Event, zone: str) -> bytes:
    """One VEVENT with times in `zone`."""
    return b"".join(map(fold, _event(event, zone)))


def assemble(components: Sequence[bytes], *, zone: str, method: str = "",
             properties: Iterable[str] = ()) -> bytes:
    """A whole VCALENDAR of events that are written already, all for `zone`; else as `calendar`."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN"]
    if method:
        lines.append(f"METHOD:{method}")
    lines += properties
    # A TZID without its VTIMEZONE is off by an hour in Outlook, one that nobody names is noise.
    named = f"\r\nDTSTART;TZID={zone}:".encode()
    if any(named in each for each in components):
        lines += vtimezone(zone)
    return b"".join([*map(fold, lines), *components, fold("END:VCALENDAR")])


def _event(event: Event, zone: str) -> list[str]:
    cancelled = event.status == "CANCELLED"
    stamp = utc(event.stamp)
    lines = ["BEGIN:VEVENT", raw_line("UID", event.uid), f"DTSTAMP:{stamp}"]
    if event.created:
        lines.append(f"CREATED:{utc(event.created)}")
    lines += [f"LAST-MODIFIED:{stamp}", f"SEQUENCE:{event.sequence}", f"STATUS:{event.status}",
              *_times(event, zone), text_line("SUMMARY", event.summary)]
    lines += [text_line(name, value) for name, value in
              (("LOCATION", event.location), ("DESCRIPTION", event.description)) if value]
    if event.url:
        lines.append(raw_line("URL", event.url))
    if event.organizer:
        lines.append(raw_line("ORGANIZER", f"mailto:{event.organizer.address}", CN=event.organizer.name))
    if event.attendee:
        lines.append(raw_line(
            "ATTENDEE", f"mailto:{event.attendee.address}", CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT",
            PARTSTAT=event.participation, RSVP=str(event.reply_wanted).upper(), CN=event.attendee.name))
    lines += [f"TRANSP:{'OPAQUE' if event.busy and not cancelled else 'TRANSPARENT'}", "CLASS:PRIVATE"]
    if event.alarm_minutes is not None and not cancelled:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{event.alarm_minutes}M",
                  text_line("DESCRIPTION", event.summary), "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _times(event: Event, zone: str) -> list[str]:
    start, end = wall_clock(event.starts_at, zone), wall_clock(event.ends_at, zone)
    if start is None or end is None:
        return [f"DTSTART:{utc(event.starts_at)}", f"DTEND:{utc(event.ends_at)}"]
    return [f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", f"DTEND;TZID={zone}:{end:%Y%m%dT%H%M%S}"]
