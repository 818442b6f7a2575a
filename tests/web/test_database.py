"""Transactions mean the same on both databases: writers take turns, and readers see one moment."""
from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from tests.postgresql import PostgreSQL
from tests.web.browser import Browser
from tests.web.builders import make_client, make_place
from web import database
from web.models import Client, Office, Place, db, use_office
from web.services.transactions import transaction

pytestmark = pytest.mark.both_databases


def beside(app: Flask, work: Callable[[], Any]) -> threading.Thread:
    """Begin something in another thread, with a session of its own."""
    def run() -> None:
        with app.app_context():
            use_office(1)
            work()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_writer_waits_for_the_one_before_and_sees_what_it_wrote(app: Flask) -> None:
    seen: list[str | None] = []

    def second() -> None:
        with transaction() as session:
            seen.append(session.scalar(select(Office.city)))

    with transaction() as session:
        session.execute(update(Office).values(city="Niš"))
        other = beside(app, second)
        other.join(0.3)
        assert (other.is_alive(), seen) == (True, [])
    other.join(10)
    assert seen == ["Niš"]


def test_a_reader_sees_one_moment_and_waits_for_nobody(app: Flask) -> None:
    def write() -> None:
        with transaction() as session:
            session.execute(update(Office).values(city="Niš"))
            session.add(Place(code="second", name="Niš"))

    before = db.session.scalar(select(func.count(Place.id)))
    beside(app, write).join(10)
    assert (before, db.session.scalar(select(func.count(Place.id)))) == (0, 0)
    assert db.session.scalar(select(Office.city)) == "Belgrade"
    db.session.rollback()
    assert db.session.scalar(select(Office.city)) == "Niš"


def test_a_writer_does_not_wait_for_ever(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 1)
    db.engine.dispose()  # SQLite's connections are told when they are made
    told: list[str] = []

    def second() -> None:
        with pytest.raises(OperationalError) as refusal, transaction() as session:
            session.execute(update(Office).values(city="Niš"))
        told.append(str(refusal.value.orig))

    with transaction() as session:
        session.execute(update(Office).values(city="Kraljevo"))
        beside(app, second).join(10)
    assert told in (["database is locked"], ["canceling statement due to lock timeout"])
    assert db.session.scalar(select(Office.city)) == "Kraljevo"
    db.session.rollback()
    db.engine.dispose()


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_connections_that_the_server_has_ended_are_made_anew(
        app: Flask, coordinator: Browser, postgresql: PostgreSQL) -> None:
    assert coordinator.get("/").status_code == 200
    postgresql.disconnect(app.config["SETTINGS"].database_url)
    assert coordinator.get("/").status_code == 200


def test_a_text_never_holds_nul(app: Flask) -> None:
    place = make_place(code="a\0b", name="\0")
    db.session.expire_all()
    assert (place.code, place.name) == ("ab", "")
    assert db.session.scalar(select(Place.id).where(Place.code == "a\0b")) == place.id


def test_nul_in_a_form_or_an_address_breaks_nothing(app: Flask, coordinator: Browser) -> None:
    assert coordinator.get("/clients?text=%00&topic=%00").status_code == 200
    answer = coordinator.post("/rounds/new", data={
        "title": "Week\0 49", "first_day": "2026-11-30", "last_day": "2026-12-04"})
    assert answer.status_code == 303
    assert db.session.scalar(text("SELECT title FROM rounds")) == "Week 49"


def test_json_comes_back_as_it_was(app: Flask) -> None:
    languages = {"sr": "A2", "fa": "native", "ti": "B1"}
    client = make_client(languages=languages)
    db.session.expire_all()
    assert list(client.languages.items()) == list(languages.items())
    found = select(Client.id).where(Client.languages["fa"].as_string().is_not(None))
    missing = select(Client.id).where(Client.languages["ar"].as_string().is_not(None))
    assert (db.session.scalars(found).all(), db.session.scalars(missing).all()) == ([client.id], [])
