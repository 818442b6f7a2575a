"""An office on a fresh database, its coordinator, browsers, and a clock that stands still."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests.web.browser import Browser
from tests.web.settings import make_settings
from web import create_app
from web.models import Office, User, db, use_office

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Belgrade
LEVELS = ["served", "stability", "origin", "language", "gender", "continuity", "balance", "extras", "early"]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table, one office and its coordinator: copied for each test."""
    path = tmp_path_factory.mktemp("template") / "saputnik.db"
    app = create_app(make_settings(path))
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
    return path


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of requests: it stands at NOW until a test moves it (`clock.move_to`, `clock.shift`)."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(template: Path, tmp_path: Path, clock: time_machine.Traveller) -> Iterator[Flask]:
    """The application on its own database file, within an app context and with the office chosen."""
    path = tmp_path / "saputnik.db"
    shutil.copy(template, path)
    app = create_app(make_settings(path))
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
