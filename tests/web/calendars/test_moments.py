"""Every program reads the moment that was written, all twelve years round."""
from __future__ import annotations

import os

import pytest

from tests.web.calendars import quarters
from tests.web.calendars.programs import PROGRAMS

REPEATS = {"icalendar", "vobject", "ical.js"}  # what reads the repetitions of an event
# The others are given an event for each two moments. For two of them that takes so long that they get
# every thirteenth moment, which meets every time of the day within a fortnight, unless somebody has time.
SLOW = {"recurring-ical-events", "node-ical"}
STEP = 1 if os.environ.get("EVERY_MOMENT") else 13

@pytest.mark.parametrize("zone", quarters.ZONES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_moments_around_every_change_of_clocks_are_read_as_they_were_written(program: str, zone: str) -> None:
    seconds = quarters.sample(zone)
    assert quarters.differences(PROGRAMS[program](quarters.feed(seconds, zone)), seconds, zone) == []


@pytest.mark.long
@pytest.mark.timeout(1800)  # a minute, or with EVERY_MOMENT some
@pytest.mark.parametrize("zone", quarters.ZONES)
def test_every_quarter_hour_of_twelve_years_is_read_as_it_was_written(zone: str) -> None:
    every = quarters.even(quarters.exist_once(zone))
    feed = quarters.feed(every, zone)
    dense, lean = quarters.dense(feed, zone), quarters.lean(feed)
    seldom = quarters.even(every[::STEP])
    thin = quarters.lean(quarters.feed(seldom, zone)) if STEP > 1 else lean
    found = {}
    for program, read in PROGRAMS.items():
        octets, seconds = (dense, every) if program in REPEATS else (thin, seldom) if program in SLOW else (
            lean, every)
        found[program] = quarters.differences(read(octets), seconds, zone)
    assert found == {program: [] for program in PROGRAMS}
