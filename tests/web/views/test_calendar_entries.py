"""The entries of a feed as it is fetched: whole, once each, and the same length in every program."""
from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import icalendar
import vobject
from flask import Flask
from ical.calendar_stream import IcsCalendarStream

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_assistant, make_client
from tests.web.conftest import NOW
from web.models import Assistant, Round, User, db
from web.services import appointments, feeds
from web.services.transactions import transaction


def fetched(assistant: Assistant, user: User, anonymous: Browser) -> str:
    db.session.commit()
    secret = feeds.subscribe(assistant_id=assistant.id, label="phone", user_id=user.id, now=NOW)[1]
    answer = anonymous.get(f"/calendars/{secret}.ics")
    assert (answer.status_code, "Content-Encoding" in answer.headers) == (200, False)
    body: str = answer.data.decode()
    return body


def names(body: str, component: str) -> Counter[str]:
    """How often each property stands in the only component of this kind."""
    (_, inner), = [part.partition("\r\n")[::2] for part in
                   body.replace("\r\n ", "").split(f"BEGIN:{component}")[1:]]
    lines = inner[:inner.index(f"END:{component}")].splitlines()
    return Counter(line.split(":")[0].split(";")[0] for line in lines)


def test_f6_an_entry_says_all_that_programs_ask_for_once_and_names_no_attendee(
        app: Flask, user: User, anonymous: Browser) -> None:
    assistant = make_assistant()
    appointment = make_appointment(assistant=assistant)
    body = fetched(assistant, user, anonymous)
    assert names(body, "VEVENT") == dict.fromkeys(
        ("UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "STATUS", "DTSTART", "DTEND", "SUMMARY",
         "LOCATION", "TRANSP", "CLASS"), 1)
    assert f"UID:{appointment.uid}\r\n" in body.replace("\r\n ", "")
    assert "CLASS:PRIVATE\r\n" in body


def test_f7_an_appointment_that_went_back_and_forth_stands_once_in_each_calendar(
        app: Flask, user: User, anonymous: Browser) -> None:
    first, second = make_assistant(), make_assistant()
    appointment = make_appointment(assistant=first)
    for _ in range(3):
        for assistant in (second, first):
            with transaction() as session:
                appointments.revise(session, appointment, round=session.get_one(Round, appointment.round_id),
                                    assistant=assistant, place=appointment.place,
                                    starts_at=appointment.starts_at, ends_at=appointment.ends_at, now=NOW)
    entries = [[(entry["UID"], entry["STATUS"]) for entry in
                icalendar.Calendar.from_ical(fetched(assistant, user, anonymous)).walk("VEVENT")]
               for assistant in (first, second)]
    assert entries == [[(appointment.uid, "CONFIRMED")], [(appointment.uid, "CANCELLED")]]


def test_t1_every_zone_that_an_entry_names_is_described_in_the_file(
        app: Flask, user: User, anonymous: Browser) -> None:
    assistant = make_assistant()
    for days in (3, 130, 250):
        make_appointment(assistant=assistant, starts_at=NOW + timedelta(days=days))
    calendar = icalendar.Calendar.from_ical(fetched(assistant, user, anonymous))
    used = {entry[name].params["TZID"] for entry in calendar.walk("VEVENT") for name in ("DTSTART", "DTEND")}
    described = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    assert (used, described) == ({"Europe/Belgrade"}, ["Europe/Belgrade"])


def test_t6_an_hour_across_a_change_of_the_clocks_is_an_hour(
        app: Flask, user: User, anonymous: Browser) -> None:
    # 01:30 to 03:30 on the clocks of Belgrade, where two o'clock becomes three.
    starts_at = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    assistant = make_assistant()
    make_appointment(assistant=assistant, client=make_client(), starts_at=starts_at)
    body = fetched(assistant, user, anonymous)
    assert "DTSTART;TZID=Europe/Belgrade:20270328T013000\r\n" in body
    assert "DTEND;TZID=Europe/Belgrade:20270328T033000\r\n" in body
    event = vobject.readOne(body).vevent
    assert event.dtend.value.astimezone(UTC) - event.dtstart.value.astimezone(UTC) == timedelta(hours=1)
    (other,) = IcsCalendarStream.calendar_from_ics(body).events
    assert other.end_datetime - other.start_datetime == timedelta(hours=1)


def test_h5_a_feed_is_compressed_for_nobody_who_did_not_ask(
        app: Flask, user: User, anonymous: Browser) -> None:
    assistant = make_assistant()
    make_appointment(assistant=assistant)
    assert fetched(assistant, user, anonymous).startswith("BEGIN:VCALENDAR\r\n")
