"""Calendars as they are: zones of Windows, repetitions that change, days without an end, broken entries."""
from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.web.services.test_busy_times import NINE, NINE_READ, busy, calendar, read
from web.services.busy_times import Read

HOUR = "|DURATION:PT1H"
# A repetition of three days at 10:00 in Belgrade.
THREE = "UID:a|DTSTART;TZID=Europe/Belgrade:20261130T100000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=3|"
FIRST, SECOND, THIRD = (f"2026-{day}T09:00Z/2026-{day}T10:00Z" for day in ("11-30", "12-01", "12-02"))
CUSTOM = """BEGIN:VTIMEZONE|TZID:Customized Time Zone|BEGIN:STANDARD|DTSTART:16010101T030000
TZOFFSETFROM:+0430|TZOFFSETTO:+0330|RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10|END:STANDARD|BEGIN:DAYLIGHT|DTSTART:16010101T020000
TZOFFSETFROM:+0330|TZOFFSETTO:+0430|RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3|END:DAYLIGHT|END:VTIMEZONE
BEGIN:VEVENT""".replace("|", "\r\n").replace("\n", "\r\n").replace("\r\r", "\r").encode()


@pytest.mark.parametrize(("zone", "hour"), [
    ("W. Europe Standard Time", 9), ("Central Europe Standard Time", 9), ("GMT Standard Time", 10),
    ("Turkey Standard Time", 7), ("Iran Standard Time", 6.5), ("Afghanistan Standard Time", 5.5),
    ('"(UTC+01:00) Belgrade, Bratislava, Budapest, Ljubljana, Prague"', 9), ('"Europe/Belgrade"', 9),
    ("/freeassociation.sourceforge.net/Europe/London", 10), ("/mozilla.org/20050126_1/Europe/London", 10),
    ("UTC", 10), ("GMT", 10), ("Etc/GMT-3", 7), ("Europe/Kyiv", 8),
    ("tzone://Microsoft/Utc", 10), ('"tzone://Microsoft/Utc"', 10),
    ("A Zone of Nobody", 9)])  # what nobody knows is the office's clock
def test_a_zone_is_understood_by_any_of_its_names(zone: str, hour: float) -> None:
    start = timedelta(hours=hour)
    begin, end = (f"2026-11-30T{str(moment)[:-3]:0>5}Z" for moment in (start, start + timedelta(hours=1)))
    assert busy(f"DTSTART;TZID={zone}:20261130T100000{HOUR}") == [f"{begin}/{end}"]


def test_a_zone_that_the_file_itself_describes_is_believed() -> None:
    content = calendar(f"DTSTART;TZID=Customized Time Zone:20261130T123000{HOUR}")
    assert read(content.replace(b"BEGIN:VEVENT", CUSTOM, 1)).busy == [NINE_READ]


@pytest.mark.parametrize("out", [
    "EXDATE:20261201T090000Z", "EXDATE;TZID=Asia/Tehran:20261201T123000", "EXDATE;VALUE=DATE:20261201",
    "EXDATE:20261201T100000", "EXDATE;TZID=Central Europe Standard Time:20261201T100000",
    "EXDATE;TZID=Europe/London:20261203T090000,20261201T090000"])
def test_what_is_taken_out_of_a_repetition_may_stand_in_another_zone(out: str) -> None:
    assert busy(THREE + out) == [FIRST, THIRD]


@pytest.mark.parametrize("which", [
    "RECURRENCE-ID:20261201T090000Z", "RECURRENCE-ID;TZID=Asia/Tehran:20261201T123000",
    "RECURRENCE-ID;TZID=Europe/London:20261201T090000"])
def test_so_may_what_is_moved(which: str) -> None:
    moved = f"UID:a|{which}|DTSTART:20261205T090000Z{HOUR}"
    for events in ((THREE, moved), (moved, THREE)):
        assert busy(*events) == [FIRST, THIRD, "2026-12-05T09:00Z/2026-12-05T10:00Z"]


def test_from_one_time_on_a_repetition_is_at_another_hour_and_longer() -> None:
    assert busy(
        "UID:a|DTSTART;TZID=Europe/Belgrade:20270315T100000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=4",
        "UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Belgrade:20270322T100000"
        "|DTSTART;TZID=Europe/Belgrade:20270323T120000|DURATION:PT2H") == [
            "2027-03-15T09:00Z/2027-03-15T10:00Z", "2027-03-23T11:00Z/2027-03-23T13:00Z",
            "2027-03-30T10:00Z/2027-03-30T12:00Z", "2027-04-06T10:00Z/2027-04-06T12:00Z"]


def test_from_one_time_on_a_repetition_is_cancelled() -> None:
    assert busy(THREE, "UID:a|RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Belgrade:20261201T100000"
                       f"|DTSTART;TZID=Europe/Belgrade:20261201T100000{HOUR}|STATUS:CANCELLED") == [FIRST]


@pytest.mark.parametrize(("until", "expected"), [
    ("20261201T090000Z", [FIRST, SECOND]), ("20261201T100000", [FIRST, SECOND]),
    ("20261201T085959Z", [FIRST])])
def test_a_repetition_ends_when_it_says(until: str, expected: list[str]) -> None:
    assert busy(THREE.replace("COUNT=3", f"UNTIL={until}")) == expected


