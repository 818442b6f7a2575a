"""Calendars as other programs write them, read for their busy times and nothing else."""
from __future__ import annotations

from datetime import datetime

import pytest

from tests.web.conftest import NOW
from web.services.busy_times import CalendarError, Read, read_calendar, spans

HOST = "saputnik.example"


def calendar(*events: str) -> bytes:
    """A VCALENDAR with these events; each is its lines after the UID."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Google Inc//Google Calendar 70.9054//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", *([] if "UID:" in event else [f"UID:{number}@google.com"]),
                  "DTSTAMP:20261101T000000Z", *event.split("|"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(content: bytes) -> Read:
    return read_calendar(content, zone="Europe/Belgrade", host=HOST, now=NOW)


def busy(*events: str) -> list[str]:
    return read(calendar(*events)).busy


def why(content: bytes) -> str:
    with pytest.raises(CalendarError) as caught:
        read(content)
    return caught.value.code


NINE = "DTSTART:20261130T090000Z|DTEND:20261130T100000Z"
NINE_READ = "2026-11-30T09:00Z/2026-11-30T10:00Z"


@pytest.mark.parametrize(("event", "expected"), [
    (NINE, NINE_READ),
    ("DTSTART;TZID=Europe/Belgrade:20261130T100000|DURATION:PT1H", NINE_READ),
    ("DTSTART;TZID=W. Europe Standard Time:20261130T100000|DURATION:PT1H", NINE_READ),
    ("DTSTART:20261130T100000|DTEND:20261130T110000", NINE_READ),  # no zone: the office's clock
    ("DTSTART:20261130T090030Z|DTEND:20261130T095910Z", NINE_READ),  # whole minutes that cover it
    ("DTSTART;VALUE=DATE:20261130", "2026-11-29T23:00Z/2026-11-30T23:00Z"),  # a day of the office
    ("DTSTART;VALUE=DATE:20261130|DTEND;VALUE=DATE:20261202", "2026-11-29T23:00Z/2026-12-01T23:00Z")])
def test_what_a_calendar_calls_busy_is_busy(event: str, expected: str) -> None:
    assert busy(event) == [expected]


@pytest.mark.parametrize("event", [
    f"{NINE}|TRANSP:TRANSPARENT", f"{NINE}|STATUS:CANCELLED", f"UID:ab12@{HOST}|{NINE}",
    "DTSTART:20261130T090000Z", "DTSTART:20250101T090000Z|DTEND:20250101T100000Z",
    "DTSTART:20290101T090000Z|DTEND:20290101T100000Z"],
    ids=["transparent", "cancelled", "our own appointment", "no length", "long over", "far away"])
def test_what_takes_no_time_is_not_busy(event: str) -> None:
    assert busy(event) == []


def test_a_repetition_counts_each_time_but_where_it_was_moved_or_taken_out() -> None:
    assert busy(
        "UID:a|DTSTART;TZID=Europe/Belgrade:20261130T100000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=4"
        "|EXDATE;TZID=Europe/Belgrade:20261207T100000",
        "UID:a|RECURRENCE-ID;TZID=Europe/Belgrade:20261214T100000"
        "|DTSTART;TZID=Europe/Belgrade:20261215T120000|DURATION:PT1H",
        "UID:a|RECURRENCE-ID;TZID=Europe/Belgrade:20261221T100000|STATUS:CANCELLED"
        "|DTSTART;TZID=Europe/Belgrade:20261221T100000|DURATION:PT1H") == [
            NINE_READ, "2026-12-15T11:00Z/2026-12-15T12:00Z"]


def test_a_repetition_keeps_its_local_hour_across_a_change_of_clocks() -> None:
    # Belgrade goes from +1 to +2 on 28 March 2027.
    assert busy("DTSTART;TZID=Europe/Belgrade:20270322T100000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2") == [
        "2027-03-22T09:00Z/2027-03-22T10:00Z", "2027-03-29T08:00Z/2027-03-29T09:00Z"]


def test_a_repetition_without_an_end_is_read_for_a_year() -> None:
    found = busy("DTSTART:20200101T090000Z|DTEND:20200101T100000Z|RRULE:FREQ=DAILY")
    assert (found[0][:10], found[-1][:10], len(found)) == ("2026-11-16", "2027-12-27", 407)


def test_published_free_and_busy_times_are_read_too() -> None:
    content = (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VFREEBUSY\r\nUID:a\r\n"
               b"FREEBUSY;FBTYPE=BUSY:20261130T090000Z/20261130T100000Z,20261201T090000Z/PT1H\r\n"
               b"FREEBUSY;FBTYPE=FREE:20261202T090000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n")
    assert read(content).busy == [NINE_READ, "2026-12-01T09:00Z/2026-12-01T10:00Z"]


def test_nothing_of_an_entry_is_kept_but_when_it_is() -> None:
    found = read(calendar(f"{NINE}|SUMMARY:Canary|LOCATION:Canary street|ATTENDEE:mailto:canary@x"))
    assert found == Read(busy=[NINE_READ], incomplete=False)


def test_the_times_come_back_as_moments() -> None:
    assert spans([NINE_READ]) == [(datetime.fromisoformat("2026-11-30T09:00+00:00"),
                                   datetime.fromisoformat("2026-11-30T10:00+00:00"))]


def test_an_entry_that_cannot_be_understood_does_not_hide_the_others_and_is_told() -> None:
    found = read(calendar(NINE, "DTSTART:20261201T090000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY;UNTIL=never"))
    assert found == Read(busy=[NINE_READ], incomplete=True)


@pytest.mark.parametrize(("content", "code"), [
    (b"", "not-a-calendar"), (b"<!doctype html><title>Sign in</title>", "not-a-calendar"),
    (b"\x89PNG\r\n\x1a\n", "not-a-calendar"), (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "not-understood")])
def test_what_is_no_calendar_is_told_apart(content: bytes, code: str) -> None:
    assert why(content) == code


def test_a_calendar_may_begin_with_a_byte_order_mark() -> None:
    assert read(b"\xef\xbb\xbf" + calendar(NINE)).busy == [NINE_READ]


@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY", "HOURLY"])
def test_up7_what_repeats_within_a_day_is_refused(frequency: str) -> None:
    assert why(calendar(f"{NINE}|RRULE:FREQ={frequency}")) == "too-many"
    assert why(calendar(f"{NINE}|RRULE:INTERVAL=1\r\n ;FREQ={frequency}")) == "too-many"  # folded


def test_up7_too_many_entries_are_refused() -> None:
    assert why(calendar(*[NINE] * 20_001)) == "too-many"


def test_up7_too_many_busy_times_are_refused() -> None:
    daily = [f"DTSTART:20200101T{hour:02}{minute:02}00Z|DURATION:PT5M|RRULE:FREQ=DAILY"
             for hour in range(13) for minute in (0, 30)]
    assert why(calendar(*daily)) == "too-many"


def test_up8_what_takes_too_long_ends_the_child_and_nothing_else() -> None:
    daily = (f"DTSTART:19500101T{hour % 24:02}0000Z|DURATION:PT5M|RRULE:FREQ=DAILY" for hour in range(2000))
    assert why(calendar(*daily)) == "too-many"
