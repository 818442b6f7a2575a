"""A plan as weeks of an assistant: days as columns, quarters of an hour as rows."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from web.services.review import Meeting, Names, PairRow, Review

ROW_MINUTES = 15
_FIRST_HOUR, _LAST_HOUR = 9, 16  # what is shown at least


@dataclass(frozen=True, kw_only=True)
class Block:
    """Something from one row of the day's grid to another, 1 being the first; `until` is not included."""

    row: int
    until: int
    meeting: Meeting | None = None
    pair: PairRow | None = None


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of an assistant."""

    day: date
    closed: str | None  # the closed day's name; None: open
    free: tuple[Block, ...]
    meetings: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Week:
    """An assistant's days in one ISO week."""

    monday: date
    days: tuple[Day, ...]


@dataclass(frozen=True, kw_only=True)
class Diary:
    """One assistant's whole round."""

    assistant: str
    name: str
    clients: int
    minutes: int
    weeks: tuple[Week, ...]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Every assistant's diary, and the hours that the grid shows."""

    first_hour: int
    last_hour: int
    diaries: tuple[Diary, ...]

    @property
    def hours(self) -> list[int]:
        """The hours beside the grid."""
        return list(range(self.first_hour, self.last_hour + 1))


def calendar(review: Review, names: Names, closed: dict[date, str]) -> Calendar:
    """Arrange a plan by assistant and day."""
    document = review.version.round_document
    times = [(one.start, one.end) for pair in review.pairs for one in pair.meetings]
    first = min([_FIRST_HOUR, *(start.hour for start, _ in times)])
    last = max([_LAST_HOUR, *((end - timedelta(minutes=1)).hour for _, end in times)])
    diaries = [_diary(assistant, review, names, closed, document, first, last)
               for assistant in document["assistants"]]
    return Calendar(first_hour=first, last_hour=last,
                    diaries=tuple(sorted(diaries, key=lambda one: (one.name.casefold(), one.assistant))))


def _diary(assistant: dict[str, Any], review: Review, names: Names, closed: dict[date, str],
           document: dict[str, Any], first: int, last: int) -> Diary:
    code = assistant["id"]
    pairs = [pair for pair in review.pairs if pair.assistant == code]
    meetings: dict[date, list[Block]] = defaultdict(list)
    for pair in pairs:
        for one in pair.meetings:
            row, until = _rows(one.start, one.end, first, last)
            meetings[one.start.date()].append(Block(row=row, until=until, meeting=one, pair=pair))
    free: dict[date, list[Block]] = defaultdict(list)
    for start, end in _merged(assistant["availability"]):
        if start.hour <= last and end > start.replace(hour=first, minute=0):
            row, until = _rows(start, end, first, last)
            free[start.date()].append(Block(row=row, until=until))
    days = [Day(day=day, closed=closed.get(day), free=tuple(free[day]),
                meetings=tuple(sorted(meetings[day], key=lambda block: block.row)))
            for day in _days(document)]
    weeks: dict[date, list[Day]] = defaultdict(list)
    for day in days:
        weeks[day.day - timedelta(days=day.day.weekday())].append(day)
    return Diary(
        assistant=code, name=names.assistant(code), clients=len(pairs),
        minutes=sum((one.end - one.start) // timedelta(minutes=1) for pair in pairs for one in pair.meetings),
        weeks=tuple(Week(monday=monday, days=tuple(week)) for monday, week in weeks.items()
                    if any(day.free or day.meetings for day in week)))


def _days(document: dict[str, Any]) -> Iterator[date]:
    """Every day of the round but weekends on which nobody could come anyway."""
    first, last = (date.fromisoformat(document[key]) for key in ("first_day", "last_day"))
    used = {entry["start"][:10] for assistant in document["assistants"]
            for entry in assistant["availability"]}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() < 5 or day.isoformat() in used:
            yield day


def _rows(start: datetime, end: datetime, first: int, last: int) -> tuple[int, int]:
    # A grid of five minutes is rounded outwards here; the words beside it are exact.
    top, rows = first * 60, (last + 1 - first) * 60 // ROW_MINUTES
    minutes = start.hour * 60 + start.minute - top
    length = (end - start) // timedelta(minutes=1)
    row, until = minutes // ROW_MINUTES, -(-(minutes + length) // ROW_MINUTES)
    return max(row, 0) + 1, min(until, rows) + 1


def _merged(availability: Sequence[dict[str, Any]]) -> list[tuple[datetime, datetime]]:
    out: list[tuple[datetime, datetime]] = []
    for entry in sorted(availability, key=lambda one: str(one["start"])):
        start, end = datetime.fromisoformat(entry["start"]), datetime.fromisoformat(entry["end"])
        if out and start <= out[-1][1] and start.date() == out[-1][0].date():
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
