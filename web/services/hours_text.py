"""Hours as lines of text: how they are edited and understood."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import time

from babel import Locale

from web.i18n import comma, current_language, pause
from web.i18n import gettext as _
from web.models import Assistant, Client
from web.reading import words
from web.reading.hours import Dated, Weekly, read_hours
from web.reading.hours import format_hours as write_hours
from web.reading.result import Fault, Question
from web.services.availability import WEEKDAYS
from web.services.people_data import DatedHoursData, WeeklyHoursData

LONGEST = 4000
_SPAN = re.compile(r"\d\d:\d\d–\d\d:\d\d")
# How CLDR shortens the days of a page's language, where that is read back; in Arabic and Persian, not at all.
_WIDTHS = {"sr": "abbreviated", "fr": "abbreviated", "ar": "wide", "fa": "wide"}


@dataclass(frozen=True)
class HoursText:
    """What was understood of some lines of hours, and what was not."""

    weekly: tuple[WeeklyHoursData, ...] = ()
    dated: tuple[DatedHoursData, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def parse_hours(text: str, places: Collection[str]) -> HoursText:
    """Read lines such as "Mon–Thu 9–13" or "Tue 14–18 @ library", where "library" is a place's code.

    A line with several meanings is a fault that shows them: a form asks by being shown again.
    """
    weekly: list[WeeklyHoursData] = []
    dated: list[DatedHoursData] = []
    faults, notes = [], []
    if len(text) > LONGEST:
        return HoursText(faults=(_("Write at most %(most)s characters.", most=LONGEST),))
    for line in filter(None, (line.strip(" ;") for line in text.splitlines())):
        hours, at, place = (part.strip() for part in line.partition("@"))
        if at and place not in places:
            faults.append(_("%(line)s: there is no place %(place)s; the codes are %(codes)s.",
                            line=line, place=place, codes=comma().join(sorted(places))))
            continue
        reading = read_hours(hours)
        if isinstance(reading, Fault):
            faults.append(_("%(line)s: %(sentence)s", line=line, sentence=words.say_fault(reading)))
        elif isinstance(reading, Question):
            meanings = " / ".join(words.say_option(option) for option in reading.options)
            faults.append(_("%(question)s Write one of: %(meanings)s",
                            question=words.say_question(reading), meanings=meanings))
        else:
            notes += [_("%(line)s: %(sentence)s", line=line, sentence=words.say_note(note))
                      for note in reading.notes]
            for each in reading.value:
                if isinstance(each, Weekly):
                    weekly.append(WeeklyHoursData(
                        weekdays=each.weekdays, start=each.start, end=each.end, place=place or None))
                else:
                    dated.append(DatedHoursData(day=each.day, available=True, start=each.start, end=each.end,
                                                place=place or None))
    return HoursText(tuple(dict.fromkeys(weekly)), tuple(dict.fromkeys(dated)), tuple(faults), tuple(notes))


def hours_lines(weekly: Iterable[WeeklyHoursData], dated: Iterable[DatedHoursData]) -> list[str]:
    """Write when somebody has time so that `parse_hours` reads it back the same; time off is left out."""
    language = current_language()
    width = _WIDTHS.get(language.code)
    named = Locale.parse(language.locale).days["format"][width] if width else {}
    names = {day: str(named[number]).rstrip(".") for number, day in enumerate(WEEKDAYS)} if named else None
    lines = []
    for each in weekly:
        days = tuple(day for day in WEEKDAYS if day in each.weekdays)
        lines.append(_in_order(write_hours((Weekly(days, each.start, each.end),), names, pause()))
                     + _at(each.place))
    for extra in dated:
        if extra.available:
            hours = Dated(extra.day, extra.start or time(0), extra.end or time(0))
            lines.append(write_hours((hours,)) + _at(extra.place))
    return lines


def format_hours(person: Client | Assistant) -> str:
    """A person's hours as lines to be edited, in the language of the page."""
    return "\n".join(hours_lines(
        [WeeklyHoursData(weekdays=tuple(row.weekdays), start=row.start, end=row.end,
                         place=row.place.code if row.place else None) for row in person.weekly_hours],
        [DatedHoursData(day=row.day, available=row.available, start=row.start, end=row.end,
                        place=row.place.code if row.place else None) for row in person.dated_hours]))


def _in_order(line: str) -> str:
    """Keep hours from left to right among letters from right to left, as everywhere on these pages."""
    return _SPAN.sub("\u2066\\g<0>\u2069", line) if current_language().rtl else line


def _at(place: str | None) -> str:
    return f" @ {place}" if place else ""


def week_blocks(weekly: Iterable[WeeklyHoursData]) -> list[tuple[int, int, int, str]]:
    """The rectangles of a picture of the week: weekday 0–6, minutes from and to, place's code or ""."""
    return [(WEEKDAYS.index(day), each.start.hour * 60 + each.start.minute,
             each.end.hour * 60 + each.end.minute or 24 * 60, each.place or "")
            for each in weekly for day in each.weekdays]
