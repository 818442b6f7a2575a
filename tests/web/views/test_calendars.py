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
from sqlalchemy import event

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_assistant, make_client, make_place
from tests.web.conftest import NOW
from web.models import Assistant, FeedToken, Office, Round, User, db
from web.services import appointments, assistants, feeds
from web.services.errors import ConflictError
from web.services.tokens import answer_token
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
    assert [summaries(anonymous.get(address).data) == [ENDED] for address in (phone, laptop)] == [True, False]


def test_k3_a_revoked_address_is_empty_for_thirty_days_and_then_gone(
        assistant: Assistant, user: User, anonymous: Browser, clock: time_machine.Traveller) -> None:
    make_appointment(assistant=assistant)
    address = subscribe(assistant, user)
    feeds.revoke(assistant_id=assistant.id, token_id=db.session.query(FeedToken).one().id,
                 user_id=user.id, now=NOW)
    empty = anonymous.get(address)
    clock.shift(timedelta(days=30))
    last = anonymous.get(address)
    clock.shift(timedelta(seconds=1))
    gone = anonymous.get(address)
    assert (empty.status_code, summaries(empty.data), gone.status_code) == (200, [ENDED], 410)
    assert (last.status_code, last.data, last.headers["ETag"]) == (200, empty.data, empty.headers["ETag"])


def test_k3_f10_what_an_ended_address_shows_is_a_calendar_with_one_entry_that_says_so(
        assistant: Assistant, user: User, anonymous: Browser) -> None:
    make_appointment(assistant=assistant, client=make_client(code="C-77"))
    address = subscribe(assistant, user)
    feeds.revoke_all(db.session(), assistant_id=assistant.id, now=NOW)
    body = anonymous.get(address).data.decode()
    with_ics = [(event.name, event.begin.datetime, event.duration) for event in ics.Calendar(body).events]
    with_ical = [event.summary for event in
                 ical.calendar_stream.IcsCalendarStream.calendar_from_ics(body).events]
    assert (with_ics, with_ical) == ([(ENDED, NOW, timedelta(minutes=15))], [ENDED])
    assert [word for word in ("C-77", "Office", "Nemanjina", "Reza") if word in body] == []


def test_k4_a_day_of_ending_that_has_come_empties_the_feed_before_any_clean_up(
        assistant: Assistant, user: User, anonymous: Browser, clock: time_machine.Traveller) -> None:
    make_appointment(assistant=assistant, starts_at=NOW + timedelta(days=30))
    address = subscribe(assistant, user)
    with transaction():
        assistant.ended_on = (NOW + timedelta(days=1)).date()
    before = summaries(anonymous.get(address).data)
    clock.move_to(NOW.replace(hour=23), tick=False)  # midnight in Belgrade
    answers = [anonymous.get(address), anonymous.get(address)]
    assert (len(before), [summaries(answer.data) for answer in answers]) == (1, [[ENDED], [ENDED]])
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


def test_k4_ending_an_assistant_ends_every_address_in_the_same_transaction(
        assistant: Assistant, user: User, anonymous: Browser) -> None:
    addresses = [subscribe(assistant, user, label) for label in ("phone", "laptop")]
    make_appointment(assistant=assistant)
    assistants.end_assistant(assistant_id=assistant.id, day=NOW.date(), today=NOW.date(), cancel=False,
                             user_id=user.id, now=NOW)
    assert [summaries(anonymous.get(address).data) for address in addresses] == [[ENDED], [ENDED]]


def test_k2_a_renewed_address_takes_the_place_of_one_and_leaves_the_others(
        assistant: Assistant, user: User, coordinator: Browser, anonymous: Browser) -> None:
    make_appointment(assistant=assistant)
    phone, laptop = subscribe(assistant, user, "phone"), subscribe(assistant, user, "laptop")
    token = db.session.query(FeedToken).filter_by(label="phone").one()
    page = coordinator.post(f"/assistants/{assistant.id}/calendar/{token.id}/renew").text
    renewed = re.search(r'value="http://[^/]+(/calendars/[^"]+\.ics)"', page)
    assert renewed is not None
    assert [summaries(anonymous.get(address).data) == [ENDED] for address in (phone, laptop, renewed[1])] == [
        True, False, False]
    again = coordinator.post(f"/assistants/{assistant.id}/calendar/{token.id}/renew")
    assert (again.status_code, db.session.query(FeedToken).count()) == (404, 3)


def test_no_more_than_twenty_addresses_work_at_once(assistant: Assistant, user: User) -> None:
    for number in range(20):
        subscribe(assistant, user, f"device {number}")
    with pytest.raises(ConflictError):
        subscribe(assistant, user)


@pytest.mark.parametrize(("allowed", "chosen", "shown"), [
    (False, False, "C-1"), (True, False, "C-1"), (False, True, "C-1"), (True, True, "Zahra")])
def test_k5_a_first_name_needs_the_office_and_the_choice_for_this_assistant(
        allowed: bool, chosen: bool, shown: str, assistant: Assistant, office: Office, user: User,
        coordinator: Browser, anonymous: Browser) -> None:
    make_appointment(assistant=assistant, client=make_client(code="C-1", first_name="Zahra"))
    address = subscribe(assistant, user)
    office.first_name_in_feed = True
    coordinator.post(f"/assistants/{assistant.id}/calendar/names",
                     data={"first_names": "1"} if chosen else {})
    with transaction():
        office.first_name_in_feed = allowed
    assert summaries(anonymous.get(address).data) == [shown]


def test_k5_nobody_chooses_first_names_where_the_office_does_not_allow_them(
        assistant: Assistant, coordinator: Browser) -> None:
    coordinator.post(f"/assistants/{assistant.id}/calendar/names", data={"first_names": "1"})
    db.session.refresh(assistant)
    assert assistant.first_name_in_feed is False


def test_k2_the_page_says_which_program_fetched_last(
        assistant: Assistant, user: User, coordinator: Browser, anonymous: Browser) -> None:
    anonymous.get(subscribe(assistant, user), headers={"User-Agent": "iOS/18.0 (22A3354) dataaccessd/1.0"})
    assert "Calendar on an iPhone or iPad" in coordinator.get(f"/assistants/{assistant.id}/calendar").text


def test_k3_an_unknown_address_is_answered_after_as_much_work_as_a_known_one(
        assistant: Assistant, user: User, anonymous: Browser) -> None:
    # One look-up by hash, whatever was asked: there is nothing to tell apart by time.
    subscribe(assistant, user)
    anonymous.delete_cookie("session")
    asked: list[str] = []
    listener = lambda *event: asked.append(event[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        for secret in ("x" * 43, "y", "z" * 500):
            asked.clear()
            anonymous.get(f"/calendars/{secret}.ics")
            assert ["feed_tokens" in each for each in asked if each.startswith("SELECT")] == [True]
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)


@pytest.mark.parametrize("language", ["en", "sr", "fr", "ar", "fa"])
def test_everybody_may_read_how_programs_subscribe_in_their_language(
        language: str, anonymous: Browser) -> None:
    page = anonymous.get(f"/calendars/programs?lang={language}").text
    assert [name in page for name in ("Google Calendar", "Apple", "Outlook", "Thunderbird")] == [True] * 4
    assert ("Other calendars" in page) is (language == "en")


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


def test_h7_the_page_shows_a_new_address_once_with_its_qr_code(assistant: Assistant,
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
