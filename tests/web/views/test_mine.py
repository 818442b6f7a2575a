"""Assistants edit when they have time, on pages that need neither a wide screen nor JavaScript."""
from __future__ import annotations

import io
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.a_round import World, away, weekly
from tests.web.browser import Browser
from tests.web.builders import make_assistant, make_place
from tests.web.conftest import NOW
from tests.web.services.test_busy_times import NINE, calendar
from web.models import Assistant, AuditEntry, DatedHours, FeedToken, Notice, OwnCalendar, db
from web.services.publishing import preview
from web.services.snapshot import snapshot


@pytest.fixture
def assistant(app: Flask) -> Assistant:
    return make_assistant(weekly_hours=[weekly("09:00", "13:00", ["mon", "tue", "thu"])])


@pytest.fixture
def browser(app: Flask, assistant: Assistant) -> Browser:
    made = app.test_client()
    assert isinstance(made, Browser)
    return made.sign_in_assistant(assistant)


def week(assistant: Assistant) -> list[tuple[list[str], time, time]]:
    db.session.refresh(assistant)
    return [(row.weekdays, row.start, row.end) for row in assistant.weekly_hours]


def form(assistant: Assistant, **fields: str) -> dict[str, str]:
    """The week as its form sends it, with some fields of another content."""
    db.session.refresh(assistant)
    sent = {"version": str(assistant.version)}
    for day in ("mon", "tue", "thu"):
        sent |= {f"{day}-0-from": "09:00", f"{day}-0-to": "13:00"}
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        number = "1" if day in ("mon", "tue", "thu") else "0"
        sent |= {f"{day}-{number}-from": "", f"{day}-{number}-to": ""}
    return sent | {name.replace("_", "-"): content for name, content in fields.items()}


def notices() -> list[str]:
    return list(db.session.scalars(select(Notice.kind).order_by(Notice.id)))


def test_the_page_shows_the_week_in_words_and_as_a_form(browser: Browser) -> None:
    page = browser.get("/me").text
    assert "Monday, Tuesday, Thursday, 09:00–13:00" in page
    assert 'name="mon-0-from" type="time" value="09:00"' in page
    assert 'name="wed-0-from" type="time" value=""' in page


def test_another_week_is_saved_and_the_coordinators_hear_of_it_once(
        assistant: Assistant, browser: Browser, coordinator: Browser) -> None:
    sent = form(assistant, tue_0_from="", tue_0_to="", fri_0_from="14:00", fri_0_to="24:00",
                mon_1_from="14:00", mon_1_to="18:00")
    assert browser.post("/me/week", data=sent).status_code == 303
    assert week(assistant) == [(["mon", "thu"], time(9), time(13)), (["mon"], time(14), time(18)),
                               (["fri"], time(14), time(0))]
    browser.post("/me/week", data=form(assistant))
    assert notices() == ["own-hours"]
    told = f'Nadia Karimi</bdi></a> <bdi class="soft">{assistant.code}</bdi> has changed when they have time.'
    assert told in coordinator.get("/").text


def test_the_same_week_changes_nothing(assistant: Assistant, browser: Browser) -> None:
    before = assistant.version
    browser.post("/me/week", data=form(assistant))
    db.session.refresh(assistant)
    assert (assistant.version, notices()) == (before, [])


@pytest.mark.parametrize(("start", "end"), [
    ("14:00", ""), ("", "14:00"), ("14:00", "14:00"), ("15:00", "14:00"), ("x", "14:00"), ("25:00", "26:00")])
def test_a_span_that_is_none_is_marked_and_nothing_is_saved(
        assistant: Assistant, browser: Browser, start: str, end: str) -> None:
    answer = browser.post("/me/week", data=form(assistant, wed_0_from=start, wed_0_to=end))
    assert (answer.status_code, 'id="wed-0-error"' in answer.text, notices()) == (422, True, [])
    assert week(assistant) == [(["mon", "tue", "thu"], time(9), time(13))]


def test_what_the_office_changed_meanwhile_is_not_overwritten(assistant: Assistant, browser: Browser) -> None:
    sent = form(assistant, wed_0_from="09:00", wed_0_to="10:00")
    assistant.remarks = "on leave from March"
    db.session.commit()
    assert browser.post("/me/week", data=sent).status_code == 409
    assert week(assistant) == [(["mon", "tue", "thu"], time(9), time(13))]


