"""An assistant's own calendar: given, read by the worker, and what it takes away from a round."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.a_round import World, local, weekly
from tests.web.builders import make_appointment, make_assistant
from tests.web.conftest import NOW
from tests.web.http import WebServer, web_server
from tests.web.services.test_busy_times import NINE, NINE_READ, calendar
from tests.web.services.test_fetching import loopback
from web.models import Assistant, AuditEntry, Notice, Office, OwnCalendar, User, db, use_office
from web.services import assistants, own_calendars, sealing
from web.services.errors import ConflictError, InvalidInputError, NotFoundError
from web.services.fetching import Limits
from web.services.own_calendar_words import said
from web.services.publishing import preview
from web.services.snapshot import snapshot

HOUR = timedelta(hours=1)
SECRET = "https://calendar.example/private-canary/basic.ics"


@pytest.fixture
def assistant(app: Flask) -> Assistant:
    made = make_assistant()
    db.session.commit()
    return made


def give(assistant: Assistant, address: str = SECRET) -> OwnCalendar:
    own_calendars.add_address(assistant_id=assistant.id, address=address, user_id=1, now=NOW)
    return own_calendars.calendars_of(assistant.id)[-1]


def give_busy(assistant: Assistant, *busy: tuple[datetime, datetime]) -> None:
    """A file that was read already."""
    db.session.add(OwnCalendar(
        assistant_id=assistant.id, filename="own.ics", created_at=NOW, read_at=NOW, tried_at=NOW,
        busy=[f"{start:%Y-%m-%dT%H:%MZ}/{end:%Y-%m-%dT%H:%MZ}" for start, end in busy]))
    db.session.commit()


def fault(assistant: Assistant, address: str) -> str:
    with pytest.raises(InvalidInputError) as caught:
        give(assistant, address)
    return caught.value.faults["address"]


@pytest.mark.parametrize("typed", [
    SECRET, SECRET.replace("https", "webcal"), SECRET.replace("https", "WEBCAL"),
    f"  {SECRET[:30]}\n{SECRET[30:]} ", f"{SECRET}#today"])
def test_an_address_is_kept_sealed_and_only_its_host_is_seen(assistant: Assistant, typed: str) -> None:
    row = give(assistant, typed)
    assert (row.host, "canary" in row.address, sealing.unseal(row.address, purpose="own-calendar")) == (
        "calendar.example", False, SECRET)


@pytest.mark.parametrize(("address", "words"), [
    ("", "not the address of a calendar"), ("my calendar", "not the address of a calendar"),
    ("https://intranet/cal.ics", "not the address of a calendar"), ("file:///etc/passwd", "not the address"),
    ("https://calendar.example:x/", "not the address"), ("https://[::1/", "not the address"),
    ("http://calendar.example/a.ics", "http://"), ("https://me:word@calendar.example/", "name or a password"),
    ("https://calendar.example/" + "x" * 2000, "not the address")])
def test_what_cannot_be_somebodys_calendar_is_refused_where_it_is_entered(
        assistant: Assistant, address: str, words: str) -> None:
    assert words in fault(assistant, address)


def test_our_own_feed_is_not_their_own_calendar(app: Flask, assistant: Assistant) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], public_url="https://saputnik.example")
    assert "the calendar that you get from here" in fault(assistant, "https://saputnik.example/calendars/x.ics")


def test_no_more_than_five_are_kept(assistant: Assistant) -> None:
    for number in range(5):
        give(assistant, f"https://calendar.example/{number}.ics")
    with pytest.raises(ConflictError):
        give(assistant)


def test_an_uploaded_file_counts_at_once_and_a_newer_one_takes_its_place(assistant: Assistant) -> None:
    for events in ([NINE], [NINE, NINE.replace("1130", "1201")]):
        own_calendars.add_file(assistant_id=assistant.id, filename="C:\\home\\own.ics", user_id=None, now=NOW,
                               content=calendar(*events))
    row, = own_calendars.calendars_of(assistant.id)
    assert (row.filename, row.host, row.address, row.busy, row.next_read_at) == (
        "own.ics", "", "", [NINE_READ, NINE_READ.replace("11-30", "12-01")], None)


@pytest.mark.parametrize(("content", "words"), [
    (b"", "Choose a file"), (b"PNG", "no calendar"), (b"x" * 5_000_001, "larger than 5 MB")])
def test_a_file_that_is_no_calendar_is_refused_in_words(
        assistant: Assistant, content: bytes, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        own_calendars.add_file(assistant_id=assistant.id, filename="a", content=content, user_id=1, now=NOW)
    assert (words in caught.value.faults["file"], own_calendars.calendars_of(assistant.id)) == (True, [])


# The worker

class Reading:
    """The worker's job with a resolver that knows only this machine: production's refuses it."""

    def __init__(self, app: Flask, server: WebServer, assistant: Assistant) -> None:
        self.app, self.server = app, server
        self.row = give(assistant)
        self.row.address = sealing.seal(f"http://calendar.example:{server.port}/own.ics",
                                        purpose="own-calendar")
        db.session.commit()

    def read(self, now: datetime = NOW) -> bool:
        done = own_calendars.read_next(now=now, resolve=loopback, limits=Limits(plain=True))
        db.session.refresh(self.row)
        return done


@pytest.fixture
def reading(app: Flask, assistant: Assistant) -> Iterator[Reading]:
    with web_server() as server:
        yield Reading(app, server, assistant)


def test_the_worker_reads_what_is_due_and_again_after_an_hour(reading: Reading) -> None:
    reading.server.answers("/own.ics", calendar(NINE))
    assert [reading.read(NOW + minutes * timedelta(minutes=1)) for minutes in (0, 0, 59, 60, 61)] == [
        True, False, False, True, False]
    assert (reading.row.busy, reading.row.problem, len(reading.server.requests)) == ([NINE_READ], "", 2)
    assert said(reading.row) == ("1 busy time, read Mon, 23 Nov 2026, 10:00.", "good")


def test_a_failing_calendar_keeps_its_last_busy_times_and_is_tried_ever_more_rarely(reading: Reading) -> None:
    reading.server.answers("/own.ics", calendar(NINE))
    reading.read()
    reading.server.answers("/own.ics", status=500)
    now, waits = NOW + HOUR, []
    for _ in range(8):
        assert reading.read(now)
        assert reading.row.next_read_at is not None
        waits.append((reading.row.next_read_at - now) / timedelta(minutes=15))
        now = reading.row.next_read_at
    assert (reading.row.busy, reading.row.read_at, waits) == ([NINE_READ], NOW, [1, 2, 4, 8, 16, 32, 48, 48])
    sentence, tone = said(reading.row)
    assert ("The server has a fault." in sentence, "1 busy time" in sentence, tone) == (True, True, "bad")


def notices() -> list[tuple[str, int | None]]:
    return [(notice.kind, notice.assistant_id) for notice in db.session.scalars(
        select(Notice).order_by(Notice.id))]


def test_a_coordinator_hears_of_it_at_the_third_failure_once_and_until_it_is_over(reading: Reading) -> None:
    reading.server.answers("/own.ics", status=404)
    told = []
    for _ in range(4):
        assert reading.row.next_read_at is not None
        reading.read(reading.row.next_read_at)
        told.append(len(notices()))
    assert (told, notices()) == ([0, 0, 1, 1], [("own-calendar", reading.row.assistant_id)])
    reading.server.answers("/own.ics", calendar())
    assert reading.row.next_read_at is not None
    reading.read(reading.row.next_read_at)
    assert (notices(), reading.row.failures) == ([], 0)


def test_ss1_in_production_the_worker_refuses_this_very_machine(reading: Reading) -> None:
    reading.row.address = sealing.seal(f"https://localhost:{reading.server.port}/", purpose="own-calendar")
    db.session.commit()
    own_calendars.read_next(now=NOW)
    db.session.refresh(reading.row)
    assert (reading.row.problem, reading.server.requests) == ("not-public", [])


def test_an_address_that_was_sealed_with_another_key_is_told(reading: Reading) -> None:
    reading.row.address = reading.row.address[:-4] + "AAA="
    db.session.commit()
    reading.read()
    assert reading.row.problem == "sealed"


def test_a_calendar_that_another_worker_reads_is_left_to_it_while_its_lease_lasts(reading: Reading) -> None:
    reading.server.answers("/own.ics", calendar())
    reading.row.lease_until = NOW + timedelta(minutes=1)
    db.session.commit()
    assert [reading.read(), reading.read(NOW + timedelta(minutes=2))] == [False, True]


def test_a_calendar_that_is_removed_while_it_is_read_stays_removed(reading: Reading) -> None:
    calendar_id, assistant_id = reading.row.id, reading.row.assistant_id
    reading.server.answers("/own.ics", calendar(NINE))

    def resolve_while_it_goes(host: str, port: int) -> list[str]:
        with reading.app.app_context():
            use_office(1)
            own_calendars.remove(assistant_id=assistant_id, calendar_id=calendar_id, user_id=1, now=NOW)
        return loopback(host, port)

    assert own_calendars.read_next(now=NOW, resolve=resolve_while_it_goes, limits=Limits(plain=True))
    assert own_calendars.calendars_of(assistant_id) == []


def test_read_now_is_a_matter_of_the_next_tick(reading: Reading) -> None:
    reading.server.answers("/own.ics", calendar())
    reading.read()
    own_calendars.read_soon(assistant_id=reading.row.assistant_id, calendar_id=reading.row.id, user_id=1,
                            now=NOW + timedelta(minutes=5))
    assert reading.read(NOW + timedelta(minutes=5))


def test_nobody_reads_the_calendar_of_an_assistant_who_has_ended(reading: Reading, user: User) -> None:
    assistants.end_assistant(assistant_id=reading.row.assistant_id, day=NOW.date(), today=NOW.date(),
                             cancel=False, user_id=user.id, now=NOW)
    assert db.session.scalars(select(OwnCalendar)).all() == []


def test_an_assistants_last_day_ends_at_midnight_in_the_office(reading: Reading) -> None:
    db.session.get_one(Office, 1).timezone = "America/New_York"
    reading.server.answers("/own.ics", calendar())
    reading.row.assistant.ended_on = date(2026, 11, 24)
    db.session.commit()
    assert [reading.read(datetime(2026, 11, 24, hour, 30, tzinfo=UTC)) for hour in (3, 4, 5)] == [
        True, True, False]


def test_a_colleagues_calendar_is_not_there(reading: Reading) -> None:
    other = make_assistant()
    db.session.commit()
    with pytest.raises(NotFoundError):
        own_calendars.remove(assistant_id=other.id, calendar_id=reading.row.id, user_id=None, now=NOW)


def test_the_trail_holds_no_address(assistant: Assistant) -> None:
    give(assistant)
    entries = db.session.scalars(select(AuditEntry)).all()
    assert [(entry.action, entry.subject, entry.details) for entry in entries] == [
        ("own-calendar.added", f"assistant:{assistant.id}", {})]


# What it takes away

def hours(world: World, day: str = "2026-11-30") -> list[tuple[str, str]]:
    """When the world's only assistant has time on a day of the round."""
    document = snapshot(world.office, world.round, NOW)
    return [(each["start"][11:], each["end"][11:]) for each in document["assistants"][0]["availability"]
            if each["start"].startswith(day)]


