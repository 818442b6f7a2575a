"""When somebody has time, as people write it: "Mon–Thu 9–13", "utorkom posle 14"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from web.reading.folding import fold
from web.reading.hours_parsing import parse
from web.reading.hours_parts import DAY_NAMES, Dated, Group, Hours, Span, Weekly, clock
from web.reading.hours_tokens import HoursError
from web.reading.result import LONGEST, Note, Reading, Value, fault, note, option, question

OFFICE_DAY = (time(8), time(19))
WORKDAYS = DAY_NAMES[:5]

__all__ = ["OFFICE_DAY", "Dated", "Hours", "Weekly", "format_hours", "read_hours"]


@dataclass(frozen=True)
class _Choice:
    """How the open ends of a text are closed."""

    days: tuple[str, ...] = ()  # for times without a day
    afternoon: bool = False  # for "9-5" and "2-5"
    whole_day: bool = False  # for days without a time


def read_hours(
    text: str, answers: Mapping[str, str] | None = None, office_day: tuple[time, time] = OFFICE_DAY
) -> Reading[Hours]:
    """Read weekly patterns and dates with their times, in English, Serbian (both scripts), French, Arabic
    or Persian.

    An open edge ("before noon", "after 14:00") ends with the office's day, and a note says so. Times
    without a day, days without a time and hours like "9-5" are asked, never guessed; the answer to
    such a question is a text that has one meaning.
    """
    if len(text) > LONGEST:
        return fault("too-long", most=str(LONGEST))
    folded = fold(text)
    if not folded:
        return fault("hours.empty")
    answers = answers or {}
    key = f"hours:{folded}"
    if key in answers and answers[key] != text:
        return read_hours(answers[key], None, office_day)
    try:
        groups = parse(text, answers)
    except HoursError as error:
        return error.outcome
    return _decide(groups, key, text, office_day)


def _decide(groups: list[Group], key: str, text: str, office_day: tuple[time, time]) -> Reading[Hours]:
    no_day = any(not group.days and not group.dates for group in groups)
    no_time = any(not group.spans for group in groups)
    spans = [span for group in groups for span in group.spans]
    twelve = any(span.late_start or span.late_end for span in spans)
    if not (no_day or no_time or twelve):
        return _close(groups, _Choice(), office_day)
    night = all(
        span.start is None or span.end is None or span.start < span.end for span in spans if span.late_start
    )
    choices = [
        _Choice(days, afternoon, no_time)
        for days in ((WORKDAYS, DAY_NAMES) if no_day else ((),))
        for afternoon in (
            (True, False) if twelve and night and not any(s.late_end for s in spans) else (twelve,)
        )
    ]
    options = []
    for choice in choices:
        reading = _close(groups, choice, office_day)
        if not isinstance(reading, Value):
            return reading
        written = format_hours(reading.value)
        options.append(option(written, "hours.option", hours=written))
    code = (
        "hours.which-days-and-half"
        if no_day and twelve
        else "hours.which-days"
        if no_day
        else "hours.whole-day"
        if no_time
        else "hours.which-half"
    )
    return question(key, code, tuple(options), text=text.strip())


def _close(groups: list[Group], choice: _Choice, office_day: tuple[time, time]) -> Reading[Hours]:
    found: list[Weekly | Dated] = []
    notes: list[Note] = []
    for group in groups:
        spans = group.spans or (Span(None, None),)
        for raw in spans:
            span = raw.later() if choice.afternoon else raw
            start = span.start if span.start is not None else office_day[0]
            end = span.end if span.end is not None else office_day[1]
            if end != time(0) and end <= start:
                if span.start is None or span.end is None:
                    return fault(
                        "hours.outside-office-day", start=clock(office_day[0]), end=clock(office_day[1])
                    )
                return fault("hours.end-before-start", start=clock(start), end=clock(end))
            if span.start is None or span.end is None:
                notes.append(note("hours.open-edge", start=clock(start), end=clock(end)))
            found += [Dated(day, start, end) for day in group.dates]
            days = group.days or (() if group.dates else choice.days)
            if days:
                found.append(Weekly(days, start, end))
    return Value(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(notes)))


def format_hours(hours: Hours, names: Mapping[str, str] | None = None, comma: str = ", ") -> str:
    """Write hours so that `read_hours` reads them back the same, with English names where none are given."""
    names = names or {day: day.title() for day in DAY_NAMES}
    written = []
    for each in hours:
        span = f"{clock(each.start)}–{clock(each.end)}"
        if isinstance(each, Dated):
            written.append(f"{each.day.isoformat()} {span}")
        else:
            written.append(f"{_days(each.weekdays, names, comma)} {span}")
    return "; ".join(written)


def _days(weekdays: tuple[str, ...], names: Mapping[str, str], comma: str) -> str:
    numbers = [DAY_NAMES.index(day) for day in weekdays]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"{names[weekdays[0]]}–{names[weekdays[-1]]}"
    return comma.join(names[day] for day in weekdays)
