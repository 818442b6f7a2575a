"""A feed as one writes it first: icalendar makes the whole file at each request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
from werkzeug.wrappers import Request, Response

BELGRADE = ZoneInfo("Europe/Belgrade")


def application(size: int) -> object:
    """A WSGI application with one calendar of so many events, read from nowhere: they are in memory."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    events = [(f"{n:032x}@localhost", f"C-{n}", now + n * timedelta(minutes=30)) for n in range(1, size + 1)]

    @Request.application
    def answer(request: Request) -> Response:
        calendar = icalendar.Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", "-//Plain//EN")
        for uid, summary, start in events:
            event = icalendar.Event()
            for name, value in (
                ("uid", uid), ("summary", summary), ("dtstamp", now), ("created", now),
                ("last-modified", now), ("sequence", 0), ("status", "CONFIRMED"),
                ("dtstart", start.astimezone(BELGRADE)),
                ("dtend", (start + timedelta(minutes=30)).astimezone(BELGRADE)),
                ("location", "Office, Nemanjina 1"), ("transp", "OPAQUE"), ("class", "PRIVATE"),
            ):
                event.add(name, value)
            calendar.add_component(event)
        calendar.add_missing_timezones()
        response = Response(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
        response.add_etag()
        response.make_conditional(request)
        return response

    return answer
