"""Reads a calendar from standard input and writes its busy times: a program of its own, run with limits.

It imports nothing of the application, and nothing leaves it but intervals in UTC. The first line is a JSON
object with the span to look at, the office's time zone and our own host; the calendar follows. Exit 0 done,
3 too many entries, 4 no calendar, 5 nothing that can be understood.
"""
from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

Span = tuple[datetime, datetime]

MEMORY = 1_000_000_000  # bytes of address space
CPU_SECONDS = 6
MOST_COMPONENTS = 20_000
MOST_BUSY = 5_000
WINDOW = timedelta(days=30)  # recurrences are expanded, and counted, so far at once
# More often than daily is no person's calendar, and a rule of seconds never comes to an end.
_OFTEN = re.compile(rb"^(?:RRULE|EXRULE)[^\r\n]*FREQ=(?:SECONDLY|MINUTELY|HOURLY)",
                    re.IGNORECASE | re.MULTILINE)

# All else, such as what an entry is about, is neither needed nor parsed, whatever is wrong with it.
_NEEDED = re.compile(
    rb"^(?:BEGIN|END|UID|SEQUENCE|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|TRANSP|FREEBUSY|"
    rb"TZID|TZOFFSETFROM|TZOFFSETTO|X-LIC-LOCATION|X-MICROSOFT-CDO-BUSYSTATUS)[;:][^\r\n]*",
    re.IGNORECASE | re.MULTILINE)


_LASTS = "X-LASTS"  # what an event's DURATION was


class TooManyError(Exception):
    """More busy times than a person has."""


def main() -> int:
    """Read, expand, write."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read().removeprefix(b"\xef\xbb\xbf").lstrip()
    if content[:15].upper() != b"BEGIN:VCALENDAR":
        return 4
    if not content.rstrip().upper().endswith(b"END:VCALENDAR"):
        return 5  # it broke off, and who knows what was to come
    unfolded = re.sub(rb"\r?\n[ \t]", b"", content)
    if unfolded.upper().count(b"BEGIN:V") > MOST_COMPONENTS or _OFTEN.search(unfolded):
        return 3
    span = datetime.fromisoformat(asked["from"]), datetime.fromisoformat(asked["until"])
    zone, own, incomplete = ZoneInfo(asked["zone"]), f"@{asked['host']}", False
    try:
        calendars = icalendar.Calendar.from_ical(
            b"\r\n".join(_NEEDED.findall(unfolded)).replace(b"tzone://Microsoft/Utc", b"UTC"), multiple=True)
    except Exception:
        return 5
    found: set[Span] = set()
    try:
        for calendar in calendars:
            incomplete |= _tidy(calendar, before=span[0])
            try:
                busy = _busy(calendar, span, zone, own, lenient=False)
            except TooManyError:
                raise
            except Exception:  # one entry that cannot be understood must not hide the others
                busy, incomplete = _busy(calendar, span, zone, own, lenient=True), True
            found |= busy
        if len(found) > MOST_BUSY:
            return 3
    except TooManyError:
        return 3
    except Exception:
        return 5
    json.dump({"busy": [f"{start:%Y-%m-%dT%H:%MZ}/{end:%Y-%m-%dT%H:%MZ}" for start, end in sorted(found)],
               "incomplete": incomplete}, sys.stdout)
    return 0


def _tidy(calendar: Any, *, before: datetime) -> bool:
    """Take out events without a beginning, which would hide all others; say whether there were any.

    What was over long before is taken out, too: a calendar of many years takes half the time. Several
    entries under one UID, which only one may have, are several entries to whoever made them.
    """
    known = set[tuple[str, str]]()
    for number, event in enumerate(events := calendar.walk("VEVENT")):
        one = str(event.get("UID", number)), str(event.get("SEQUENCE", 0))
        if "RECURRENCE-ID" not in event:
            if one in known:
                event["UID"] = icalendar.vText(f"{number} {one[0]}")
            known.add(one)
        if "DURATION" in event:
            event[_LASTS] = event["DURATION"]  # repetitions get an end instead
    missing = [event for event in events if "DTSTART" not in event]
    out = {id(event) for event in events if "DTSTART" not in event or _is_over(event, before)}
    calendar.subcomponents = [one for one in calendar.subcomponents if id(one) not in out]
    return bool(missing)


def _is_over(event: Any, before: datetime) -> bool:
    """Whether an event that happens once ended long before, wherever it was; where in doubt it did not."""
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return False
    with suppress(Exception):  # what is broken is told of by whoever reads it
        starts, lasts = event["DTSTART"].dt, event["DURATION"].dt if "DURATION" in event else timedelta()
        ends = event["DTEND"].dt if "DTEND" in event else starts + lasts
        return max(_moment(ends, UTC), _moment(starts, UTC)) < before - timedelta(days=3)
    return False


def _busy(calendar: Any, span: Span, zone: ZoneInfo, own: str, *, lenient: bool) -> set[Span]:
    found: set[Span] = set()
    query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=lenient)
    begin = span[0]
    while begin < span[1]:
        end = min(begin + WINDOW, span[1])
        found |= {entry for event in query.between(begin, end) for entry in _of_event(event, zone, own)}
        if len(found) > MOST_BUSY:
            raise TooManyError
        begin = end
    listed = (entry for component in calendar.walk("VFREEBUSY") for entry in _of_free_busy(component))
    return found | {(start, end) for start, end in listed if start < span[1] and span[0] < end}


def _of_event(event: Any, zone: ZoneInfo, own: str) -> Iterator[Span]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("UID", "")).endswith(own):
        return
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT" or (
            "TRANSP" not in event and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"):
        return
    begins, ends = event["DTSTART"].dt, event["DTEND"].dt
    start, end = _moment(begins, zone), _moment(ends, zone)
    if _LASTS in event and ends - begins == (lasts := event[_LASTS].dt) and lasts % timedelta(days=1):
        end = start + lasts  # hours are hours, also when the clocks change (RFC 5545, 3.3.6)
    elif not isinstance(begins, datetime) and end <= start:
        end = _moment(begins + timedelta(days=1), zone)  # a day that some say ends when it begins
    if start < end:
        yield _minutes(start, end)


def _of_free_busy(component: Any) -> Iterator[Span]:
    listed = component.get("FREEBUSY", [])
    for period in listed if isinstance(listed, list) else [listed]:
        if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE" and period.start < period.end:
            yield _minutes(period.start.astimezone(UTC), period.end.astimezone(UTC))


def _moment(value: date | datetime, zone: tzinfo) -> datetime:
    # A whole day, and a time without a zone, are meant where the person is: at the office's place.
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _minutes(start: datetime, end: datetime) -> Span:
    """Whole minutes that cover what may begin and end within one."""
    floor = end.replace(second=0, microsecond=0)
    return start.replace(second=0, microsecond=0), floor if floor == end else floor + timedelta(minutes=1)


if __name__ == "__main__":
    sys.exit(main())
