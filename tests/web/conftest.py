"""An office on a fresh database, its coordinator, browsers, and a clock that stands still."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from tests.conftest import Databases
from tests.web.browser import Browser
from tests.web.settings import make_settings
from web import create_app
from web.models import Office, User, db, use_office

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Belgrade
LEVELS = ["served", "stability", "origin", "language", "gender", "continuity", "balance", "extras", "early"]


@pytest.fixture(scope="session")
def templates() -> dict[type[Databases], str]:
    """The URL of a database with an office for each kind, once it is made: copied for each test."""
    return {}


def _make_template(url: str) -> str:
    app = create_app(make_settings(url))
    with app.app_context():
        db.create_all()
        office = Office(name="Info Point Belgrade", public_name="Info Point", phone="+381 11 000 0000",
                        levels=LEVELS)
        db.session.add(office)
        db.session.flush()
        use_office(office.id)
        db.session.add(User(email="mira@example.org", name="Mira", password_hash="", created_at=NOW))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return url


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of requests: it stands at NOW until a test moves it (`clock.move_to`, `clock.shift`)."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def filled(databases: Databases, templates: dict[type[Databases], str]) -> Iterator[str]:
    """The URL of a database with every table, one office and its coordinator."""
    kind = type(databases)
    if kind not in templates:
        templates[kind] = _make_template(databases.create())
    url = databases.create(templates[kind])
    yield url
    databases.drop(url)


@pytest.fixture
def app(filled: str, clock: time_machine.Traveller) -> Iterator[Flask]:
    """The application on its own database, within an app context and with the office chosen."""
    app = create_app(make_settings(filled))
    app.testing = True
    app.test_client_class = Browser
    with app.app_context():
        use_office(1)
        yield app
        db.session.remove()
        db.engine.dispose()


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
