"""Time zones in calendar files: every program must read the same moment."""
from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from web.render.timezones import rule_of, vtimezone, wall_clock

ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"})


def test_t2_t4_belgrade_has_two_yearly_rules_and_nothing_that_outlook_does_not_read() -> None:
    assert vtimezone("Europe/Belgrade") == (
        "BEGIN:VTIMEZONE", "TZID:Europe/Belgrade",
        "BEGIN:DAYLIGHT", "DTSTART:19960331T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT",
        "BEGIN:STANDARD", "DTSTART:19961027T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD",
        "END:VTIMEZONE")


@pytest.mark.parametrize(("zone", "lines"), [
    ("Asia/Kathmandu", ("DTSTART:19700101T000000", "TZOFFSETFROM:+0545", "TZOFFSETTO:+0545")),
    ("Asia/Tehran", ("DTSTART:19700101T000000", "TZOFFSETFROM:+0330", "TZOFFSETTO:+0330")),
])
def test_a_zone_without_summer_time_has_one_offset(zone: str, lines: tuple[str, ...]) -> None:
    assert vtimezone(zone)[3:-2] == lines


def test_ireland_has_its_greater_offset_as_daylight() -> None:
    kinds = [line for line in vtimezone("Europe/Dublin") if line.startswith(("BEGIN:", "TZOFFSETTO"))]
    assert kinds == ["BEGIN:VTIMEZONE", "BEGIN:STANDARD", "TZOFFSETTO:+0000", "BEGIN:DAYLIGHT",
                     "TZOFFSETTO:+0100"]


@pytest.mark.parametrize("zone", ["Africa/Cairo", "Asia/Gaza", "America/Nuuk"])
def test_t8_a_zone_that_no_portable_rule_describes_is_written_in_utc(zone: str) -> None:
    assert rule_of(zone) is None
    assert wall_clock(datetime(2026, 12, 7, 9, tzinfo=UTC), zone) is None
    with pytest.raises(ValueError, match="write its times in UTC"):
        vtimezone(zone)


def _onsets(zone: str) -> list[tuple[datetime, timedelta, timedelta]]:
    """Every change of 2024 to 2030 as a reader of the VTIMEZONE works it out, with dateutil's rules."""
    found, lines = [], list(vtimezone(zone))
    for kind in ("STANDARD", "DAYLIGHT"):
        if f"BEGIN:{kind}" not in lines:
            continue
        part = dict(line.split(":", 1) for line in lines[lines.index(f"BEGIN:{kind}") + 1:
                                                         lines.index(f"END:{kind}")])
        before, after = (timedelta(hours=int(part[name][:3]), minutes=int(part[name][0] + part[name][3:]))
                         for name in ("TZOFFSETFROM", "TZOFFSETTO"))
        start = datetime.strptime(part["DTSTART"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        if "RRULE" in part:
            found += [(onset - before, before, after) for onset in rrulestr(part["RRULE"], dtstart=start)
                      .between(datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC))]
            found.append((start - before, before, after))
    return found


def test_t3_every_onset_in_every_zone_is_a_true_change_of_its_clocks() -> None:
    wrong = [(zone, onset) for zone in ZONES if rule_of(zone) is not None
             for onset, before, after in _onsets(zone)
             if (onset - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).utcoffset() != before
             or onset.astimezone(ZoneInfo(zone)).utcoffset() != after]
    assert wrong == []


def test_a_wall_clock_time_is_given_only_where_it_is_right() -> None:
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=7 * number) for number in range(1300)]
    for zone in ZONES:
        for moment in moments[::40]:
            local = wall_clock(moment, zone)
            assert local is None or local.replace(tzinfo=ZoneInfo(zone)) == moment, (zone, moment)
    assert [wall_clock(moment, "Europe/Belgrade") is None for moment in moments[:900]].count(True) == 0


@pytest.mark.parametrize(("moment", "written"), [
    (datetime(2026, 10, 24, 23, 59, tzinfo=UTC), datetime(2026, 10, 25, 1, 59)),  # noqa: DTZ001
    (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), None),  # 02:30 comes twice
    (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), None),
    (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), datetime(2026, 10, 25, 3, 0)),  # noqa: DTZ001
])
def test_t5_an_hour_that_comes_twice_is_written_in_utc(moment: datetime, written: datetime | None) -> None:
    assert wall_clock(moment, "Europe/Belgrade") == written


def test_a_name_that_is_no_zone_is_refused() -> None:
    with pytest.raises((zoneinfo.ZoneInfoNotFoundError, ValueError)):
        rule_of("../../etc/passwd")
