"""Dates as each language writes them, and the way from one language to another."""
from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask, g

from tests.web.browser import Browser
from tests.web.builders import make_appointment
from tests.web.conftest import NOW
from web.i18n import (
    CLIENT_LANGUAGES,
    comma,
    current_language,
    local_day,
    local_time,
    pause,
    short_day,
    speak_every_language,
)
from web.reading.result import question
from web.reading.words import say_question
from web.services.tokens import answer_token


@pytest.mark.parametrize(("language", "written"), [
    ("en", ["Mon, 30 Nov 2026, 09:05", "Mon, 30 Nov 2026", "Mon, 30 Nov"]),
    ("sr", ["pon, 30. nov 2026. 09:05", "pon, 30. nov 2026.", "pon 30. nov"]),
    ("fr", ["lun. 30 nov. 2026, 09:05", "lun. 30 nov. 2026", "lun. 30 nov."]),
    ("ar", ["الاثنين، 30 نوفمبر 2026، 09:05", "الاثنين، 30 نوفمبر 2026", "الاثنين، 30 نوفمبر"]),
    ("fa", ["دوشنبه 30 نوامبر 2026،\u200f 9:05", "دوشنبه 30 نوامبر 2026", "دوشنبه 30 نوامبر"]),
])
def test_dates_are_written_as_in_the_language_of_the_page(
        app: Flask, language: str, written: list[str]) -> None:
    with app.test_request_context(f"/?lang={language}"):
        g.timezone = "Europe/Belgrade"
        moment = datetime(2026, 11, 30, 8, 5, tzinfo=UTC)
        assert [local_time(moment), local_day(date(2026, 11, 30)), short_day(date(2026, 11, 30))] == written


@pytest.mark.parametrize(("language", "written"), [
    ("en", "20,000"), ("sr", "20.000"), ("fr", "20\u202f000"), ("ar", "20,000"), ("fa", "۲۰٬۰۰۰")])
def test_large_numbers_are_written_as_in_the_language_of_the_page(
        coordinator: Browser, language: str, written: str) -> None:
    assert written in coordinator.get(f"/import?lang={language}").text


def test_signed_out_pages_lead_to_every_language(anonymous: Browser) -> None:
    text = anonymous.get("/sign-in?next=/clients?page%3D2").text
    assert 'href="?next=%2Fclients%3Fpage%3D2&amp;lang=fa"' in text
    faulty = anonymous.post("/sign-in?lang=fa", data={})
    assert 'lang="fa" dir="rtl"' in faulty.text


def test_a_client_who_chose_a_language_keeps_it_after_answering(anonymous: Browser) -> None:
    appointment = make_appointment()
    page = f"/a/{answer_token(appointment.uid)}"
    assert f'action="{page}/decline?lang=fr"' in anonymous.get(f"{page}?lang=fr").text
    answer = anonymous.post(f"{page}/decline?lang=fr", data={"revision": "0"})
    assert answer.location == f"{page}?lang=fr"


@pytest.mark.parametrize(("language", "listed"), [
    ("en", "a, b, c"), ("sr", "a, b, c"), ("fr", "a, b, c"), ("ar", "a وb وc"),
    ("fa", "a،\u200f b،\u200f c")])
def test_things_are_listed_as_in_the_language_of_the_page(app: Flask, language: str, listed: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        assert comma().join("abc") == listed


@pytest.mark.parametrize("language", [code for code, one in CLIENT_LANGUAGES.items() if one.script == "Arab"])
def test_no_latin_comma_stands_in_a_line_of_arabic_letters(app: Flask, language: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        speak_every_language()
        told = [comma(), pause(), local_time(NOW, "Europe/Belgrade"), local_day(NOW.date())]
        assert [one for one in told if "," in one] == []
        assert current_language().code == language


def test_what_stands_in_a_cell_is_not_turned_around_in_a_sentence_from_right_to_left(app: Flask) -> None:
    asked = question("days", "hours.which-days", (), text="9-5")
    with app.test_request_context("/?lang=ar"):
        assert "«\u20689-5\u2069»" in say_question(asked)
