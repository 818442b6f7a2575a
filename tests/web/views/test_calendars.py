"""Calendars over HTTP: what calendar programs rely on, rule by rule (F, H)."""
from __future__ import annotations

import re
from datetime import timedelta

import ical.calendar_stream
import ics
import pytest
import time_machine
import vobject
from flask import Flask

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_assistant, make_client, make_place
from tests.web.conftest import NOW
from web.models import Assistant, Office, Round, User, db
from web.services import appointments, feeds
from web.services.transactions import transaction


@pytest.fixture
def assistant(app: Flask) -> Assistant:
    return make_assistant(name="Reza Moradi")


ENDED = "This calendar has ended. Please remove it from this device."


def subscribe(assistant: Assistant, user: User, label: str = "phone") -> str:
    db.session.commit()
    secret = feeds.subscribe(assistant_id=assistant.id, label=label, user_id=user.id, now=NOW)[1]
    return f"/calendars/{secret}.ics"


def summaries(body: bytes) -> list[str]:
    return [event.summary.value for event in vobject.readOne(body.decode()).contents.get("vevent", [])]


def test_f3_f4_f5_the_calendar_itself_says_what_programs_ask_for(
        assistant: Assistant, user: User, anonymous: Browser) -> None:
    make_appointment(assistant=assistant)
    lines = anonymous.get(subscribe(assistant, user)).data.decode().split("\r\n")
    head = lines[:lines.index("BEGIN:VTIMEZONE")]
    assert head == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Saputnik//Saputnik 1//EN", "CALSCALE:GREGORIAN",
        "NAME:Appointments – Info Point", "X-WR-CALNAME:Appointments – Info Point",
        "X-WR-TIMEZONE:Europe/Belgrade", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
        "COLOR:teal"]


@pytest.mark.parametrize(("language", "name", "summary"), [
    ("rn", "Imibonano – Info Point", "Wahagaritswe: C-7"), ("prs", "ملاقات‌ها – Info Point", "لغو شد: C-7"),
    ("sr-Cyrl", "Термини – Info Point", "Отказано: C-7"), ("ti", "ቆጸራታት – Info Point", "ተሰሪዙ፦ C-7")])
def test_a_calendar_speaks_the_assistants_language(
        assistant: Assistant, user: User, anonymous: Browser, language: str, name: str, summary: str) -> None:
    assistant.mail_language = language
    make_appointment(assistant=assistant, client=make_client(code="C-7"), state="cancelled")
    calendar = vobject.readOne(anonymous.get(subscribe(assistant, user)).data.decode())
    assert (calendar.x_wr_calname.value, calendar.vevent.summary.value) == (name, summary)


def test_three_parsers_read_the_same_instants(assistant: Assistant, user: User, anonymous: Browser) -> None:
    made = [make_appointment(assistant=assistant, starts_at=NOW + timedelta(days=days, hours=1))
            for days in (3, 130, 250)]  # winter, the spring after it, summer
    body = anonymous.get(subscribe(assistant, user)).data.decode()
    expected = sorted(appointment.starts_at for appointment in made)
    with_vobject = sorted(event.dtstart.value for event in vobject.readOne(body).vevent_list)
    with_ics = sorted(event.begin.datetime for event in ics.Calendar(body).events)
    with_ical = sorted(event.start_datetime for event in
                       ical.calendar_stream.IcsCalendarStream.calendar_from_ics(body).events)
    assert [with_vobject, with_ics, with_ical] == [expected] * 3


def test_an_appointment_without_a_place_is_shown(assistant: Assistant, user: User,
                                                 anonymous: Browser) -> None:
    appointment = make_appointment(assistant=assistant, client=make_client(code="C-1"))
    appointment.place = None
    body = anonymous.get(subscribe(assistant, user)).data
    assert (summaries(body), b"LOCATION" in body) == (["C-1"], False)


def test_f8_the_same_rows_give_the_same_bytes(assistant: Assistant, user: User, anonymous: Browser,
                                              clock: time_machine.Traveller) -> None:
    make_appointment(assistant=assistant)
    address = subscribe(assistant, user)
    first = anonymous.get(address)
    clock.shift(timedelta(days=1))  # another day, so that the feed is rendered anew
    second = anonymous.get(address)
    assert (second.data, second.headers["ETag"]) == (first.data, first.headers["ETag"])


def test_f9_a_cancelled_event_says_so_in_words_and_goes_after_fourteen_days(
        assistant: Assistant, user: User, anonymous: Browser, clock: time_machine.Traveller) -> None:
    client = make_client(code="C-7")
    appointment = make_appointment(client=client, assistant=assistant, starts_at=NOW + timedelta(days=40))
    address = subscribe(assistant, user)
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=NOW)
    text = anonymous.get(address).data.decode()
    event = text[text.index("BEGIN:VEVENT"):]
    assert ("STATUS:CANCELLED\r\n" in event, "SEQUENCE:1\r\n" in event, "TRANSP:TRANSPARENT\r\n" in event,
            "SUMMARY:Cancelled: C-7\r\n" in event, "VALARM" in event) == (True, True, True, True, False)
    clock.move_to(NOW + timedelta(days=15), tick=False)
    assert summaries(anonymous.get(address).data) == []


