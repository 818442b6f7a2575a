"""When somebody has time, as people write it."""

from __future__ import annotations

from datetime import date, time
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.reading.hours import Dated, Hours, Weekly, format_hours, read_hours
from web.reading.result import Fault, Question, Value

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Mon–Thu 08:30–12:30", "Mon–Thu 08:30–12:30"),
        ("Tue & Thu 12:00-18:00", "Tue, Thu 12:00–18:00"),
        ("Mon, Wed 10-16", "Mon, Wed 10:00–16:00"),
        ("Mon Wed Fri 9-13", "Mon, Wed, Fri 09:00–13:00"),
        ("Mon 9-11; Tue 15-18; Fri 9-12", "Mon 09:00–11:00; Tue 15:00–18:00; Fri 09:00–12:00"),
        ("Sat 10:00-14:00, Wed 16:00-19:00", "Sat 10:00–14:00; Wed 16:00–19:00"),
        ("pon-sre 09-12, pet 10-14", "Mon–Wed 09:00–12:00; Fri 10:00–14:00"),
        ("понедељак и среда 10-12", "Mon, Wed 10:00–12:00"),
        ("svaki dan od 9 do 14h", "Mon–Sun 09:00–14:00"),
        ("od 9 do 12 časova utorkom", "Tue 09:00–12:00"),
        ("lundi 9h-12h30", "Mon 09:00–12:30"),
        ("9-13 Mon-Fri", "Mon–Fri 09:00–13:00"),
        ("9am-1pm Mon, 2-5pm Tue", "Mon 09:00–13:00; Tue 14:00–17:00"),
        ("Mon 9:00 to 12:00 and 14:00 to 16:00", "Mon 09:00–12:00; Mon 14:00–16:00"),
        ("Mon 20-24", "Mon 20:00–00:00"),
        ("2026-12-08 09:00-15:00, 2026-12-10 09:00-12:00", "2026-12-08 09:00–15:00; 2026-12-10 09:00–12:00"),
        ("8.12.2026-9.12.2026 9-12", "2026-12-08 09:00–12:00; 2026-12-09 09:00–12:00"),
    ],
)
def test_times_are_read_as_people_write_them(text: str, meaning: str) -> None:
    reading = read_hours(text)
    assert isinstance(reading, Value)
    assert format_hours(reading.value) == meaning
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("text", "meaning", "start", "end"),
    [
        ("any day before noon", "Mon–Sun 08:00–12:00", "08:00", "12:00"),
        ("weekdays after 14:00", "Mon–Fri 14:00–19:00", "14:00", "19:00"),
        ("petkom posle 14", "Fri 14:00–19:00", "14:00", "19:00"),
        ("radnim danima pre podne", "Mon–Fri 08:00–12:00", "08:00", "12:00"),
    ],
)
def test_an_open_edge_ends_with_the_offices_day_and_says_so(
    text: str, meaning: str, start: str, end: str
) -> None:
    reading = read_hours(text)
    assert isinstance(reading, Value)
    assert format_hours(reading.value) == meaning
    assert [dict(note.params) for note in reading.notes] == [{"start": start, "end": end}]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("9-5", ["Mon–Fri 09:00–17:00", "Mon–Sun 09:00–17:00"]),
        ("9-12", ["Mon–Fri 09:00–12:00", "Mon–Sun 09:00–12:00"]),
        ("Mon 9-5", ["Mon 09:00–17:00"]),
        ("Mon 1-4", ["Mon 13:00–16:00", "Mon 01:00–04:00"]),
        ("Mon", ["Mon 08:00–19:00"]),
        ("02/03/2026 9-12", ["dmy", "mdy"]),
    ],
)
def test_what_may_mean_several_times_is_asked(text: str, options: list[str]) -> None:
    reading = read_hours(text)
    assert isinstance(reading, Question)
    assert [option.answer for option in reading.options] == options


def test_each_answer_settles_its_question() -> None:
    reading = read_hours("9-5")
    assert isinstance(reading, Question)
    for option in reading.options:
        answered = read_hours("9-5", {reading.key: option.answer})
        assert isinstance(answered, Value)
        assert format_hours(answered.value) == option.answer


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "hours.empty"),
        ("Mon 16:00-14:00", "hours.end-before-start"),
        ("Mon 9-25", "hours.no-such-time"),
        ("Mon; Tue 9-12", "hours.no-time"),
        ("9-12, Mon 10-12", "hours.no-day"),
        ("Mon 12", "hours.lone"),
        ("every second Monday 9-12", "hours.word"),
        ("not Friday 9-12", "hours.word"),
        ("Mon after 20", "hours.outside-office-day"),
        ("08.12. 9-12", "dates.no-year"),
        ("31.02.2026 9-12", "dates.no-such-day"),
        ("Mon 9-12 " * 100, "too-long"),
    ],
)
def test_what_has_no_meaning_is_a_fault(text: str, code: str) -> None:
    reading = read_hours(text)
    assert isinstance(reading, Fault)
    assert reading.code == code


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    found: list[Weekly | Dated] = []
    for _ in range(draw(st.integers(1, 5))):
        first, last = sorted(draw(st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True)))
        start, end = time(first // 4, first % 4 * 15), time(last // 4 % 24, last % 4 * 15)
        if draw(st.booleans()):
            days = draw(st.sets(st.sampled_from(WEEK), min_size=1))
            found.append(Weekly(tuple(day for day in WEEK if day in days), start, end))
        else:
            found.append(Dated(draw(st.dates(date(2020, 1, 1), date(2040, 1, 1))), start, end))
    return tuple(dict.fromkeys(found))


@given(hours())
def test_what_is_written_reads_back_the_same(some: Hours) -> None:
    assert read_hours(format_hours(some)) == Value(some)


@given(st.text(max_size=80) | st.text("mon tue-–9:0.5;,/&pamdo", max_size=60))
def test_no_text_is_too_strange_to_answer(text: str) -> None:
    assert isinstance(read_hours(text), Value | Fault | Question)


@pytest.mark.parametrize("unit", ["9-", "mon ", "1.", "12.12.", "a", " ", "9:00-", "–", "\n;"])
def test_a_long_text_takes_no_time(unit: str) -> None:
    start = process_time()
    read_hours(unit * 25_000)
    read_hours((unit * 600)[:600])
    assert process_time() - start < 0.05
