"""When people have time: weekly patterns and exceptions become intervals, across daylight saving."""
from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from web.models import DatedHours, WeeklyHours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60


class HasHours(Protocol):
    """A client or an assistant."""

    @property
    def weekly_hours(self) -> Sequence[WeeklyHours]: ...

    @property
    def dated_hours(self) -> Sequence[DatedHours]: ...


# A day is an int whose bit m stands for the minute that begins m minutes after local midnight.

def _minutes(start: time | None, end: time | None) -> int:
    first = start.hour * 60 + start.minute if start else 0
    last = end.hour * 60 + end.minute if end else 0
    last = last or _DAY  # 00:00 as an end is midnight at the end of the day
    return (1 << last) - (1 << first) if first < last else 0


@lru_cache(maxsize=4096)
def _unclear(day: date, timezone: str) -> int:
    """Find the minutes of a day that a change of clocks skips or repeats.

    For exactly these the two readings of a wall-clock time differ (PEP 495).
    """
    zone, midnight, bits = ZoneInfo(timezone), datetime.combine(day, time()), 0
    for minute in range(_DAY):
        local = midnight + timedelta(minutes=minute)
        if local.replace(tzinfo=zone, fold=0).utcoffset() != local.replace(tzinfo=zone, fold=1).utcoffset():
            bits |= 1 << minute
    return bits


def skipped(first_day: date, last_day: date, timezone: str) -> list[tuple[datetime, datetime]]:
    """The local times of these days that do not exist, because clocks go forward over them."""
    zone, found = ZoneInfo(timezone), []
    for number in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=number)
        midnight = datetime.combine(day, time())
        for first, last in _runs(_unclear(day, timezone)):
            start, end = midnight + timedelta(minutes=first), midnight + timedelta(minutes=last)
            before, after = (start.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
            if before < after:  # type: ignore[operator]
                found.append((start, end))
    return found


def _runs(bits: int) -> Iterator[tuple[int, int]]:
    """Yield the half-open runs of set bits, the lowest first."""
    while bits:
        first = (bits & -bits).bit_length() - 1
        rest = bits >> first
        length = (~rest & (rest + 1)).bit_length() - 1
        yield first, first + length
        bits &= ~((1 << (first + length)) - 1)


def _of_day(person: HasHours, day: date) -> dict[str | None, int]:
    """Collect one day's minutes by place; None stands for the person's own places."""
    weekday, free = WEEKDAYS[day.weekday()], dict[str | None, int]()
    for weekly in person.weekly_hours:
        if weekday in weekly.weekdays:
            place = weekly.place.code if weekly.place else None
            free[place] = free.get(place, 0) | _minutes(weekly.start, weekly.end)
    taken = 0
    for dated in person.dated_hours:
        if dated.day != day:
            continue
        if dated.available:
            place = dated.place.code if dated.place else None
            free[place] = free.get(place, 0) | _minutes(dated.start, dated.end)
        else:
            taken |= _minutes(dated.start, dated.end)
    # Time taken away wins over time added, whichever was written last: nobody is sent an
    # appointment for a time at which they said they could not come.
    return {place: bits & ~taken for place, bits in free.items()}


def intervals(person: HasHours, *, first_day: date, last_day: date, timezone: str,
              closed_days: Collection[date], grid_minutes: int) -> list[dict[str, Any]]:
    """Give a person's availability as r4r-round/1 has it, in local wall-clock time on the grid.

    Parameters
    ----------
    person
        A client or an assistant with `weekly_hours` and `dated_hours`.
    first_day, last_day
        Both included.
    timezone
        An IANA name; times that its changes of clocks skip or repeat are never offered, neither
        as a start nor as an end.
    closed_days
        Days on which nobody meets.
    grid_minutes
        Intervals shrink inwards to it; it divides a day.

    Returns
    -------
    list of dict
        `{"start": …, "end": …}`, with `"places": [code]` where the time is for one place only.
        Sorted; of two that touch on one day, the places differ.
    """
    found = []
    for number in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=number)
        if day in closed_days:
            continue
        midnight = datetime.combine(day, time())
        for place, bits in _of_day(person, day).items():
            if not bits:
                continue
            unclear = _unclear(day, timezone)
            for first, last in _runs(bits & ~unclear):
                first, last = -(-first // grid_minutes) * grid_minutes, last // grid_minutes * grid_minutes
                while last > first and _unclear_end(day, last, unclear, timezone):
                    last -= grid_minutes
                if first < last:
                    found.append((midnight + timedelta(minutes=first), midnight + timedelta(minutes=last),
                                  place))
    found.sort(key=lambda entry: (entry[0], entry[1], entry[2] or ""))
    return [{"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{end:%Y-%m-%dT%H:%M}",
             **({"places": [place]} if place else {})} for start, end, place in found]


def _unclear_end(day: date, minute: int, unclear: int, timezone: str) -> bool:
    # The end of an appointment is written as a local time too, although it is not part of it.
    if minute == _DAY:
        day, minute, unclear = day + timedelta(days=1), 0, _unclear(day + timedelta(days=1), timezone)
    return bool(unclear >> minute & 1)
