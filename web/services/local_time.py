"""Between wall-clock times of an office and moments, across daylight saving."""
from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class NoSuchTimeError(ValueError):
    """A wall-clock time that a change of the clocks skips or repeats: it names no single moment."""


def wall(moment: datetime, zone: str) -> datetime:
    """The naive wall-clock time of a moment."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def instant(local: datetime, zone: str) -> datetime:
    """The moment (UTC) of a naive wall-clock time.

    Raises
    ------
    NoSuchTimeError
        Where the clocks skip this time or show it twice.
    """
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise NoSuchTimeError(f"{local.isoformat(timespec='minutes')} in {zone}")
    return first.astimezone(UTC)