def test_a_span_may_be_for_one_place(assistant: Assistant, browser: Browser) -> None:
    make_place(code="library", name="Library")
    make_place(code="office", name="Office")
    db.session.commit()
    assert "Library</option>" in browser.get("/me").text
    browser.post("/me/week", data=form(
        assistant, wed_0_from="09:00", wed_0_to="10:00", wed_0_place="library"))
    db.session.refresh(assistant)
    assert [row.place.code if row.place else None for row in assistant.weekly_hours] == [None, "library"]


def test_a_place_stands_there_by_its_name(assistant: Assistant, browser: Browser) -> None:
    assistant.weekly_hours[0].place = library = make_place(code="library", name="City library")
    assistant.dated_hours = [DatedHours(day=date(2026, 12, 5), start=time(10), end=time(12), available=True,
                                        place=library)]
    db.session.commit()
    page = browser.get("/me").text
    assert [sentence for sentence in ("Monday, Tuesday, Thursday, 09:00–13:00 (at City library)",
                                      "Also on Sat, 5 Dec 2026, 10:00–12:00 (at City library)")
            if sentence not in page] == []


def test_days_without_time_are_added_and_taken_back(assistant: Assistant, browser: Browser) -> None:
    sent = {"version": str(assistant.version), "kind": "less", "first": "2026-12-24", "last": "2026-12-26",
            "from": "", "to": ""}
    assert browser.post("/me/days", data=sent).status_code == 303
    db.session.refresh(assistant)
    assert [(row.day, row.start, row.available) for row in assistant.dated_hours] == [
        (date(2026, 12, day), None, False) for day in (24, 25, 26)]
    assert "Not on Fri, 25 Dec 2026" in browser.get("/me").text
    browser.post(f"/me/days/{assistant.dated_hours[1].id}/remove")
    db.session.refresh(assistant)
    assert [row.day.day for row in assistant.dated_hours] == [24, 26]


def test_more_time_on_one_day_is_added(assistant: Assistant, browser: Browser) -> None:
    browser.post("/me/days", data={"version": str(assistant.version), "kind": "more", "first": "2026-12-05",
                                   "from": "10:00", "to": "12:00"})
    row = db.session.scalars(select(DatedHours)).one()
    assert (row.day, row.start, row.end, row.available) == (date(2026, 12, 5), time(10), time(12), True)


@pytest.mark.parametrize(("fields", "words"), [
    ({"first": ""}, "Choose a day from today on."), ({"first": "2026-11-22"}, "Choose a day from today on."),
    ({"first": "2026-12-01", "last": "2026-11-30"}, "Choose a last day"),
    ({"first": "2026-12-01", "last": "2027-12-01"}, "Choose a last day"),
    ({"first": "2026-12-01", "from": "10:00"}, "Write both from and to"),
    ({"first": "2026-12-01", "from": "10:00", "to": "09:00"}, "The end must be after"),
    *((({"first": day, "from": start, "to": end}), "the clocks change then") for day, start, end in [
        ("2027-03-28", "02:30", "10:00"), ("2027-03-28", "00:00", "02:00"), ("2027-10-31", "02:00", "04:00"),
        ("2027-10-31", "01:00", "02:45")])])
def test_days_that_make_no_sense_are_refused_in_words(
        assistant: Assistant, browser: Browser, fields: dict[str, str], words: str) -> None:
    answer = browser.post("/me/days", data={"version": str(assistant.version), "kind": "less", **fields})
    assert (answer.status_code, words in answer.text, db.session.scalars(select(DatedHours)).all()) == (
        422, True, [])


def test_what_they_change_counts_in_the_next_plan_and_stops_an_old_one(app: Flask) -> None:
    world = World()
    assistant = world.assistant(weekly_hours=[weekly("10:00", "11:00", ["mon"])])
    world.client()
    version = world.planned()
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.sign_in_assistant(assistant)
    assert preview(world.round, version, now=NOW).stale == ()
    browser.post("/me/days", data={"version": str(assistant.version), "kind": "less", "first": "2026-11-30"})
    db.session.expire_all()
    assert preview(world.round, version, now=NOW).stale != ()
    assert snapshot(world.office, world.round, NOW)["assistants"] == []


def test_the_trail_says_that_nobody_of_the_office_did_it(assistant: Assistant, browser: Browser) -> None:
    browser.post("/me/week", data=form(assistant, wed_0_from="09:00", wed_0_to="10:00"))
    assert [(entry.action, entry.user_id) for entry in db.session.scalars(select(AuditEntry))] == [
        ("assistant.changed", None)]


