"""Days, hours and zones as the languages of clients write them."""
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import jdatetime
import pytest

from tests.web.render.in_languages import DAYS
from web.i18n import CLIENT_LANGUAGES
from web.render.solar_hijri import solar_hijri
from web.render.wording import wording_of

START = datetime(2026, 12, 7, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_t7_a_day_is_written_as_cldr_writes_it(language: str) -> None:
    assert wording_of(language).day(date(2026, 12, 7)) == DAYS[language]


@pytest.mark.parametrize(("language", "start", "end", "zone"), [
    ("en", "09:05", "21:05", "Belgrade time, Central European Standard Time"),
    ("ar", "09:05", "21:05", "بتوقيت بلغراد، توقيت وسط أوروبا الرسمي"),
    ("prs", "۰۹:۰۵", "۲۱:۰۵", "به وقت بلگراد، وقت عادی مرکز اروپا"),
    ("rn", "09:05", "21:05", "isaha y’i Belgrade, GMT+01:00"),
    ("ckb", "٠٩:٠٥", "٢١:٠٥", "بە کاتی Belgrade، \u2066GMT+٠١:٠٠\u2069"),
    ("sw", "09:05", "21:05", "saa za Belgrade, Saa za Wastani za Ulaya ya Kati"),
])
def test_t7_a_time_names_its_zone_and_city_and_leaves_no_doubt_about_the_half_of_the_day(
        language: str, start: str, end: str, zone: str) -> None:
    when = wording_of(language).when(START, START + timedelta(hours=12), "Europe/Belgrade")
    assert (when.start, when.end, when.zone) == (start, end, zone)


@pytest.mark.parametrize(("language", "months"), [
    ("fa", "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"),
    ("fa_AF", "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت"),
    ("ps", "وری غویی غبرګولی چنګاښ زمری وږی تله لړم لیندۍ مرغومی سلواغه کب")])
def test_t7_iran_and_afghanistan_name_the_same_months_in_their_own_ways(language: str, months: str) -> None:
    days = [jdatetime.date(1405, month, 15).togregorian() for month in range(1, 13)]
    named = [solar_hijri(day, language) for day in days]
    assert [month in text for month, text in zip(months.split(), named, strict=True)] == [True] * 12


def test_t7_the_year_begins_with_spring_in_leap_years_too() -> None:
    days = [date(2025, 3, 20), date(2025, 3, 21), date(2026, 3, 20)]
    assert [solar_hijri(day, "fa_AF") for day in days] == ["30 حوت 1403", "1 حمل 1404", "29 حوت 1404"]
    assert solar_hijri(date(2026, 12, 7), "ar") == ""
