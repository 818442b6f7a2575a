"""Calendar addresses over HTTP: what calendar programs rely on, rule by rule (F, H, K)."""
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
from web.models import Assistant, FeedToken, Office, Round, User, db
from web.services import appointments, feeds
from web.services.tokens import answer_token
from web.services.transactions import transaction


@pytest.fixture
def assistant(app: Flask) -> Assistant:
    return make_assistant(name="Reza Moradi")


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


def test_h1_h6_headers_are_what_calendar_programs_expect(assistant: Assistant, user: User,
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
    answer = anonymous.get(address, headers={"If-None-Match": form.format(etag)})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)


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
                             (appointment.client, "first_name", "Z."), (assistant, "mail_language", "sr")):
        with transaction():
            setattr(row, name, value)
        tags.append(anonymous.get(address).headers["ETag"])
    if len(set(tags)) < len(tags):
        # Without a compiled catalogue the Serbian calendar reads like the English one.
        assert tags[-1] == tags[-2]
    assert len(set(tags[:-1])) == len(tags) - 1


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


def test_k1_only_a_hash_of_the_secret_is_stored(assistant: Assistant, user: User) -> None:
    address = subscribe(assistant, user)
    secret = address.removeprefix("/calendars/").removesuffix(".ics")
    token = db.session.query(FeedToken).one()
    assert (len(secret), secret in repr(vars(token)), len(token.token_hash)) == (43, False, 64)


def test_k2_one_device_is_ended_without_the_other(assistant: Assistant, user: User, coordinator: Browser,
                                                  anonymous: Browser) -> None:
    make_appointment(assistant=assistant)
    phone, laptop = subscribe(assistant, user, "phone"), subscribe(assistant, user, "laptop")
    token = db.session.query(FeedToken).filter_by(label="phone").one()
    coordinator.post(f"/assistants/{assistant.id}/calendar/{token.id}/revoke")
    assert [len(summaries(anonymous.get(address).data)) for address in (phone, laptop)] == [0, 1]


def test_k3_a_revoked_address_is_empty_for_thirty_days_and_then_gone(
        assistant: Assistant, user: User, anonymous: Browser, clock: time_machine.Traveller) -> None:
    make_appointment(assistant=assistant)
    address = subscribe(assistant, user)
    feeds.revoke(assistant_id=assistant.id, token_id=db.session.query(FeedToken).one().id,
                 user_id=user.id, now=NOW)
    empty = anonymous.get(address)
    clock.shift(timedelta(days=31))
    gone = anonymous.get(address)
    assert (empty.status_code, summaries(empty.data), gone.status_code) == (200, [], 410)


def test_k3_an_unknown_address_is_a_plain_404(anonymous: Browser, app: Flask) -> None:
    answers = [anonymous.get(f"/calendars/{secret}.ics") for secret in ("x" * 43, "y", "%00")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1


def test_k5_nothing_of_a_client_but_the_code_stands_in_a_feed(assistant: Assistant, user: User,
                                                              anonymous: Browser) -> None:
    client = make_client(code="C-1", name="Canaryname Canarysurname", first_name="Canaryname",
                         phone="+381601234567", remarks="canaryremark", origin="QZ",
                         languages={"fa": "native"}, email="canary@example.org")
    make_appointment(client=client, assistant=assistant)
    text = anonymous.get(subscribe(assistant, user)).data.decode()
    assert [word for word in ("anary", "381", "QZ", "fa:", "Bank") if word in text] == []
    assert "SUMMARY:C-1\r\n" in text


def test_a_feed_address_opens_no_other_door(assistant: Assistant, user: User, anonymous: Browser) -> None:
    secret = subscribe(assistant, user).removeprefix("/calendars/").removesuffix(".ics")
    appointment = make_appointment()
    assert [anonymous.get(path).status_code for path in
            (f"/a/{secret}", f"/calendars/{answer_token(appointment.uid)}.ics")] == [404, 404]


def test_the_page_shows_a_new_address_once_with_its_qr_code(assistant: Assistant,
                                                           coordinator: Browser) -> None:
    db.session.commit()
    page = coordinator.post(f"/assistants/{assistant.id}/calendar", data={"label": "Reza’s phone"})
    text = page.data.decode()
    address = re.search(r'value="(http://[^"]+\.ics)"', text)
    assert address is not None
    assert "webcal://localhost" in text
    assert "data:image/svg+xml" in text
    again = coordinator.get(f"/assistants/{assistant.id}/calendar").data.decode()
    assert (address[1] in again, "Reza’s phone" in again) == (False, True)


def test_a_device_without_a_name_is_refused_and_nothing_is_made(assistant: Assistant,
                                                               coordinator: Browser) -> None:
    db.session.commit()
    page = coordinator.post(f"/assistants/{assistant.id}/calendar", data={"label": "  "})
    assert (page.status_code, db.session.query(FeedToken).count()) == (422, 0)


def test_polls_within_a_minute_write_one_fetch(assistant: Assistant, user: User,
                                               anonymous: Browser) -> None:
    address = subscribe(assistant, user)
    anonymous.get(address, headers={"User-Agent": "iOS/20 dataaccessd"})
    anonymous.get(address, headers={"User-Agent": "other"})
    token = db.session.query(FeedToken).one()
    assert (token.last_fetched_at, token.last_user_agent) == (NOW, "iOS/20 dataaccessd")
