"""Answers that calendars write by themselves (iTIP REPLY and COUNTER, RFC 5546), in the forms they come in.

Nothing is believed here: what cannot be read plainly is refused, and what can is only what was said.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar

from web.reading.letter_words import plain

LONGEST_FILE = 200_000
MOST_COMPONENTS = 20
LONGEST_COMMENT = 1000
METHODS = ("REPLY", "COUNTER")
ANSWER_LINK = re.compile(r"/a/([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")


def without_links(text: str) -> str:
    """`text` without the secrets of answer links: words are kept, and secrets are kept nowhere."""
    return ANSWER_LINK.sub("/a/…", text)


class UnreadableError(ValueError):
    """A calendar file that says nothing clearly."""


@dataclass(frozen=True)
class CalendarReply:
    """What one attendee's calendar says about one appointment."""

    method: str  # REPLY, or COUNTER: proposes another time
    uid: str
    sequence: int
    stamp: datetime | None  # when it was written, by the attendee's clock
    attendee: str  # lower case
    answer: str  # PARTSTAT: ACCEPTED, DECLINED, TENTATIVE …
    comment: str
    proposed: datetime | None  # of a COUNTER
    tokens: tuple[str, ...]  # secrets of answer links, which calendars send back with the description
    from_outlook: bool  # which lets a person write into the mail around the answer


def read_reply(octets: bytes, *, method: str) -> CalendarReply | None:
    """Read a calendar file; None where it is no answer.

    Parameters
    ----------
    method
        As the mail's Content-Type has it, which some programs give nowhere else.

    Raises
    ------
    UnreadableError
        For everything that is not one answer of one person to one appointment.
    """
    if len(octets) > LONGEST_FILE:
        raise UnreadableError("too large")
    try:
        calendar = Calendar.from_ical(octets)
        return _reply(calendar, method.upper())
    except UnreadableError:
        raise
    except Exception as error:  # whatever a hostile file makes the parser stumble over
        raise UnreadableError(type(error).__name__) from error


def _reply(calendar: Any, outside: str) -> CalendarReply | None:
    inside = str(calendar.get("METHOD", "")).strip().upper()
    method = inside or outside
    if method not in METHODS:
        return None
    if outside and outside != method:
        raise UnreadableError("two methods")
    if len(calendar.subcomponents) > MOST_COMPONENTS:
        raise UnreadableError("too many components")
    events = [one for one in calendar.subcomponents if one.name == "VEVENT"]
    if len(events) != 1 or "RECURRENCE-ID" in events[0] or "RRULE" in events[0]:
        raise UnreadableError("not one appointment")
    event = events[0]
    attendees = _listed(event.get("ATTENDEE"))
    if len(attendees) != 1:
        raise UnreadableError("not one attendee")
    attendee = attendees[0]
    uid = str(event.get("UID", "")).strip()
    if not uid or plain(uid) != uid:
        raise UnreadableError("no UID")
    comments = [*_listed(event.get("COMMENT")), attendee.params.get("X-RESPONSE-COMMENT", "")]
    return CalendarReply(
        method=method, uid=uid[:300], sequence=_whole(event.get("SEQUENCE", 0)),
        stamp=_moment(event.get("DTSTAMP")),
        attendee=re.sub(r"(?i)^mailto:", "", str(attendee).strip()).strip().lower()[:320],
        answer=str(attendee.params.get("PARTSTAT", "NEEDS-ACTION")).upper()[:20],
        comment=without_links(_joined(comments)),
        proposed=_moment(event.get("DTSTART")) if method == "COUNTER" else None,
        tokens=tuple(dict.fromkeys(ANSWER_LINK.findall(_joined(
            [*_listed(event.get("DESCRIPTION")), *_listed(event.get("URL"))], most=20_000))))[:5],
        from_outlook="MICROSOFT" in str(calendar.get("PRODID", "")).upper())


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _joined(values: Iterable[Any], most: int = LONGEST_COMMENT) -> str:
    return "\n".join(filter(None, (plain(str(value)).strip() for value in values)))[:most]


def _whole(value: Any) -> int:
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnreadableError("no whole number")
    return int(text)


def _moment(value: Any) -> datetime | None:
    moment = getattr(value, "dt", None)
    if not isinstance(moment, datetime):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
