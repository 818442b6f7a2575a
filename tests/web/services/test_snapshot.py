"""Rows become the document that the matcher reads, and nothing more."""
from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from matcher import Round as MatcherRound
from tests.web.a_round import MONDAY, World, away, local, weekly
from tests.web.builders import make_appointment, make_place, make_round, make_topic
from tests.web.conftest import NOW
from web.models import ClosedDay, NotWith, RoundBan, RoundPin, db
from web.services.participants import participants
from web.services.snapshot import snapshot, weight


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def taken(world: World) -> dict[str, Any]:
    db.session.flush()
    db.session.expire_all()
    document = snapshot(world.office, world.round, NOW)
    assert MatcherRound.from_document(document).to_document() == document
    return document


def the(things: list[dict[str, Any]], code: str) -> dict[str, Any]:
    return next(thing for thing in things if thing["id"] == code)


def left_out(world: World) -> dict[str, str]:
    db.session.flush()
    db.session.expire_all()
    parts = participants(world.office, world.round, now=NOW)
    return {**{one.person.code: one.why for one in parts.clients_out},
            **{one.person.code: one.why for one in parts.assistants_out}}


def test_a_client_is_written_with_codes_and_without_a_name(world: World) -> None:
    world.assistant("A1")
    world.assistant("A2")
    client = world.client("C1", needs=0, gender="male", origin="SY", languages={"ar": "native", "en": "B1"},
                          cultures=["levantine"], origin_wish="prefer-same", gender_wish="require-male",
                          weight=3, weekly_hours=[weekly("09:00", "10:00", ["mon"])], places=[world.place])
    need = world.need(client, minutes=45, by=date(2026, 12, 2))
    client.previous_assistant = world.assistant("A3")
    client.not_with.append(NotWith(assistant=world.assistant("A4")))
    document = taken(world)
    assert the(document["clients"], "C1") == {
        "id": "C1", "gender": "male", "origin": "SY", "cultures": ["levantine"],
        "languages": {"ar": "native", "en": "B1"},
        "availability": [{"start": "2026-11-30T09:00", "end": "2026-11-30T10:00"}],
        "wishes": {"origin": "prefer-same", "gender": "require-male"}, "weight": 12,
        "needs": [{"id": f"n{need.id}", "topic": "bank-account", "minutes": 60, "by": "2026-12-02"}],
        "max_per_day": 1, "not_with": ["A4"], "places": ["office"], "previous_assistant": "A3",
    }
    assert "Client C1" not in str(document)


def test_an_assistant_is_written_with_their_limits(world: World) -> None:
    other = make_topic(code="police")
    world.client()
    world.assistant("A1", all_topics=False, topics=[other], accepts_genders=["male", "female"], max_clients=3,
                    max_minutes_per_week=300, max_minutes_per_day=120, buffer_minutes=15,
                    weekly_hours=[weekly("09:00", "10:00", ["tue"], place=world.place)])
    assert taken(world)["assistants"] == [{
        "id": "A1", "gender": "female", "origin": "AF", "cultures": [], "languages": {"fa": "native"},
        "availability": [{"start": "2026-12-01T09:00", "end": "2026-12-01T10:00", "places": ["office"]}],
        "caseload": 0, "buffer_minutes": 15, "topics": ["police"], "places": ["office"],
        "accepts_genders": ["female", "male"], "max_clients": 3, "max_minutes_per_week": 300,
        "max_minutes_per_day": 120,
    }]


def test_the_same_rows_give_the_same_document(world: World) -> None:
    world.client("C2")
    world.client("C1")
    world.assistant()
    assert taken(world) == taken(world)
    assert [client["id"] for client in taken(world)["clients"]] == ["C1", "C2"]


