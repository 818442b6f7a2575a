"""A day in full, as each language writes it."""
from __future__ import annotations

from datetime import date

from babel import Locale
from babel.dates import format_date

# CLDR has no full date of its own for Sorani, but this form of a shorter one.
_FULL = {"ckb": "EEEE، dی MMMMی y"}


def full_day(day: date, locale: Locale) -> str:
    """Weekday, day, month and year."""
    return str(format_date(day, _FULL.get(str(locale), "full"), locale))
