"""Hours as lines of text: read, written back, said in words."""
from __future__ import annotations

import re
from datetime import date, time

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.builders import make_assistant, make_place
from web.i18n import force_locale, gettext
from web.models import DatedHours, WeeklyHours
from web.services.availability import WEEKDAYS
from web.services.hours_text import format_hours, hours_lines, parse_hours, week_blocks
from web.services.hours_words import in_words
from web.services.people_data import DatedHoursData, WeeklyHoursData

MORNINGS = WeeklyHoursData(weekdays=("mon", "tue", "wed", "thu"), start=time(9), end=time(13))


def test_lines_become_weekly_patterns_and_days(app: Flask) -> None:
    found = parse_hours("Mon–Thu 9-13\n\npon-sre 14-15:30 @ office\n2026-12-08 09:00–15:00", ["office"])
    assert (found.faults, found.weekly, found.dated) == (
        (),
        (MORNINGS, WeeklyHoursData(weekdays=("mon", "tue", "wed"), start=time(14), end=time(15, 30),
                                   place="office")),
        (DatedHoursData(day=date(2026, 12, 8), available=True, start=time(9), end=time(15)),))


def test_an_open_end_is_closed_by_the_offices_day_and_said(app: Flask) -> None:
    assert parse_hours("Mon after 14:00", []).notes == (
        "Mon after 14:00: Read as 14:00–19:00, with the office's day where no time is given.",)


@pytest.mark.parametrize(("line", "fault"), [
    ("Mon 16:00-14:00", "Mon 16:00-14:00: 16:00–14:00 ends before it begins. "
                        "Write the earlier time first: 09:00–13:00."),
    ("Mon 9-13 @ attic", "Mon 9-13 @ attic: there is no place attic; the codes are office."),
])
def test_a_line_that_cannot_be_read_is_named(app: Flask, line: str, fault: str) -> None:
    found = parse_hours(f"Tue 9-10\n{line}", ["office"])
    assert (found.faults, len(found.weekly)) == ((fault,), 1)


def test_a_line_with_several_meanings_is_not_guessed(app: Flask) -> None:
    found = parse_hours("9-5", [])
    assert found.weekly == ()
    assert found.faults[0].startswith("“9-5” names no day and may mean the afternoon. When is this? "
                                      "Write one of: Mon–Fri 09:00–17:00 / ")


