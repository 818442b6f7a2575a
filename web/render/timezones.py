"""Time zones as calendar files need them: rules that every program reads, or none at all.

A VTIMEZONE is made from the last line of tzdata's file, the POSIX rule for all years to come. It has
one yearly RRULE for each change of the clocks: Outlook reads no RDATE (MS-STANOICAL, 2.2.47).
"""
from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

_OFFSET = r"[-+]?\d+(?::\d+){0,2}"
_NAME = r"(?:<[^>]+>|[A-Za-z]+)"
_RULE = re.compile(
    rf"{_NAME}(?P<std>{_OFFSET})(?:{_NAME}(?P<dst>{_OFFSET})?,(?P<start>[^,]+),(?P<end>[^,]+))?")
_DAY = re.compile(rf"M(?P<month>\d+)\.(?P<week>[1-5])\.(?P<weekday>[0-6])(?:/(?P<time>{_OFFSET}))?")
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_LAST_YEAR = 2037  # zic writes single changes up to here and leaves the rest to the rule


@dataclass(frozen=True)
class Change:
    """One yearly change of the clocks: the `week`th (5: last) `weekday` (0: Sunday) of `month`."""

    month: int
    week: int
    weekday: int
    time: timedelta  # wall clock before the change
    before: timedelta  # offsets from UTC
    after: timedelta

    def wall(self, year: int) -> datetime:
        """The last wall-clock moment before the change, naive."""
        first = date(year, self.month, 1)
        day = first + timedelta(days=(self.weekday - first.isoweekday()) % 7 + 7 * (self.week - 1))
        if day.month != self.month:
            day -= timedelta(days=7)
        return datetime.combine(day, datetime.min.time()) + self.time

    @property
    def by_day(self) -> str:
        """The day as BYDAY writes it."""
        return f"{-1 if self.week == 5 else self.week}{_WEEKDAYS[self.weekday]}"


@dataclass(frozen=True)
class Rule:
    """How a zone's clocks go from `first_year` on: a standard offset and no change, or two."""

    standard: timedelta
    changes: tuple[Change, ...]
    first_year: int

    def offset(self, moment: datetime) -> timedelta:
        """The offset at a moment (aware) as a reader of the VTIMEZONE finds it."""
        naive = moment.astimezone(UTC).replace(tzinfo=None)
        onsets = _onsets(self.changes, naive.year)
        return next((after for onset, after in onsets if onset <= naive), self.standard)


@lru_cache(maxsize=1024)
def _onsets(changes: tuple[Change, ...], year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """A year's changes and its neighbours' (UTC, naive) with the offset after each, the latest first."""
    return tuple(sorted(((change.wall(near) - change.before, change.after)
                         for near in (year - 1, year, year + 1) for change in changes), reverse=True))


def _footer(zone: str) -> str:
    # The same search order as zoneinfo's, so that the rule and our own conversions agree.
    for folder in zoneinfo.TZPATH:
        path = Path(folder, *zone.split("/"))
        if path.is_file():
            data = path.read_bytes()
            break
    else:
        data = resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    return data.rsplit(b"\n", 2)[-2].decode("ascii")


def _span(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = ([int(part) for part in text.lstrip("+-").split(":")] + [0, 0])[:3]
    return sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _change(text: str, before: timedelta, after: timedelta) -> Change | None:
    found = _DAY.fullmatch(text)
    time = _span(found["time"] or "2") if found else timedelta(days=-1)
    # A change at 24:00 on the last Thursday (Cairo) is no "last Friday", and no RRULE that Outlook
    # reads says so: such zones' appointments are written in UTC.
    if found is None or not timedelta() <= time < timedelta(days=1):
        return None
    return Change(int(found["month"]), int(found["week"]), int(found["weekday"]), time, before, after)


@cache
def rule_of(zone: str) -> Rule | None:
    """The zone's present rule, or None where a portable VTIMEZONE cannot say it."""
    ZoneInfo(zone)  # refuses what is not a zone's name before a file is looked for
    found = _RULE.fullmatch(_footer(zone))
    if found is None:
        return None
    standard = -_span(found["std"])
    if found["start"] is None:
        return Rule(standard, (), 1970)
    summer = -_span(found["dst"]) if found["dst"] else standard + timedelta(hours=1)
    changes = _change(found["start"], standard, summer), _change(found["end"], summer, standard)
    if changes[0] is None or changes[1] is None:
        return None
    both = (changes[0], changes[1])
    year = _LAST_YEAR
    while year > 1970 and all(_is_true(change, year - 1, ZoneInfo(zone)) for change in both):
        year -= 1
    return Rule(standard, both, year)


def _is_true(change: Change, year: int, zone: ZoneInfo) -> bool:
    onset = (change.wall(year) - change.before).replace(tzinfo=UTC)
    just_before = onset - timedelta(seconds=1)
    return (just_before.astimezone(zone).utcoffset(), onset.astimezone(zone).utcoffset()) == (
        change.before, change.after)


def wall_clock(moment: datetime, zone: str) -> datetime | None:
    """The wall-clock time (naive) that every program reads as this moment, or None: write UTC."""
    rule = None if zone == "UTC" else rule_of(zone)
    local = moment.astimezone(ZoneInfo(zone))
    if rule is None or local.year < rule.first_year or rule.offset(moment) != local.utcoffset():
        return None
    # An hour that comes twice: programs disagree about which one 02:30 is.
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return None
    return local.replace(tzinfo=None, fold=0)


def _utc_offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


@cache
def vtimezone(zone: str) -> tuple[str, ...]:
    """The VTIMEZONE's lines, unfolded; only for a zone that has a rule."""
    rule = rule_of(zone)
    if rule is None:
        raise ValueError(f"{zone} has no portable rule; write its times in UTC")
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    if not rule.changes:
        lines += _observance("STANDARD", "19700101T000000", "", rule.standard, rule.standard)
    for change in rule.changes:
        # Ireland calls its winter time "daylight saving" of minus one hour; Outlook wants the greater
        # offset to be DAYLIGHT.
        kind = "DAYLIGHT" if change.after > change.before else "STANDARD"
        repeat = f"FREQ=YEARLY;BYMONTH={change.month};BYDAY={change.by_day}"
        lines += _observance(kind, f"{change.wall(rule.first_year):%Y%m%dT%H%M%S}", repeat,
                             change.before, change.after)
    return (*lines, "END:VTIMEZONE")


def _observance(kind: str, onset: str, repeat: str, before: timedelta, after: timedelta) -> list[str]:
    return [f"BEGIN:{kind}", f"DTSTART:{onset}", *([f"RRULE:{repeat}"] if repeat else []),
            f"TZOFFSETFROM:{_utc_offset(before)}", f"TZOFFSETTO:{_utc_offset(after)}", f"END:{kind}"]
