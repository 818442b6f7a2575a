"""An assistant's calendar as octets, with no more in it than an assistant's phone needs.

A calendar's address is a secret that other companies' servers keep: the feed holds a code and a place, the
client's first name where the office allows it, and never more.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from web.i18n import force_locale, gettext, language_of
from web.models import Assistant, Office
from web.render import ical

FORM = 4  # counts up when this file gives other octets for the same rows, or they are kept otherwise


class Entry(NamedTuple):
    """One appointment in one assistant's calendar: all that its event depends on, but for the assistant."""

    uid: str
    sequence: int
    revised_at: datetime
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    cancelled: bool  # or gone to another assistant: then where and when it was
    code: str
    first_name: str
    place: str | None
    address: str | None

    @property
    def location(self) -> str:
        """Where it is, or nothing."""
        return ", ".join(part for part in (self.place, self.address) if part)


def render(office: Office, assistant: Assistant, entries: Iterable[Entry]) -> bytes:
    """The whole calendar; the same rows give the same octets in every process."""
    locale, first_name = language_of(assistant.mail_language).locale, shows_first_names(office, assistant)
    with force_locale(locale):
        name = gettext("Appointments – %(office)s", office=office.public_name)
        told = _apart(entries) if first_name else entries
        events = [_event(entry, office.timezone, locale, first_name)
                  for entry in sorted(told, key=lambda entry: (entry.starts_at, entry.uid))]
    return _calendar(office, name, events)


def _apart(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, with the code beside a first name that several clients have."""
    entries = list(entries)
    count = Counter(name for name, _code in {(entry.first_name, entry.code) for entry in entries})
    return [entry._replace(first_name=f"{entry.first_name} ({entry.code})") if count[entry.first_name] > 1
            else entry for entry in entries]


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
    event = ical.Event(uid=uid, sequence=0, stamp=stamp, created=stamp, starts_at=starts_at,
                       ends_at=starts_at + timedelta(minutes=15), summary=summary, busy=False)
    return _calendar(office, name, [ical.component(event, office.timezone)])


def _calendar(office: Office, name: str, events: Sequence[bytes]) -> bytes:
    return ical.assemble(events, zone=office.timezone, properties=(
        ical.text_line("NAME", name),
        ical.text_line("X-WR-CALNAME", name),
        ical.text_line("X-WR-TIMEZONE", office.timezone),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "COLOR:teal",
    ))


@lru_cache(maxsize=20_000)
def _event(entry: Entry, zone: str, locale: str, first_name: bool) -> bytes:
    # Kept, so that one edit among thousands renders one event; `locale` is the one in force.
    who = entry.first_name if first_name else entry.code
    # Outlook shows a cancelled event like any other: the words must say it.
    summary = gettext("Cancelled: %(appointment)s", appointment=who) if entry.cancelled else who
    return ical.component(ical.Event(
        uid=entry.uid, sequence=entry.sequence, stamp=entry.revised_at, created=entry.created_at,
        starts_at=entry.starts_at, ends_at=entry.ends_at, summary=summary, location=entry.location,
        status="CANCELLED" if entry.cancelled else "CONFIRMED"), zone)