def test_closed_days_and_the_time_until_notice_is_given_are_no_time(world: World) -> None:
    world.round.first_day, world.round.last_day = date(2026, 11, 23), date(2026, 11, 25)
    db.session.add(ClosedDay(day=date(2026, 11, 25), name="Moving"))
    world.client(weekly_hours=[weekly("20:00", "23:00")])
    world.assistant()
    # NOW is 10:00 in Belgrade; twelve hours later it is 22:00.
    assert the(taken(world)["clients"], "C1")["availability"] == [
        {"start": "2026-11-23T22:00", "end": "2026-11-23T23:00"},
        {"start": "2026-11-24T20:00", "end": "2026-11-24T23:00"}]
    assert taken(world)["closed_days"] == ["2026-11-25"]


def test_opening_hours_off_the_grid_shrink_to_it(world: World) -> None:
    world.topic.windows = [{"days": ["mon"], "from": "08:10", "to": "15:50"},
                           {"days": ["tue"], "from": "08:10", "to": "08:29"}]
    world.topic.minutes = 20
    assert taken(world)["topics"] == [
        {"id": "bank-account", "minutes": 30, "windows": [{"days": ["mon"], "from": "08:30", "to": "15:30"}]}]


def test_everybody_who_takes_no_part_is_told_why(world: World) -> None:
    world.client("ended", ended_on=MONDAY)
    world.client("no-need", needs=0)
    world.client("no-time", weekly_hours=[])
    world.client("no-language", languages={})
    world.client("no-place", places=[make_place(active=False)])
    world.client("by-hand")
    world.assistant("A-ended", ended_on=MONDAY - timedelta(days=1))
    world.assistant("A-topic", all_topics=False)
    world.assistant("A-time", dated_hours=[away(MONDAY + timedelta(days=n)) for n in range(5)])
    world.assistant("A-hand")
    world.round.excluded_clients, world.round.excluded_assistants = ["by-hand"], ["A-hand"]
    assert left_out(world) == {
        "ended": "ended", "no-need": "no-need", "no-time": "no-time", "no-language": "no-language",
        "no-place": "no-place", "by-hand": "by-hand", "A-ended": "ended", "A-topic": "no-topic",
        "A-time": "no-time", "A-hand": "by-hand"}


def test_who_ends_within_the_dates_has_time_until_then(world: World) -> None:
    world.client(ended_on=MONDAY + timedelta(days=1))
    world.assistant()
    assert the(taken(world)["clients"], "C1")["availability"] == [
        {"start": "2026-11-30T09:00", "end": "2026-11-30T17:00"}]


def test_an_announced_appointment_is_kept_and_its_need_comes_up_again(world: World) -> None:
    client, assistant = world.client(), world.assistant()
    make_appointment(need=client.needs[0], assistant=assistant, starts_at=local(2, "10:00"))
    document = taken(world)
    need = f"n{client.needs[0].id}"
    assert document["keep"] == [
        {"client": "C1", "assistant": "A1", "need": need, "start": "2026-12-02T10:00"}]
    assert the(document["clients"], "C1")["needs"] == [{"id": need, "topic": "bank-account"}]
    assert the(document["assistants"], "A1")["availability"][2] == {
        "start": "2026-12-02T09:00", "end": "2026-12-02T17:00"}


def test_a_new_need_does_not_put_an_announced_appointment_at_risk(world: World) -> None:
    client, assistant = world.client(needs=2), world.assistant()
    make_appointment(need=client.needs[0], assistant=assistant)
    assert [need.get("optional", False) for need in taken(world)["clients"][0]["needs"]] == [False, True]


def test_a_declined_need_comes_up_again_without_the_declined_time(world: World) -> None:
    client, assistant = world.client(weekly_hours=[weekly("10:00", "12:00", ["mon"])]), world.assistant()
    make_appointment(need=client.needs[0], assistant=assistant, state="cancelled", cancel_reason="declined")
    client.dated_hours.append(away(MONDAY, "10:00", "11:00"))
    document = taken(world)
    assert document["keep"] == []
    assert document["clients"][0]["availability"] == [
        {"start": "2026-11-30T11:00", "end": "2026-11-30T12:00"}]


