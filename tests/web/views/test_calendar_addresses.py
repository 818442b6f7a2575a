"""The secret addresses of calendars: made, ended, renewed, and opening nothing else."""
from __future__ import annotations

import re
from datetime import timedelta

import ical.calendar_stream
import ics
import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_client
from tests.web.conftest import NOW
from tests.web.views.test_calendars import ENDED, assistant, subscribe, summaries
from web.models import Assistant, FeedToken, Office, User, db
from web.services import assistants, feeds
from web.services.errors import ConflictError
from web.services.tokens import answer_token
from web.services.transactions import transaction

__all__ = ["assistant"]  # a fixture


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
    assert b"TRANSP:TRANSPARENT" in empty.data
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
    assert (again.status_code, db.session.scalar(select(func.count(FeedToken.id)))) == (404, 3)


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


def test_k5_clients_of_one_first_name_are_told_apart_by_their_codes(
        assistant: Assistant, office: Office, user: User, anonymous: Browser) -> None:
    first = make_client(code="C-1", first_name="Farid")
    for client in (first, first, make_client(code="C-2", first_name="Farid"),
                   make_client(code="C-3", first_name="Zahra")):
        make_appointment(assistant=assistant, client=client)
    address = subscribe(assistant, user)
    with transaction():
        office.first_name_in_feed = assistant.first_name_in_feed = True
    assert sorted(summaries(anonymous.get(address).data)) == [
        "Farid (C-1)", "Farid (C-1)", "Farid (C-2)", "Zahra"]


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
    assert (page.status_code, db.session.scalar(select(func.count(FeedToken.id)))) == (422, 0)


def test_polls_within_a_minute_write_one_fetch(assistant: Assistant, user: User,
                                               anonymous: Browser) -> None:
    address = subscribe(assistant, user)
    anonymous.get(address, headers={"User-Agent": "iOS/20 dataaccessd"})
    anonymous.get(address, headers={"User-Agent": "other"})
    token = db.session.query(FeedToken).one()
    assert (token.last_fetched_at, token.last_user_agent) == (NOW, "iOS/20 dataaccessd")
