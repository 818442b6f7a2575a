"""The parts that hours are read into."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import TypeAlias

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Weekly:
    """Time on these weekdays of every week."""

    weekdays: tuple[str, ...]
    start: time
    end: time  # 00:00 stands for midnight at the end of the day


@dataclass(frozen=True)
class Dated:
    """Time on one day."""

    day: date
    start: time
    end: time  # 00:00 stands for midnight at the end of the day


Hours: TypeAlias = tuple[Weekly | Dated, ...]


@dataclass(frozen=True)
class Span:
    """From–to as written; None is an open edge."""

    start: time | None
    end: time | None
    late_start: bool = False  # may be twelve hours later than written
    late_end: bool = False

    def later(self) -> Span:
        """With the afternoon's hours where the text leaves that open."""
        return Span(_later(self.start) if self.late_start else self.start,
                    _later(self.end) if self.late_end or self.late_start else self.end)


@dataclass(frozen=True)
class Group:
    """Days or dates with their times; one of the sides may be missing."""

    days: tuple[str, ...]
    dates: tuple[date, ...]
    spans: tuple[Span, ...]


def _later(value: time | None) -> time | None:
    return value if value is None or value.hour >= 12 else value.replace(hour=value.hour + 12)


def clock(value: time) -> str:
    """HH:MM."""
    return f"{value:%H:%M}"
