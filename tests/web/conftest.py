"""An office on a fresh database, its coordinator, browsers, and a clock that stands still."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import create_engine

from tests.conftest import Databases
from tests.web.browser import Browser
from tests.web.settings import make_settings
from tests.web.sorting import no_sorted_texts
from web import create_app, schema
from web.database import driven, prepare_engine
from web.models import Base, Office, User, db, use_office
from web.services import passwords
from web.services.transactions import transaction

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Belgrade
LEVELS = ["served", "stability", "origin", "language", "gender", "continuity", "balance", "extras", "early"]


@dataclass(frozen=True)
class Ready:
    """An application on a database of one kind, made once for all tests, and how it is configured."""

    app: Flask
    config: dict[str, Any]


@pytest.fixture(scope="session")
def ready() -> Iterator[dict[type[Databases], Ready]]:
    """What tests have made ready so far, by the kind of database."""
    made: dict[type[Databases], Ready] = {}
    yield made
    for each in made.values():
        with each.app.app_context():
            db.engine.dispose()


def _make_ready(databases: Databases) -> Ready:
    app = create_app(make_settings(databases.create()))
    app.testing = True
    app.test_client_class = Browser
    with app.app_context():
        db.create_all()
    return Ready(app, dict(app.config))


def _begin_anew() -> None:
    """Take every row out, and put one office and its coordinator in: quicker than a new database."""
    tables = Base.metadata.sorted_tables
    statements = [f"DELETE FROM {table.name}" for table in reversed(tables)]  # noqa: S608 - our own names
    with transaction() as session:
        if db.engine.dialect.name == "postgresql":
            statements += [f"SELECT setval('{table.name}_id_seq', 1, false)" for table in tables
                           if "id" in table.c]
            statements = ["; ".join(statements)]
        for statement in statements:
            session.connection().exec_driver_sql(statement)
        session.add(Office(name="Info Point Belgrade", public_name="Info Point", phone="+381 11 000 0000",
                           levels=LEVELS))
        session.flush()
        use_office(1)
        session.add(User(email="mira@example.org", name="Mira", password_hash="", created_at=NOW))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of requests: it stands at NOW until a test moves it (`clock.move_to`, `clock.shift`)."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(databases: Databases, ready: dict[type[Databases], Ready],
        clock: time_machine.Traveller) -> Iterator[Flask]:
    """The application, within an app context and with the office chosen, its database as on the first day.

    Statements and pages are compiled once for all tests; what a test sets in `app.config` is undone.
    """
    kind = type(databases)
    if kind not in ready:
        ready[kind] = _make_ready(databases)
    app = ready[kind].app
    app.config.update(ready[kind].config)
    with app.app_context():
        _begin_anew()
        try:
            with no_sorted_texts(db.engine):
                yield app
        finally:
            db.session.remove()


@pytest.fixture(scope="session")
def migrated_once() -> dict[type[Databases], str]:
    """The URL of a database with today's tables, by its kind, where a test has asked for one."""
    return {}


@pytest.fixture
def migrated(databases: Databases, migrated_once: dict[type[Databases], str]) -> Iterator[str]:
    """The URL of a database with today's tables as the migrations make them, which take a second: a copy."""
    kind = type(databases)
    if kind not in migrated_once:
        migrated_once[kind] = databases.create()
        engine = prepare_engine(create_engine(driven(migrated_once[kind])))
        schema.upgrade(engine)
        engine.dispose()
    url = databases.copy(migrated_once[kind])
    yield url
    databases.drop(url)


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords in no time; how strongly they are hashed otherwise is a test of its own."""
    cheap = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    monkeypatch.setattr(passwords, "_NOBODY", cheap.hash("nobody's password"))


@pytest.fixture
def office(app: Flask) -> Office:
    """The office of the test, in Belgrade."""
    return db.session.get_one(Office, 1)


@pytest.fixture
def user(app: Flask) -> User:
    """Mira, who coordinates the office."""
    return db.session.get_one(User, 1)


@pytest.fixture
def anonymous(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser.visit()


@pytest.fixture
def coordinator(app: Flask, user: User) -> Browser:
    """A browser in which Mira is signed in."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser.sign_in(user)