def test_busy_times_are_taken_out_of_an_assistants_time_and_widened_to_the_grid(app: Flask) -> None:
    world = World()
    give_busy(world.assistant(), (local(0, "10:10"), local(0, "11:40")),
              (local(0, "16:30"), local(1, "08:00")))
    assert hours(world) == [("09:00", "10:00"), ("12:00", "16:30")]


def test_a_whole_day_of_the_own_calendar_is_a_day_without_time(app: Flask) -> None:
    world = World()
    give_busy(world.assistant(), (local(0, "00:00"), local(1, "00:00")))
    assert (hours(world), hours(world, "2026-12-01")) == ([], [("09:00", "17:00")])


def test_two_calendars_count_together_and_a_colleagues_does_not(app: Flask) -> None:
    world = World()
    assistant = world.assistant("A1")
    give_busy(assistant, (local(0, "09:00"), local(0, "10:00")))
    give_busy(assistant, (local(0, "16:00"), local(0, "17:00")))
    give_busy(world.assistant("A2"), (local(0, "09:00"), local(0, "17:00")))
    assert hours(world) == [("10:00", "16:00")]


def test_an_announced_appointment_that_they_wrote_down_themselves_is_not_another_one(app: Flask) -> None:
    world = World()
    assistant, client = world.assistant(), world.client()
    make_appointment(need=client.needs[0], assistant=assistant, place=world.place,
                     starts_at=local(0, "10:00"), ends_at=local(0, "11:00"))
    give_busy(assistant, (local(0, "10:00"), local(0, "11:00")))
    assert hours(world) == [("09:00", "17:00")]


def test_a_plan_made_before_the_assistant_became_busy_must_not_be_published(app: Flask) -> None:
    world = World()
    assistant = world.assistant(weekly_hours=[weekly("10:00", "11:00", ["mon"])])
    world.client()
    version = world.planned()
    before = preview(world.round, version, now=NOW).stale
    give_busy(assistant, (local(0, "10:30"), local(0, "10:45")))
    assert (before, preview(world.round, version, now=NOW).stale != ()) == ((), True)
