"""Calendar files: octets that every program reads alike."""
from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from web.render.ical import Event, Mailbox, calendar, clean, escape, fold

START = datetime(2026, 12, 7, 9, tzinfo=UTC)


def event(**fields: Any) -> Event:
    return Event(**{"uid": "abc@localhost", "sequence": 2, "stamp": datetime(2026, 11, 23, 9, tzinfo=UTC),
                    "starts_at": START, "ends_at": START + timedelta(hours=1), "summary": "Appointment",
                    **fields})


def written(*events: Event, zone: str = "Europe/Belgrade", method: str = "") -> bytes:
    return calendar(events, zone=zone, method=method)


def test_f6_s3_t8_an_event_is_written_as_the_rules_say() -> None:
    octets = written(event(location="Office, Nemanjina 1",
                           organizer=Mailbox(name="Info Point", address="a@b.org"),
                           attendee=Mailbox(name="Zahra", address="z@b.org"),
                           created=datetime(2026, 11, 20, 9, tzinfo=UTC), alarm_minutes=60), method="REQUEST")
    lines = octets.replace(b"\r\n ", b"").decode().split("\r\n")
    assert lines[:5] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Saputnik//Saputnik 1//EN",
                         "CALSCALE:GREGORIAN", "METHOD:REQUEST"]
    assert lines[lines.index("BEGIN:VEVENT"):] == [
        "BEGIN:VEVENT", "UID:abc@localhost", "DTSTAMP:20261123T090000Z", "CREATED:20261120T090000Z",
        "LAST-MODIFIED:20261123T090000Z", "SEQUENCE:2", "STATUS:CONFIRMED",
        "DTSTART;TZID=Europe/Belgrade:20261207T100000", "DTEND;TZID=Europe/Belgrade:20261207T110000",
        "SUMMARY:Appointment", "LOCATION:Office\\, Nemanjina 1", 'ORGANIZER;CN="Info Point":mailto:a@b.org',
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE;CN=Zahra"
        ":mailto:z@b.org",
        "TRANSP:OPAQUE", "CLASS:PRIVATE", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT60M",
        "DESCRIPTION:Appointment", "END:VALARM", "END:VEVENT", "END:VCALENDAR", ""]


def test_f9_a_cancelled_event_takes_no_time_and_rings_no_alarm() -> None:
    text = written(event(status="CANCELLED", alarm_minutes=60)).decode()
    assert "STATUS:CANCELLED\r\n" in text
    assert "TRANSP:TRANSPARENT\r\n" in text
    assert "VALARM" not in text


def test_f4_f10_a_calendar_without_events_is_a_calendar() -> None:
    assert written() == (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Saputnik//Saputnik 1//EN\r\n"
                         b"CALSCALE:GREGORIAN\r\nEND:VCALENDAR\r\n")


def test_t5_a_time_that_comes_twice_is_written_in_utc_without_a_zone() -> None:
    text = written(event(starts_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
                         ends_at=datetime(2026, 10, 25, 2, 30, tzinfo=UTC))).decode()
    assert "DTSTART:20261025T003000Z\r\nDTEND:20261025T023000Z\r\n" in text
    assert "VTIMEZONE" not in text


def _moments(octets: bytes) -> dict[str, tuple[datetime, datetime]]:
    """The event's start and end in UTC as three independent programs read them."""
    first = vobject.readOne(octets.decode()).vevent
    seconds: list[Any] = list(IcsCalendarStream.calendar_from_ics(octets.decode()).events)
    thirds: list[Any] = icalendar.Calendar.from_ical(octets).walk("VEVENT")
    (second,), (third,) = seconds, thirds
    return {
        "vobject": (first.dtstart.value.astimezone(UTC), first.dtend.value.astimezone(UTC)),
        "ical": (second.dtstart.astimezone(UTC), second.dtend.astimezone(UTC)),
        "icalendar": (third["DTSTART"].dt.astimezone(UTC), third["DTEND"].dt.astimezone(UTC)),
    }


@pytest.mark.parametrize("zone", ["Europe/Belgrade", "America/New_York", "Australia/Sydney", "Asia/Kathmandu",
                                  "Africa/Cairo", "Europe/Dublin", "UTC"])
def test_t1_three_programs_read_the_same_moments_the_whole_year_round(zone: str) -> None:
    for week in range(0, 53, 4):
        start = datetime(2026, 1, 5, 9, 30, tzinfo=UTC) + timedelta(weeks=week)
        end = start + timedelta(minutes=45)
        octets = written(event(starts_at=start, ends_at=end), zone=zone)
        assert set(_moments(octets).values()) == {(start, end)}


TEXT = st.text(max_size=200) | st.sampled_from(
    ["\r\nEND:VEVENT\r\nBEGIN:VEVENT", "a\x00b\x0bc\x1bd", "\u2028ATTENDEE:mailto:spy@b", "\x85X:1", "\ud800",
     ";:,\\\"'", "محمد" * 40, "👩‍👩‍👧" * 30, "^n^'", "x" * 200])


@settings(deadline=None)  # a busy machine is no fault
@given(summary=TEXT, location=TEXT, description=TEXT, name=TEXT)
def test_f1_f2_no_text_leaves_its_property(summary: str, location: str, description: str, name: str) -> None:
    octets = written(event(summary=summary, location=location, description=description,
                           organizer=Mailbox(name=name, address="a@b.org")))
    assert octets.endswith(b"END:VCALENDAR\r\n")
    lines = octets.split(b"\r\n")
    assert [line for line in lines if len(line) > 75 or b"\n" in line or b"\r" in line] == []
    for line in lines:
        line.decode()  # no character is cut in two
    assert [byte for byte in set(octets.replace(b"\r\n", b"")) if byte < 32 and byte != 9] == []
    (read,) = icalendar.Calendar.from_ical(octets).walk("VEVENT")
    assert str(read["SUMMARY"]) == clean(summary)
    assert str(read.get("LOCATION", "")) == clean(location)
    assert str(read.get("DESCRIPTION", "")) == clean(description)
    names = [line.replace(b"\r\n ", b"").split(b":")[0].split(b";")[0]
             for line in octets.replace(b"\r\n ", b"").split(b"\r\n") if line]
    assert names.count(b"ORGANIZER") == names.count(b"UID") == names.count(b"SUMMARY") == 1
    assert b"ATTENDEE" not in names


def test_f2_text_is_escaped_and_line_ends_are_one_kind() -> None:
    assert escape("a\\b;c,d\r\ne\rf\ng\th") == "a\\\\b\\;c\\,d\\ne\\nf\\ng\th"


def test_f1_a_long_line_is_folded_between_characters() -> None:
    folded = fold("SUMMARY:" + "ش" * 70)
    assert [len(line) for line in folded.split(b"\r\n")] == [74, 75, 0]
    assert folded.replace(b"\r\n ", b"").decode() == "SUMMARY:" + "ش" * 70 + "\r\n"


def test_f8_the_same_input_gives_the_same_octets_in_every_process() -> None:
    code = ("from datetime import *; from web.render.ical import *; import sys\n"
            "s = datetime(2026, 12, 7, 9, tzinfo=UTC)\n"
            "e = Event(uid='a@b', sequence=0, stamp=s, starts_at=s, ends_at=s + timedelta(hours=1),"
            " summary='x', organizer=Mailbox(name='N', address='a@b'))\n"
            "sys.stdout.buffer.write(calendar([e], zone='Europe/Belgrade'))")
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True,
                           env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": "."}).stdout for seed in (1, 2)}
    assert len(runs) == 1
    assert len(runs.pop()) > 500
