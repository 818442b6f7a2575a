"""Signing in and out as a coordinator sees it."""
from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.web.browser import Browser
from web.models import User, db
from web.services import passwords

PASSWORD = "four odd words here"


@pytest.fixture
def mira(user: User, cheap_passwords: None) -> User:
    user.password_hash = passwords.hash_password(PASSWORD)
    db.session.commit()
    return user


def sign_in(browser: Browser, password: str = PASSWORD, wanted: str = "") -> tuple[int, str]:
    answer = browser.post(
        "/sign-in", data={"email": "mira@example.org", "password": password, "next": wanted})
    return answer.status_code, answer.headers.get("Location", "")


def test_whoever_wanted_a_page_gets_there_after_signing_in(anonymous: Browser, mira: User) -> None:
    sent = anonymous.get("/office/policy?lang=sr").headers["Location"]
    assert sent == "/sign-in?next=/office/policy?lang%3Dsr"
    form = anonymous.get(sent).text
    assert 'name="next" value="/office/policy?lang=sr"' in form
    assert sign_in(anonymous, wanted="/office/policy?lang=sr") == (303, "/office/policy?lang=sr")
    assert anonymous.get("/office/policy").status_code == 200


def test_nobody_is_led_away_by_signing_in(anonymous: Browser, mira: User) -> None:
    assert sign_in(anonymous, wanted="https://evil.example") == (303, "/")


def test_signing_in_changes_the_cookie(anonymous: Browser, mira: User) -> None:
    before = anonymous.token
    sign_in(anonymous)
    assert len({before, anonymous.token}) == 2
    other = anonymous.application.test_client()
    other.set_cookie("session", before)
    assert other.get("/account").status_code == 303


def test_a_wrong_password_keeps_what_was_typed_but_the_password(anonymous: Browser, mira: User) -> None:
    answer = anonymous.post("/sign-in", data={"email": "mira@example.org", "password": "secret-guess"})
    assert (answer.status_code, "mira@example.org" in answer.text, "secret-guess" in answer.text) == (
        422, True, False)


def test_whoever_guesses_has_to_wait(
        anonymous: Browser, mira: User, clock: time_machine.Traveller) -> None:
    statuses = [sign_in(anonymous, f"guess {number}")[0] for number in range(6)]
    assert statuses == [422, 422, 422, 422, 422, 429]
    clock.shift(timedelta(seconds=31))
    assert sign_in(anonymous) == (303, "/")


def test_a_copied_cookie_is_worthless_after_signing_out(coordinator: Browser) -> None:
    copied = coordinator.token
    answer = coordinator.post("/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache", "storage"')
    coordinator.set_cookie("session", copied)
    assert coordinator.get("/account").status_code == 303


def test_the_form_of_before_signing_out_is_worthless_too(coordinator: Browser) -> None:
    coordinator.post("/sign-out")
    coordinator.visit()
    assert coordinator.post("/account", data={"name": "X", "language": "en"}).status_code == 401


def test_a_coordinator_changes_name_and_language(coordinator: Browser, user: User) -> None:
    coordinator.post("/account", data={"name": "Mirjana", "language": "ar"})
    page = coordinator.get("/account").text
    assert (user.name, '<html lang="ar" dir="rtl">' in page) == ("Mirjana", True)


def test_a_faulty_account_is_shown_again_as_typed(coordinator: Browser, user: User) -> None:
    answer = coordinator.post("/account", data={"name": " ", "language": "xx"})
    assert (answer.status_code, "Write your name." in answer.text, user.name) == (422, True, "Mira")


def test_a_coordinator_changes_the_password_and_stays_signed_in(coordinator: Browser, mira: User) -> None:
    new = "other odd words too"
    answer = coordinator.post("/account/password", data={"current": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 303
    assert coordinator.get("/account").status_code == 200