def test_a_need_that_was_met_does_not_come_up_again(world: World) -> None:
    client, assistant = world.client(needs=2), world.assistant()
    make_appointment(need=client.needs[0], assistant=assistant, starts_at=NOW - timedelta(days=9))
    world.client("C2").needs[0].state = "done"
    wanted = [[need["id"] for need in one["needs"]] for one in taken(world)["clients"]]
    assert wanted == [[f"n{client.needs[1].id}"]]


def test_who_met_an_assistant_this_week_stays_with_them(world: World) -> None:
    world.round.first_day = date(2026, 11, 25)
    world.round.last_day = date(2026, 11, 27)
    client, assistant = world.client(needs=2), world.assistant("A1")
    world.assistant("A2")
    make_appointment(need=client.needs[0], assistant=assistant, starts_at=NOW - timedelta(hours=1))
    assert taken(world)["bans"] == [{"client": "C1", "assistant": "A2"}]


def test_who_met_an_assistant_that_ended_may_meet_another(world: World) -> None:
    world.round.first_day, world.round.last_day = date(2026, 11, 25), date(2026, 11, 27)
    client, assistant = world.client(needs=2), world.assistant("A1", ended_on=date(2026, 11, 24))
    world.assistant("A2")
    make_appointment(need=client.needs[0], assistant=assistant, starts_at=NOW - timedelta(hours=1))
    assert taken(world)["bans"] == []


def test_an_imminent_appointment_is_left_alone_and_its_time_is_taken(world: World) -> None:
    world.round.first_day, world.round.last_day = date(2026, 11, 23), date(2026, 11, 24)
    client, assistant = world.client(needs=1), world.assistant("A1", buffer_minutes=30)
    world.client("C2", weekly_hours=[weekly("20:00", "23:00", ["mon"])])
    assistant.weekly_hours = [weekly("20:00", "23:30", ["mon"])]
    make_appointment(need=client.needs[0], assistant=assistant, starts_at=NOW + timedelta(hours=11))
    document = taken(world)
    assert [one["id"] for one in document["clients"]] == ["C2"]
    # It lies from 21:00 to 22:00, and half an hour around it stays free.
    assert document["assistants"][0]["availability"] == [
        {"start": "2026-11-23T22:30", "end": "2026-11-23T23:30"}]
    assert document["keep"] == []


def test_the_appointment_of_a_client_taken_out_is_left_alone(world: World) -> None:
    client, assistant = world.client(), world.assistant("A1", max_clients=2, max_minutes_per_week=300)
    world.client("C2")
    make_appointment(need=client.needs[0], assistant=assistant, starts_at=local(0, "10:00"))
    world.round.excluded_clients = ["C1"]
    document = taken(world)
    written = the(document["assistants"], "A1")
    assert (written["max_clients"], written["max_minutes_per_week"], written["caseload"]) == (1, 240, 1)
    assert written["availability"][:2] == [{"start": "2026-11-30T09:00", "end": "2026-11-30T10:00"},
                                           {"start": "2026-11-30T11:00", "end": "2026-11-30T17:00"}]
    assert document["keep"] == []


def test_a_day_s_limit_counts_what_is_left_alone(world: World) -> None:
    client, assistant = world.client(), world.assistant("A1", max_minutes_per_day=180)
    world.client("C2")
    make_appointment(need=client.needs[0], assistant=assistant, starts_at=local(0, "10:00"))
    world.round.excluded_clients = ["C1"]
    assert the(taken(world)["assistants"], "A1")["availability"][:3] == [
        {"start": "2026-11-30T09:00", "end": "2026-11-30T10:00"},
        {"start": "2026-11-30T11:00", "end": "2026-11-30T12:00"},
        {"start": "2026-12-01T09:00", "end": "2026-12-01T17:00"}]