@pytest.mark.parametrize("day", [
    "DTSTART;VALUE=DATE:20261130|DTEND;VALUE=DATE:20261201", "DTSTART:20261130|DTEND:20261201",
    "DTSTART;VALUE=DATE:20261130|DURATION:P1D", "DTSTART;VALUE=DATE:20261130|DTEND;VALUE=DATE:20261130",
    "DTSTART;VALUE=DATE:20261130|RRULE:FREQ=DAILY;COUNT=2|EXDATE;VALUE=DATE:20261201"])
def test_a_day_is_a_day_of_the_office_however_it_ends(day: str) -> None:
    assert busy(day) == ["2026-11-29T23:00Z/2026-11-30T23:00Z"]


def test_a_holiday_that_began_long_ago_lasts() -> None:
    assert busy("DTSTART;VALUE=DATE:20260901|DTEND;VALUE=DATE:20261205") == [
        "2026-08-31T22:00Z/2026-12-04T23:00Z"]


@pytest.mark.parametrize("free", [
    f"{NINE}|X-MICROSOFT-CDO-BUSYSTATUS:FREE", f"{NINE}|TRANSP:transparent", f"{NINE}|STATUS:cancelled"])
def test_what_is_free_is_free_in_any_words(free: str) -> None:
    assert busy(free) == []


@pytest.mark.parametrize("kept", [
    f"{NINE}|X-MICROSOFT-CDO-BUSYSTATUS:OOF", f"{NINE}|STATUS:TENTATIVE", f"{NINE}|TRANSP:OPAQUE",
    f"{NINE}|TRANSP:OPAQUE|X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_what_may_be_busy_is_busy(kept: str) -> None:
    assert busy(kept) == [NINE_READ]


def test_one_time_of_a_repetition_may_be_free() -> None:
    assert busy(THREE, f"UID:a|RECURRENCE-ID:20261201T090000Z|DTSTART:20261201T090000Z{HOUR}"
                       "|TRANSP:TRANSPARENT") == [FIRST, THIRD]


@pytest.mark.parametrize(("event", "expected"), [
    # Belgrade's clocks go from 2:00 to 3:00 on 28 March 2027: hours are hours, and days are days.
    ("DTSTART;TZID=Europe/Belgrade:20270328T013000|DURATION:PT2H", ["03-28T00:30Z/2027-03-28T02:30Z"]),
    ("DTSTART;TZID=Europe/Belgrade:20270328T013000|DTEND;TZID=Europe/Belgrade:20270328T033000",
     ["03-28T00:30Z/2027-03-28T01:30Z"]),
    ("DTSTART;TZID=Europe/Belgrade:20270328T023000|DURATION:PT1H", ["03-28T01:30Z/2027-03-28T02:30Z"]),
    ("DTSTART;TZID=Europe/Belgrade:20270327T120000|DURATION:P1D", ["03-27T11:00Z/2027-03-28T10:00Z"]),
    ("DTSTART;TZID=Europe/Belgrade:20270327T013000|DURATION:PT2H|RRULE:FREQ=DAILY;COUNT=2",
     ["03-27T00:30Z/2027-03-27T02:30Z", "03-28T00:30Z/2027-03-28T02:30Z"]),
    ("DTSTART:20270322T100000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=2",  # no zone: the office's clock
     ["03-22T09:00Z/2027-03-22T10:00Z", "03-29T08:00Z/2027-03-29T09:00Z"])])
def test_t6_a_change_of_clocks_makes_nothing_longer_or_shorter(event: str, expected: list[str]) -> None:
    assert busy(event) == [f"2027-{each}" for each in expected]


def test_two_entries_under_one_uid_both_count_and_an_older_version_does_not() -> None:
    later = f"DTSTART:20261202T090000Z{HOUR}"
    assert busy(f"UID:a|{NINE}", f"UID:a|{later}") == [NINE_READ, THIRD]
    assert busy(f"UID:a|SEQUENCE:1|{NINE}", f"UID:a|SEQUENCE:0|{later}") == [NINE_READ]


def test_an_entry_without_a_beginning_does_not_hide_the_others_and_is_told() -> None:
    assert read(calendar("SUMMARY:some day", NINE)) == Read(busy=[NINE_READ], incomplete=True)


@pytest.mark.parametrize("words", [
    "DESCRIPTION:one\r\ntwo, not folded", "ATTENDEE;CN=:;;\"x:mailto:a", ";:=", "X-NOTE;A=\"b:c",
    "BEGIN:VALARM|TRIGGER:nonsense|ACTION:DISPLAY|DURATION:PT5M|REPEAT:2|END:VALARM"])
def test_what_an_entry_is_about_may_be_broken(words: str) -> None:
    assert read(calendar(f"{NINE}|{words}")) == Read(busy=[NINE_READ], incomplete=False)


def test_ten_thousand_entries_of_many_years_are_read() -> None:
    first = date(2011, 1, 3)
    events = (f"DTSTART;TZID=Europe/Belgrade:{first + timedelta(days=number * 5 // 8):%Y%m%d}"
              f"T{8 + number % 8:02}0000|DURATION:PT30M|SUMMARY:Meeting {number}|DESCRIPTION:{'words ' * 20}"
              for number in range(10_000))
    found = read(calendar(*events))
    assert (len(found.busy), found.incomplete) == (651, False)  # as counted without a calendar
