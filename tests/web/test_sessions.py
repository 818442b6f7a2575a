"""A session lives on the server: how it begins, lasts and ends."""
from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, Response, flash
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from tests.web.browser import Browser
from tests.web.settings import make_settings
from web import create_app
from web.models import BrowserSession, User, db
from web.security import unattended
from web.services.transactions import transaction


def cookie(answer: TestResponse | Response) -> list[str]:
    return sorted(part.strip() for line in answer.headers.getlist("Set-Cookie")
                  for part in line.split(";") if not part.startswith(("session=", "__Host-session=")))


def stored_sessions() -> list[str]:
    """The hashes under which sessions are stored."""
    with db.engine.connect() as connection:
        return list(connection.scalars(select(BrowserSession.token_hash)))



def test_showing_a_form_sets_a_cookie_and_writes_no_row(app: Flask) -> None:
    answer = app.test_client().get("/sign-in")
    assert cookie(answer) == ["HttpOnly", "Path=/", "SameSite=Lax"]
    assert stored_sessions() == []


def test_an_answer_without_a_form_sets_no_cookie(app: Flask) -> None:
    assert "Set-Cookie" not in app.test_client().get("/robots.txt").headers


def test_over_tls_the_cookie_is_bound_to_the_host(app: Flask) -> None:
    app = create_app(make_settings(
        app.config["SETTINGS"].database_url, public_url="https://saputnik.example",
        trusted_hosts=("saputnik.example",)))
    answer = app.test_client().get("/sign-in", base_url="https://saputnik.example")
    with app.app_context():
        db.engine.dispose()
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert cookie(answer) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_the_database_does_not_hold_the_cookie(coordinator: Browser) -> None:
    assert stored_sessions() == [hashlib.sha256(coordinator.token.encode()).hexdigest()]


def test_half_an_hour_without_a_click_ends_the_session(
        coordinator: Browser, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=29))
    assert coordinator.get("/account").status_code == 200
    clock.shift(timedelta(minutes=29))
    assert coordinator.get("/account").status_code == 200
    clock.shift(timedelta(minutes=31))
    assert coordinator.get("/account").status_code == 303


def test_twelve_hours_end_the_session_of_the_busiest(
        coordinator: Browser, clock: time_machine.Traveller) -> None:
    for _ in range(28):
        clock.shift(timedelta(minutes=25))
        assert coordinator.get("/account").status_code == 200
    clock.shift(timedelta(minutes=21))
    assert coordinator.get("/account").status_code == 303


def test_a_page_that_polls_by_itself_does_not_keep_the_session(
        app: Flask, coordinator: Browser, clock: time_machine.Traveller,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "accounts.show", unattended(lambda: ""))
    clock.shift(timedelta(minutes=20))
    assert coordinator.get("/account").status_code == 200
    clock.shift(timedelta(minutes=20))
    assert coordinator.get("/account").status_code == 303


def test_a_deactivated_coordinator_is_out_at_the_next_click(coordinator: Browser, user: User) -> None:
    user.active = False
    assert coordinator.get("/account").status_code == 303


def test_a_session_that_is_ended_during_a_request_does_not_come_back(
        app: Flask, coordinator: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile() -> str:
        with transaction() as other:
            other.execute(delete(BrowserSession))
        flash("This changes the session.")
        return ""
    monkeypatch.setitem(app.view_functions, "accounts.show", meanwhile)
    assert coordinator.get("/account").status_code == 200
    assert coordinator.get("/office").status_code == 303
    assert stored_sessions() == []