def test_appointments_with_an_assistant_taken_out_are_planned_anew(world: World) -> None:
    client, assistant = world.client(), world.assistant("A1")
    world.assistant("A2")
    make_appointment(need=client.needs[0], assistant=assistant)
    world.round.excluded_assistants = ["A1"]
    document = taken(world)
    assert (document["keep"], document["bans"]) == ([], [])
    assert [one["id"] for one in document["clients"]] == ["C1"]


def test_caseload_counts_clients_of_twelve_weeks_who_take_no_part(world: World) -> None:
    assistant = world.assistant("A1")
    old, older = world.client("C1"), world.client("C2")
    for client, weeks in ((old, 2), (older, 20)):
        make_appointment(need=client.needs[0], assistant=assistant, starts_at=NOW - timedelta(weeks=weeks),
                         round=make_round(state="published"))
    assert the(taken(world)["assistants"], "A1")["caseload"] == 1


def test_pins_and_bans_between_people_who_take_part_are_written(world: World) -> None:
    client, assistant, gone = world.client(), world.assistant("A1"), world.assistant("A2", ended_on=MONDAY)
    other = world.assistant("A3")
    world.round.pins = [
        RoundPin(client_id=client.id, assistant_id=assistant.id, need_id=client.needs[0].id,
                 start="2026-11-30T10:00"),
        RoundPin(client_id=client.id, assistant_id=gone.id)]
    world.round.bans = [RoundBan(client_id=client.id, assistant_id=other.id)]
    document = taken(world)
    assert document["pins"] == [{"client": "C1", "assistant": "A1", "need": f"n{client.needs[0].id}",
                                 "start": "2026-11-30T10:00"}]
    assert document["bans"] == [{"client": "C1", "assistant": "A3"}]


@pytest.mark.parametrize(("urgency", "weeks", "expected"), [
    (1, 0, 4), (2, 4, 12), (5, 0, 20), (1, 12, 4 + 4 + 8 + 16), (1, 52, 4 + 4 * (2**13 - 1)),
    (1, 3000, 1_000_000)])
def test_weight_is_urgency_and_waiting(world: World, urgency: int, weeks: int, expected: int) -> None:
    client = world.client(weight=urgency, registered_on=MONDAY - timedelta(weeks=weeks))
    assert weight(client, MONDAY, None, "Europe/Belgrade") == expected


def test_waiting_starts_anew_at_the_last_appointment(world: World) -> None:
    client = world.client(weight=1, registered_on=MONDAY - timedelta(weeks=6))
    assert weight(client, MONDAY, MONDAY - timedelta(weeks=2), "Europe/Belgrade") == 6


def test_the_configuration_says_what_waiting_weighs(world: World, app: Flask) -> None:
    client = world.client(weight=3, registered_on=MONDAY - timedelta(weeks=6))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], weight_urgency=10, weight_growth="steps",
                                     weight_points=5, weight_every_weeks=2)
    assert weight(client, MONDAY, None, "Europe/Belgrade") == 45


def test_t5_a_time_that_the_clocks_skip_or_repeat_is_never_offered(world: World) -> None:
    # On 25 October 2026 three o'clock becomes two, on 28 March 2027 two becomes three.
    for first_day in (date(2026, 10, 25), date(2027, 3, 28)):
        world.round.first_day = world.round.last_day = first_day
        person = world.client(f"C{first_day}", weekly_hours=[weekly("00:00", "06:00", ["sun"])])
        world.assistant(f"A{first_day}", weekly_hours=[weekly("00:00", "06:00", ["sun"])])
        db.session.flush()
        document = snapshot(world.office, world.round, NOW - timedelta(days=60))
        offered = the(document["clients"], person.code)["availability"]
        assert offered == [{"start": f"{first_day}T00:00", "end": f"{first_day}T01:30"},
                           {"start": f"{first_day}T03:00", "end": f"{first_day}T06:00"}]
