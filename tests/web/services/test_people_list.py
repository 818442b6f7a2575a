"""Who is in a list, and in which order."""
from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask

from tests.web.builders import make_appointment, make_assistant, make_client, make_need, make_topic
from tests.web.conftest import NOW
from web.models import DatedHours, WeeklyHours, db
from web.services.people_list import PAGE, Filter, from_query, list_assistants, list_clients

pytestmark = pytest.mark.both_databases

TODAY = date(2026, 11, 23)


def names(**wanted: object) -> list[str]:
    return [row.name for row in list_clients(Filter(**wanted), today=TODAY).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [
    "egide", "ÉGIDE", "ndayi égi", "bg-26-104", "EGIDE@", "0611114277", "+381611114277"])
def test_people_are_found_by_name_number_address_and_telephone(app: Flask, text: str) -> None:
    make_client(name="Zahra Ahmadi", phone="+381 60 000 0000")
    make_client(name="Égide Ndayishimiye", code="BG-26-104", email="egide@example.org",
                phone="+381 61 1114277")
    assert names(text=text) == ["Égide Ndayishimiye"]


@pytest.mark.parametrize(("name", "text"), [
    ("Дмитрий Kuznetsov", "дмитрий"), ("Đorđe", "dorde"), ("نور", "نور")])
def test_names_in_every_script_are_found(app: Flask, name: str, text: str) -> None:
    make_client()
    make_client(name=name)
    assert names(text=text) == [name]


def test_marks_of_a_pattern_mean_themselves(app: Flask) -> None:
    make_client()
    assert names(text="%") == []


@pytest.mark.parametrize(("wanted", "found"), [
    ({"language": "prs"}, ["A"]), ({"origin": "SY"}, ["B"]), ({"gender": "male"}, ["B"]),
    ({"status": "ended"}, ["D"]), ({"status": "all"}, ["A", "B", "C", "D"]), ({}, ["A", "B", "C"]),
])
def test_a_list_is_narrowed_by_facts(app: Flask, wanted: dict[str, str], found: list[str]) -> None:
    make_client(name="A", languages={"prs": "native", "sr": "A2"})
    make_client(name="B", origin="SY", gender="male")
    make_client(name="C", ended_on=TODAY + timedelta(days=1))
    make_client(name="D", ended_on=TODAY)
    assert names(**wanted) == found


def test_clients_are_found_by_a_need_that_is_open(app: Flask) -> None:
    bank = make_topic(code="bank-account")
    make_need(make_client(name="open"), bank)
    make_need(make_client(name="done"), bank, state="done")
    make_need(make_client(name="other"), make_topic())
    assert names(topic="bank-account") == ["open"]


def test_assistants_are_found_by_a_topic_that_they_cover(app: Flask) -> None:
    bank = make_topic(code="bank-account")
    make_assistant(name="all")
    make_assistant(name="bank", all_topics=False, topics=[bank])
    make_assistant(name="other", all_topics=False, topics=[make_topic()])
    found = list_assistants(Filter(topic="bank-account"), today=TODAY).rows
    assert [row.name for row in found] == ["all", "bank"]


def test_clients_without_any_time_to_come_are_found(app: Flask) -> None:
    make_client(name="none")
    make_client(name="weekly", weekly_hours=[WeeklyHours(weekdays=["mon"], start=time(9), end=time(10))])
    make_client(name="past", dated_hours=[DatedHours(day=TODAY - timedelta(days=1), available=True)])
    make_client(name="off", dated_hours=[DatedHours(day=TODAY, available=False)])
    make_client(name="dated", dated_hours=[DatedHours(day=TODAY, available=True)])
    assert names(without_hours=True) == ["none", "off", "past"]


def test_clients_who_wait_have_an_open_need_without_appointment(app: Flask) -> None:
    make_need(make_client(name="waits"))
    make_need(make_client(name="done"), state="done")
    make_appointment(client=make_client(name="invited"))
    make_appointment(client=make_client(name="cancelled"), state="cancelled")
    assert names(waiting=True) == ["cancelled", "waits"]


@pytest.mark.parametrize(("sort", "order"), [
    ("name", ["Ärla", "bela", "Zoe"]), ("code", ["Zoe", "Ärla", "bela"]),
    ("urgency", ["bela", "Ärla", "Zoe"]),
    ("newest", ["Zoe", "Ärla", "bela"]),
])
def test_a_list_has_the_order_that_was_chosen(app: Flask, sort: str, order: list[str]) -> None:
    make_client(name="Zoe", code="C-2", weight=1, created_at=NOW)
    make_client(name="Ärla", code="C-9", weight=2, created_at=NOW - timedelta(days=1))
    make_client(name="bela", code="C-10", weight=5, created_at=NOW - timedelta(days=2))
    assert names(sort=sort) == order


def test_a_long_list_comes_in_pages_with_counts(app: Flask) -> None:
    for number in range(PAGE + 1):
        make_client(name=f"{number:03}")
    make_client(name="over", ended_on=TODAY)
    db.session.flush()
    listing = list_clients(Filter(page=99), today=TODAY)
    assert [row.name for row in listing.rows] == [f"{PAGE:03}"]
    assert (listing.found, listing.page, listing.pages, listing.counts) == (
        PAGE + 1, 2, 2, {"active": PAGE + 1, "ended": 1})


def test_nonsense_in_an_address_narrows_nothing(app: Flask) -> None:
    assert from_query({"language": 'x"]', "origin": "XX", "gender": "?", "status": "-", "sort": "id; drop",
                       "page": "-1"}) == Filter()
