"""Every quarter of an hour that a clock shows once, written as our feeds write appointments."""
from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from web.render.ical import Event, calendar

ZONES = ("Europe/Belgrade", "Europe/London", "Asia/Tehran", "Asia/Kabul")
QUARTER = 15 * 60  # seconds
FIRST, LAST = 2024, 2035
STAMP = datetime(2026, 11, 23, 9, tzinfo=UTC)
_TIMES = re.compile(rb"^DT(?:START|END);TZID=[^:]+:(\S+)\r$", re.MULTILINE)
_SAME_IN_ALL = re.compile(
    rb"^(?:DTSTAMP|LAST-MODIFIED|SEQUENCE|STATUS|SUMMARY|TRANSP|CLASS):.*\r\n", re.MULTILINE)


def _years(zone: str) -> range:
    first, end = (int(datetime(year, 1, 1, tzinfo=ZoneInfo(zone)).timestamp()) for year in (FIRST, LAST + 1))
    return range(first, end, QUARTER)


def exist_once(zone: str) -> list[int]:
    """The quarter-hours of all years in seconds since 1970, but those whose local time comes twice."""
    clock = ZoneInfo(zone)
    return [second for second in _years(zone) if _once(second, clock)]


def _once(second: int, clock: ZoneInfo) -> bool:
    local = datetime.fromtimestamp(second, clock)
    return local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()


def sample(zone: str) -> list[int]:
    """An hour at either side of every change, and a hundred other quarter-hours, in order."""
    clock, every = ZoneInfo(zone), _years(zone)
    # Where clocks do not change, something may still believe that they do: as in Belgrade.
    changing = clock if zone.startswith("Europe/") else ZoneInfo("Europe/Belgrade")
    offsets = [datetime.fromtimestamp(second, changing).utcoffset() for second in every[::8]]
    changes = [8 * number for number in range(1, len(offsets)) if offsets[number] != offsets[number - 1]]
    chosen = {second for change in changes for second in every[change - 12:change + 12]}
    chosen.update(random.Random(4).sample(every, 100))
    return even(sorted(second for second in chosen if _once(second, clock)))


def feed(seconds: Sequence[int], zone: str) -> bytes:
    """A feed in which each two moments (an even number of them, in order) begin and end an appointment."""
    moments = [datetime.fromtimestamp(second, UTC) for second in seconds]
    return calendar([
        Event(uid=f"{number}@example.org", sequence=0, stamp=STAMP, summary="C-1", starts_at=start,
              ends_at=end)
        for number, (start, end) in enumerate(zip(moments[::2], moments[1::2], strict=True))], zone=zone)


def lean(octets: bytes) -> bytes:
    """A feed without the lines that are the same in every event: what takes longest is to read lines."""
    return _SAME_IN_ALL.sub(b"", octets)


def dense(octets: bytes, zone: str) -> bytes:
    """A feed's local times, as written, and its time zone in few events that repeat at each of them.

    Reading an event costs a program ten times as much as reading another time of the same event; which moment
    a local time is, is found out in the same way.
    """
    times, name = _TIMES.findall(octets), zone.encode()
    return b"".join([
        octets[:octets.index(b"BEGIN:VEVENT\r\n")],
        *(_repeated(number, times[number:number + 1000], name) for number in range(0, len(times), 1000)),
        b"END:VCALENDAR\r\n"])


def _repeated(number: int, times: Sequence[bytes], zone: bytes) -> bytes:
    first, *others = times
    return b"".join([
        f"BEGIN:VEVENT\r\nUID:{number}@example.org\r\nDTSTAMP:20261123T090000Z\r\n".encode(),
        b"DURATION:PT15M\r\nDTSTART;TZID=", zone, b":", first, b"\r\n",
        *(b"RDATE;TZID=" + zone + b":" + b",".join(others[start:start + 100]) + b"\r\n"
          for start in range(0, len(others), 100)),
        b"END:VEVENT\r\n"])


def differences(read: Iterable[int], written: Sequence[int], zone: str) -> list[str]:
    """The first moments that were read as others, in words."""
    wrong = [(one, other) for one, other in zip(read, written, strict=True) if one != other]
    return [f"{datetime.fromtimestamp(other, ZoneInfo(zone)):%F %T%z} was read as "
            f"{datetime.fromtimestamp(one, ZoneInfo(zone)):%F %T%z}" for one, other in wrong[:5]] + (
            [f"and {len(wrong) - 5} more"] if len(wrong) > 5 else [])


def even(seconds: Sequence[int]) -> list[int]:
    """Without the last, where their number is odd."""
    return list(seconds[:len(seconds) // 2 * 2])
