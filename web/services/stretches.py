"""Arithmetic with stretches of local time: cut out, cut off, keep within a number of minutes."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


@dataclass(frozen=True, order=True)
class Stretch:
    """A half-open stretch of local time; `places` None stands for the person's own."""

    start: datetime
    end: datetime
    places: tuple[str, ...] | None = None


def without(stretches: Iterable[Stretch], holes: Iterable[Span]) -> list[Stretch]:
    """What is left of the stretches outside the holes."""
    left = sorted(stretches, key=lambda s: (s.start, s.end, s.places or ()))
    for start, end in holes:
        cut: list[Stretch] = []
        for one in left:
            if one.end <= start or end <= one.start:
                cut.append(one)
                continue
            if one.start < start:
                cut.append(replace(one, end=start))
            if end < one.end:
                cut.append(replace(one, start=end))
        left = cut
    return left


def on_grid(stretches: Iterable[Stretch], grid: int) -> list[Stretch]:
    """The stretches from their first to their last step of the grid; what is shorter falls away."""
    out = []
    for one in stretches:
        start, end = up(one.start, grid), down(one.end, grid)
        if start < end:
            out.append(replace(one, start=start, end=end))
    return out


def down(moment: datetime, grid: int) -> datetime:
    """The last step of the grid (minutes, counted from midnight) not after `moment`."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // timedelta(minutes=grid) * timedelta(minutes=grid)


def up(moment: datetime, grid: int) -> datetime:
    """The first step of the grid not before `moment`."""
    floor = down(moment, grid)
    return floor if floor == moment else floor + timedelta(minutes=grid)


def at_most(stretches: Sequence[Stretch], minutes: int, *, keep: Sequence[Span], span: Span) -> list[Stretch]:
    """Cut what lies within `span` down to `minutes` of time, what is announced first, then the earliest.

    `keep` is never cut, even where it alone is longer.
    """
    ours = [cut for one in stretches if (cut := _within(one, span))]
    left = minutes - sum((end - start) // timedelta(minutes=1) for start, end in keep)
    allowed = list(keep)
    for start, end in _gaps(ours, keep):
        if left <= 0:
            break
        until = min(end, start + timedelta(minutes=left))
        allowed.append((start, until))
        left -= (until - start) // timedelta(minutes=1)
    kept = [replace(one, start=max(one.start, start), end=min(one.end, end))
            for one in ours for start, end in allowed if one.start < end and start < one.end]
    return sorted([*without(stretches, [span]), *kept], key=lambda s: (s.start, s.end, s.places or ()))


def _within(one: Stretch, span: Span) -> Stretch | None:
    start, end = max(one.start, span[0]), min(one.end, span[1])
    return replace(one, start=start, end=end) if start < end else None


def _gaps(stretches: Iterable[Stretch], keep: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for one in without((Stretch(s.start, s.end) for s in stretches), keep):
        if merged and one.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], one.end))
        else:
            merged.append((one.start, one.end))
    return merged