weekly = st.builds(
    lambda days, start, end: WeeklyHoursData(
        weekdays=tuple(day for day in WEEKDAYS if day in days), start=time(start // 60, start % 60),
        end=time(end // 60 % 24, end % 60), place=None),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1), st.integers(0, 719), st.integers(720, 1440))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(weekly, unique=True, max_size=3), st.dates(date(2026, 1, 1), date(2027, 12, 31)),
       st.sampled_from(["en", "sr_Latn", "fr", "ar", "fa"]), st.sampled_from([None, "office"]))
def test_what_is_written_is_read_back_the_same(
        app: Flask, patterns: list[WeeklyHoursData], day: date, locale: str, place: str | None) -> None:
    extra = DatedHoursData(day=day, available=True, start=time(9), end=time(0), place=place)
    with force_locale(locale):
        found = parse_hours("\n".join(hours_lines(patterns, [extra])), ["office"])
    assert (found.faults, list(found.weekly), list(found.dated)) == ((), patterns, [extra])


def test_the_hours_of_a_person_are_written_for_editing(app: Flask) -> None:
    person = make_assistant(
        weekly_hours=[WeeklyHours(weekdays=["mon", "tue", "wed"], start=time(9), end=time(13)),
                      WeeklyHours(weekdays=["fri"], start=time(9), end=time(0),
                                  place=make_place(code="office"))],
        dated_hours=[DatedHours(day=date(2026, 12, 8), available=False),
                     DatedHours(day=date(2026, 12, 9), available=True, start=time(8), end=time(9))])
    assert format_hours(person) == (
        "Mon–Wed 09:00–13:00\nFri 09:00–00:00 @ office\n2026-12-09 08:00–09:00")


def test_hours_are_said_in_words(app: Flask) -> None:
    days = [DatedHoursData(day=date(2026, 12, 8), available=False),
            DatedHoursData(day=date(2026, 12, 9), available=False, start=time(9), end=time(10)),
            DatedHoursData(day=date(2026, 12, 10), available=True, start=time(9), end=time(0),
                           place="office"),
            DatedHoursData(day=date(2026, 1, 1), available=False)]
    friday = WeeklyHoursData(weekdays=("tue", "fri"), start=time(10), end=time(12))
    with force_locale("en"):
        assert in_words([MORNINGS, friday], days, date(2026, 11, 23)) == [
            "Monday to Thursday, 09:00–13:00", "Tuesday, Friday, 10:00–12:00", "Not on Tue, 8 Dec 2026",
            "Not on Wed, 9 Dec 2026, 09:00–10:00", "Also on Thu, 10 Dec 2026, 09:00–24:00 (at office)"]


def test_the_picture_of_a_week_has_a_block_for_each_day(app: Flask) -> None:
    pattern = WeeklyHoursData(weekdays=("mon", "sun"), start=time(22), end=time(0), place="office")
    assert week_blocks([pattern]) == [(0, 1320, 1440, "office"), (6, 1320, 1440, "office")]


def test_hours_are_written_in_the_words_of_the_page(app: Flask) -> None:
    friday = WeeklyHoursData(weekdays=("tue", "fri"), start=time(10), end=time(12))
    written = {}
    for locale in ("en", "sr_Latn", "fr", "ar", "fa"):
        with force_locale(locale):
            written[locale] = hours_lines([MORNINGS, friday], [])
    assert written == {
        "en": ["Mon–Thu 09:00–13:00", "Tue, Fri 10:00–12:00"],
        "sr_Latn": ["pon–čet 09:00–13:00", "uto, pet 10:00–12:00"],
        "fr": ["lun–jeu 09:00–13:00", "mar, ven 10:00–12:00"],
        "ar": ["الاثنين–الخميس \u206609:00–13:00\u2069", "الثلاثاء، الجمعة \u206610:00–12:00\u2069"],
        "fa": ["دوشنبه–پنجشنبه \u206609:00–13:00\u2069", "سه\u200cشنبه، جمعه \u206610:00–12:00\u2069"]}


@pytest.mark.parametrize("locale", ["en", "sr_Latn", "fr", "ar", "fa"])
def test_every_example_beside_a_form_is_read(app: Flask, locale: str) -> None:
    hints = [
        "When the bank or counter is open, one line each: “Mon–Fri 9–15”. Empty: any time.",
        "One line each: “Mon–Thu 9–13”, “Tue, Thu 14:00–18:00”, “weekdays after 14:00”, "
        "“2026-12-08 09:00–15:00”. For one place only, end the line with @ and its code: "
        "“Fri 9–13 @ office”."]
    with force_locale(locale):
        examples = [one.strip("\u2066\u2069\u200e ") for hint in hints
                    for one in re.findall("[“„«](.+?)[”“»]", gettext(hint))]
        assert len(examples) == 6
        assert [parse_hours(one, ["office"]).faults for one in examples] == [()] * 6


@pytest.mark.parametrize(("written", "meant"), [
    ("من الأحد إلى الأربعاء 9:00-13:00", "Sun–Wed 09:00–13:00"),
    ("الجمعة بعد 14:00", "Fri 14:00–19:00"),
    ("السبت 10:00–12:00؛ الأحد 10:00–12:00", "Sat 10:00–12:00\nSun 10:00–12:00"),
    ("سه شنبه و جمعه ۱۰:۰۰–۱۲:۰۰", "Tue, Fri 10:00–12:00"),
    ("پنج‌شنبه تا شنبه 10:00–12:00", "Thu–Sat 10:00–12:00"),
    ("یکشنبه 10:00–12:00", "Sun 10:00–12:00"),
])
def test_days_are_read_as_they_are_written_from_right_to_left(app: Flask, written: str, meant: str) -> None:
    found, known = parse_hours(written, []), parse_hours(meant, [])
    assert (found.faults, found.weekly) == ((), known.weekly)


def test_a_word_that_only_holds_a_days_name_is_no_day(app: Flask) -> None:
    assert parse_hours("الاثنينن 9:00-13:00", []).faults
