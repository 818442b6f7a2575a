"""The date in the calendar of Iran and Afghanistan, for those who read Persian, Dari or Pashto."""
from __future__ import annotations

from datetime import date

import jdatetime

# Babel has CLDR's names for the Gregorian calendar only. Iran names the months after the old Persian ones,
# Afghanistan after the signs of the zodiac: in Dari by their Arabic names, in Pashto by its own.
_MONTHS = {
    "fa": ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
           "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
    "fa_AF": ("حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"),
    "ps": ("وری", "غویی", "غبرګولی", "چنګاښ", "زمری", "وږی", "تله", "لړم", "لیندۍ", "مرغومی", "سلواغه", "کب"),
}
_PATTERNS = {"ps": "د {year} د {month} {day}"}  # else day, month, year, as CLDR writes them


def solar_hijri(day: date, locale: str) -> str:
    """The date in the Solar Hijri calendar, with Latin digits; "" where the language does not use it."""
    if locale not in _MONTHS:
        return ""
    there = jdatetime.date.fromgregorian(date=day)
    pattern = _PATTERNS.get(locale, "{day} {month} {year}")
    return pattern.format(day=there.day, month=_MONTHS[locale][there.month - 1], year=there.year)
