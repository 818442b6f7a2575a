"""Days as people write them."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.reading.dates import read_date
from web.reading.result import Fault, Question, Value


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-12",
        "12.11.2026.",
        "12.11.2026",
        "12. 11. 2026.",
        "12. novembar 2026.",
        "12 Nov 2026",
        "November 12, 2026",
        "12 novembre 2026",
        "2026-11-12 00:00:00",
        "12. новембар 2026.",
        "2026/11/12",
    ],
)
def test_a_day_is_read_in_many_forms(text: str) -> None:
    assert read_date(text) == Value(date(2026, 11, 12))


def test_slashes_are_read_where_only_one_order_is_possible() -> None:
    assert read_date("17/09/2026") == Value(date(2026, 9, 17))
    assert read_date("09/17/2026") == Value(date(2026, 9, 17))
    assert read_date("05/05/2026") == Value(date(2026, 5, 5))


def test_the_order_of_slashes_is_asked_once_for_all() -> None:
    asked = [read_date("02/03/2026"), read_date("04/05/2026")]
    assert [reading.key for reading in asked if isinstance(reading, Question)] == ["dates:order"] * 2
    assert read_date("02/03/2026", {"dates:order": "dmy"}) == Value(date(2026, 3, 2))
    assert read_date("02/03/2026", {"dates:order": "mdy"}) == Value(date(2026, 2, 3))


def test_short_years_and_day_numbers_are_asked() -> None:
    short, serial = read_date("12.11.26"), read_date("46338")
    assert isinstance(short, Question)
    assert isinstance(serial, Question)
    assert read_date("12.11.26", {short.key: "2000"}) == Value(date(2026, 11, 12))
    assert read_date("46338", {serial.key: "excel"}) == Value(date(2026, 11, 12))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31.02.2026.", "dates.no-such-day"),
        ("29.02.2026", "dates.no-such-day"),
        ("2026-13-01", "dates.no-such-day"),
        ("12.11.", "dates.no-year"),
        ("soon", "dates.unreadable"),
        ("12.11.1026", "dates.far"),
        ("", "dates.unreadable"),
    ],
)
def test_no_such_day_is_a_fault(text: str, code: str) -> None:
    reading = read_date(text)
    assert isinstance(reading, Fault)
    assert reading.code == code


@given(st.text(max_size=60))
def test_no_text_is_too_strange_to_answer(text: str) -> None:
    assert isinstance(read_date(text), Value | Fault | Question)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    assert read_date(day.isoformat()) == Value(day)
    assert read_date(f"{day.day}.{day.month}.{day.year}.") == Value(day)


def test_a_long_text_takes_no_time() -> None:
    start = process_time()
    for unit in ("1", "1.", "a", "12 ", "-"):
        read_date(unit * 50_000)
        read_date(unit * 30)
    assert process_time() - start < 0.05