def test_f10_an_empty_feed_is_a_calendar(assistant: Assistant, user: User, anonymous: Browser) -> None:
    answer = anonymous.get(subscribe(assistant, user))
    assert (answer.status_code, summaries(answer.data)) == (200, [])


def test_f11_leaving_the_window_changes_the_etag(assistant: Assistant, user: User, anonymous: Browser,
                                                 clock: time_machine.Traveller) -> None:
    make_appointment(assistant=assistant, starts_at=NOW - timedelta(days=29))
    address = subscribe(assistant, user)
    before = anonymous.get(address)
    clock.shift(timedelta(days=2))
    after = anonymous.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert (len(summaries(before.data)), after.status_code, summaries(after.data)) == (1, 200, [])


def test_h1_h3_h6_headers_are_what_calendar_programs_expect(assistant: Assistant, user: User,
                                                         anonymous: Browser) -> None:
    answer = anonymous.get(subscribe(assistant, user), headers={"Accept-Encoding": "gzip"})
    wanted = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="calendar.ics"',
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex, nofollow",
        "Referrer-Policy": "no-referrer",
    }
    assert {name: answer.headers[name] for name in wanted} == wanted
    unwanted = {"Set-Cookie", "Content-Encoding", "Last-Modified"}
    assert unwanted & set(answer.headers.keys()) == set()


@pytest.mark.parametrize("form", ["{0}", 'W/{0}', '"other", {0}', "*"])
def test_h2_an_unchanged_poll_is_answered_304_without_a_body(
        form: str, assistant: Assistant, user: User, anonymous: Browser) -> None:
    make_appointment(assistant=assistant)
    address = subscribe(assistant, user)
    etag = anonymous.get(address).headers["ETag"]
    for more in ({}, {"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}):  # which does not count
        answer = anonymous.get(address, headers={"If-None-Match": form.format(etag), **more})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("date", ["Tue, 24 Nov 2026 09:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "x", ""])
@pytest.mark.parametrize("more", [{}, {"If-None-Match": '"another"'}])
def test_h3_no_date_keeps_a_program_on_what_it_has(
        date: str, more: dict[str, str], assistant: Assistant, user: User, anonymous: Browser) -> None:
    make_appointment(assistant=assistant)
    answer = anonymous.get(subscribe(assistant, user), headers={"If-Modified-Since": date, **more})
    assert (answer.status_code, len(summaries(answer.data))) == (200, 1)


def test_h1_head_tells_what_get_tells(assistant: Assistant, user: User, anonymous: Browser) -> None:
    address = subscribe(assistant, user)
    head, get = anonymous.head(address), anonymous.get(address)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", get.headers["ETag"])


def test_h4_whatever_is_shown_changes_the_validator(assistant: Assistant, user: User, office: Office,
                                                    anonymous: Browser) -> None:
    place = make_place(name="Library")
    appointment = make_appointment(assistant=assistant, place=place)
    address = subscribe(assistant, user)
    tags = [anonymous.get(address).headers["ETag"]]
    for row, name, value in ((place, "address", "Knez Mihailova 1"), (appointment.client, "code", "C-99"),
                             (office, "public_name", "Help Desk"), (office, "first_name_in_feed", True),
                             (assistant, "first_name_in_feed", True),
                             (appointment.client, "first_name", "Z."), (assistant, "mail_language", "sr")):
        with transaction():
            setattr(row, name, value)
        tags.append(anonymous.get(address).headers["ETag"])
    # The office's permission alone changes nothing: it is chosen for each assistant.
    assert (tags[4] == tags[3], len(set(tags))) == (True, len(tags) - 1)


def test_an_edit_of_one_assistant_leaves_the_others_calendars_alone(
        assistant: Assistant, user: User, anonymous: Browser) -> None:
    other = make_assistant()
    appointment = make_appointment(assistant=assistant)
    make_appointment(assistant=other)
    db.session.flush()
    revision = other.feed_revision
    with transaction():
        appointment.client.code = "C-100"
    db.session.refresh(other)
    assert other.feed_revision == revision


def test_s6_a_moved_appointment_keeps_its_uid_and_the_former_assistant_sees_it_cancelled(
        assistant: Assistant, user: User, anonymous: Browser) -> None:
    other = make_assistant()
    appointment = make_appointment(assistant=assistant)
    mine, theirs = subscribe(assistant, user), subscribe(other, user)
    with transaction() as session:
        appointments.revise(session, appointment, round=session.get_one(Round, appointment.round_id),
                            assistant=other, place=appointment.place,
                            starts_at=appointment.starts_at, ends_at=appointment.ends_at, now=NOW)
    seen = [re.findall(r"(?:UID|STATUS|SEQUENCE):([^\r]+)", anonymous.get(address).data.decode())
            for address in (mine, theirs)]
    assert seen == [[appointment.uid, "1", "CANCELLED"], [appointment.uid, "1", "CONFIRMED"]]