def test_time_off_that_the_office_wrote_stays(assistant: Assistant, browser: Browser) -> None:
    assistant.dated_hours = [away(date(2026, 12, 1), "09:00", "10:00")]
    db.session.commit()
    browser.post("/me/week", data=form(assistant, wed_0_from="09:00", wed_0_to="10:00"))
    db.session.refresh(assistant)
    assert [row.day for row in assistant.dated_hours] == [date(2026, 12, 1)]


def test_they_give_and_remove_their_own_calendars(assistant: Assistant, browser: Browser) -> None:
    browser.post("/me/calendars/address", data={"address": "webcal://calendar.example/private-canary.ics"})
    browser.post("/me/calendars/file", data={"file": (io.BytesIO(calendar(NINE)), "own.ics")})
    page = browser.get("/me/calendars").text
    assert ("calendar.example" in page, "canary" in page, "1 busy time" in page) == (True, False, True)
    for row in db.session.scalars(select(OwnCalendar)).all():
        browser.post(f"/me/calendars/{row.id}/remove")
    assert db.session.scalars(select(OwnCalendar)).all() == []


def test_an_address_that_is_none_is_shown_again_with_what_is_wrong(browser: Browser) -> None:
    answer = browser.post("/me/calendars/address", data={"address": "my calendar"})
    assert (answer.status_code, "This is not the address of a calendar." in answer.text) == (422, True)


def test_they_make_renew_and_end_addresses_for_their_devices(assistant: Assistant, browser: Browser) -> None:
    shown = browser.post("/me/devices", data={"label": "my phone"}).text
    token = db.session.scalars(select(FeedToken)).one()
    assert ["webcal://localhost" in shown, "data:image/svg+xml" in shown, token.label] == [
        True, True, "my phone"]
    assert "webcal://" in browser.post(f"/me/devices/{token.id}/renew").text
    (new,) = db.session.scalars(select(FeedToken).where(FeedToken.revoked_at.is_(None))).all()
    browser.post(f"/me/devices/{new.id}/revoke")
    page = browser.get("/me/devices").text
    assert (page.count("ended"), ".ics" in page) == (2, False)


def test_another_language_is_spoken_from_the_next_page_on(assistant: Assistant, browser: Browser) -> None:
    browser.post("/me/language", data={"language": "ar"})
    page = browser.get("/me").text
    assert ('<html lang="ar" dir="rtl"' in page, "أوقاتي" in page) == (True, True)
    assert browser.post("/me/language", data={"language": "xx"}).status_code == 422


def test_an_assistant_may_choose_a_language_that_no_coordinator_works_in(
        assistant: Assistant, browser: Browser, coordinator: Browser) -> None:
    assert 'value="ti"' in browser.get("/me/language").text
    browser.post("/me/language", data={"language": "ti"})
    assert '<html lang="ti" dir="ltr"' in browser.get("/me").text
    assert "ትግርኛ" in coordinator.get(f"/assistants/{assistant.id}").text


@pytest.mark.parametrize(("day", "start", "end"), [
    ("2027-03-28", "03:00", "10:00"), ("2027-03-28", "01:30", "00:00"), ("2027-10-31", "03:00", "04:00"),
    ("2027-10-31", "01:00", "01:45")])
def test_t5_a_time_beside_a_change_of_clocks_is_taken(
        assistant: Assistant, browser: Browser, day: str, start: str, end: str) -> None:
    answer = browser.post("/me/days", data={"version": str(assistant.version), "kind": "more", "first": day,
                                            "from": start, "to": end})
    row = db.session.scalars(select(DatedHours)).one()
    assert (answer.status_code, row.day.isoformat(), f"{row.start:%H:%M}", f"{row.end:%H:%M}") == (
        303, day, start, end)


@pytest.mark.parametrize(("day", "words"), [
    (date(2027, 3, 28), "Sun, 28 Mar 2027: the clocks change then. Choose another time."),
    (date(2026, 10, 25), "The office must correct your record first. Please call.")],
    ids=["a day on the page", "a day that is over"])
def test_t5_a_day_that_was_kept_before_and_cannot_be_is_named_where_they_can_remove_it(
        assistant: Assistant, browser: Browser, day: date, words: str) -> None:
    assistant.dated_hours = [DatedHours(day=day, start=time(2, 30), end=time(5), available=True)]
    db.session.commit()
    answer = browser.post("/me/week", data=form(assistant, mon_0_from="08:00"))
    assert (answer.status_code, words in answer.text) == (422, True)
