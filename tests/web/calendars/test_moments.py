"""Every program reads the moment that was written, all twelve years round."""
from __future__ import annotations

import pytest

from tests.web.calendars import quarters
from tests.web.calendars.programs import PROGRAMS, with_khal

REPEATS = {"icalendar", "vobject", "ical.js"}  # what reads the repetitions of an event


@pytest.mark.parametrize("zone", quarters.ZONES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_moments_around_every_change_of_clocks_are_read_as_they_were_written(program: str, zone: str) -> None:
    seconds = quarters.sample(zone)
    assert quarters.differences(PROGRAMS[program](quarters.feed(seconds, zone)), seconds, zone) == []


@pytest.mark.long
@pytest.mark.timeout(1800)  # two minutes, or on a busy machine some
@pytest.mark.parametrize("zone", quarters.ZONES)
def test_every_quarter_hour_of_twelve_years_is_read_as_it_was_written(zone: str) -> None:
    every = quarters.even(quarters.exist_once(zone))
    feed = quarters.feed(every, zone)
    dense, lean = quarters.dense(feed, zone), quarters.lean(feed)
    found = {program: quarters.differences(read(dense if program in REPEATS else lean), every, zone)
             for program, read in PROGRAMS.items()}
    assert found == {program: [] for program in PROGRAMS}


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("zone", quarters.ZONES)
def test_khal_reads_every_quarter_hour_of_twelve_years_after_vdirsyncer(zone: str) -> None:
    every = quarters.even(quarters.exist_once(zone))
    dense = quarters.dense(quarters.feed(every, zone), zone)
    assert quarters.differences(with_khal(dense), every, zone) == []
