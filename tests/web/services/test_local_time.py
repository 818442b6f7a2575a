"""Local times as moments, and stretches of time with holes."""
from __future__ import annotations

from datetime import datetime

import pytest

from web.services.local_time import NoSuchTimeError, instant, wall
from web.services.stretches import Stretch, at_most, without


@pytest.mark.parametrize("local_time", ["2026-10-25T02:30", "2027-03-28T02:30"])
def test_a_time_that_names_no_single_moment_is_refused(local_time: str) -> None:
    with pytest.raises(NoSuchTimeError):
        instant(datetime.fromisoformat(local_time), "Europe/Belgrade")


@pytest.mark.parametrize(("local_time", "utc"), [
    ("2026-10-24T10:00", "2026-10-24T08:00+00:00"), ("2026-10-26T10:00", "2026-10-26T09:00+00:00")])
def test_the_same_wall_clock_is_another_moment_after_the_change(local_time: str, utc: str) -> None:
    moment = instant(datetime.fromisoformat(local_time), "Europe/Belgrade")
    assert moment == datetime.fromisoformat(utc)
    assert wall(moment, "Europe/Belgrade") == datetime.fromisoformat(local_time)


def stretch(start: str, end: str) -> Stretch:
    return Stretch(datetime.fromisoformat(f"2026-11-30T{start}"), datetime.fromisoformat(f"2026-11-30T{end}"))


def test_a_hole_splits_a_stretch() -> None:
    hole = stretch("10:00", "11:00")
    assert without([stretch("09:00", "12:00")], [(hole.start, hole.end)]) == [
        stretch("09:00", "10:00"), stretch("11:00", "12:00")]


def test_what_is_announced_is_never_cut() -> None:
    kept, day = stretch("15:00", "16:00"), stretch("00:00", "23:59")
    cut = at_most([stretch("09:00", "17:00")], 90, keep=[(kept.start, kept.end)], span=(day.start, day.end))
    assert cut == [stretch("09:00", "09:30"), kept]
