"""Days as people write them; what could be two days is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from web.reading.folding import fold
from web.reading.result import Reading, Value, excerpt, fault, option, question

EARLIEST, LATEST = 1900, 2100
_ISO = re.compile(r"(\d{4})[-/.] ?(\d{1,2})[-/.] ?(\d{1,2})\.?(?:[ t]00:00(?::00)?)?")
_NUMBERS = re.compile(r"(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?[-/.] ?(\d{4}|\d{2})\.?(?: ?god(?:ine)?\.?)?")
_NO_YEAR = re.compile(r"\d{1,2} ?[-/.] ?\d{1,2}\.?")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:\.|st|nd|rd|th)? ?([a-z]{3,10})\.?"
    r"|([a-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?),? ?(\d{4})\.?"
)
_SERIAL = re.compile(r"[34]\d{4}|5[0-5]\d{3}")
_MONTHS: Final = tuple(
    names.split()
    for names in (
        "jan january januar januara janvier",
        "feb february februar februara fevrier",
        "mar march mart marta mars",
        "apr april aprila avril",
        "may maj maja mai",
        "jun june juna juin",
        "jul july jula juillet",
        "aug august avg avgust avgusta aout",
        "sep sept september septembar septembra septembre",
        "oct october okt oktobar oktobra octobre",
        "nov november novembar novembra novembre",
        "dec december decembar decembra decembre",
    )
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
# Where Excel begins to count: its 1900 has a 29 February that never was.
_EXCEL_DAY_ZERO = date(1899, 12, 30)


def read_date(text: str, answers: Mapping[str, str] | None = None) -> Reading[date]:
    """Read ISO dates, day.month.year, named months; ask about 02/03/2026, two-digit years, day numbers."""
    if len(text) > 60:
        return fault("dates.unreadable", text=excerpt(text))
    answers = answers or {}
    folded = fold(text)
    if match := _ISO.fullmatch(folded):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _NUMBERS.fullmatch(folded):
        return _numbers(match, text, answers)
    if (match := _NAMED.fullmatch(folded)) and (month := MONTHS.get(match[2] or match[3])):
        return _day(int(match[5]), month, int(match[1] or match[4]), text)
    if _SERIAL.fullmatch(folded):
        return _serial(int(folded), text, answers)
    if _NO_YEAR.fullmatch(folded):
        return fault("dates.no-year", text=excerpt(text))
    return fault("dates.unreadable", text=excerpt(text))


def _day(year: int, month: int, day: int, text: str) -> Reading[date]:
    try:
        found = date(year, month, day)
    except ValueError:
        return fault("dates.no-such-day", text=excerpt(text))
    if not EARLIEST <= year <= LATEST:
        return fault("dates.far", text=excerpt(text))
    return Value(found)


def _numbers(match: re.Match[str], text: str, answers: Mapping[str, str]) -> Reading[date]:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if len(match[4]) == 2:
        if answers.get("dates:short-year") != "2000":
            return question(
                "dates:short-year",
                "dates.short-year",
                (option("2000", "dates.year-option", year=f"20{match[4]}"),),
                text=excerpt(text),
            )
        year += 2000
    # Only with dots is the order the same everywhere: day, month, year.
    if match[2] == "." or first == second or second > 12 or first > 12:
        if second > 12 >= first and match[2] != ".":
            first, second = second, first
        return _day(year, second, first, text)
    order = answers.get("dates:order")
    if order == "dmy":
        return _day(year, second, first, text)
    if order == "mdy":
        return _day(year, first, second, text)
    return question(
        "dates:order",
        "dates.order",
        (
            option("dmy", "dates.dmy", day=date(year, second, first).isoformat()),
            option("mdy", "dates.mdy", day=date(year, first, second).isoformat()),
        ),
        text=excerpt(text),
    )


def _serial(number: int, text: str, answers: Mapping[str, str]) -> Reading[date]:
    day = _EXCEL_DAY_ZERO + timedelta(days=number)
    if answers.get("dates:serial") == "excel":
        return Value(day)
    return question(
        "dates:serial",
        "dates.serial",
        (option("excel", "dates.serial-option", text=text.strip(), day=day.isoformat()),),
        text=excerpt(text),
    )
