"""Calendar programs that we did not write: each reads a file and tells its moments."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import vobject

from tests.web.calendars import libical

HERE = Path(__file__).parent
# A file's octets -> the start, the end and the repetitions of each event in order, in seconds since 1970.
Read = Callable[[bytes], list[int]]


def _seconds(moment: Any) -> int:
    return int(moment.timestamp())


def with_icalendar(octets: bytes) -> list[int]:
    """icalendar, which also Home Assistant, Plone and Radicale's checks are made of."""
    found = []
    events: list[Any] = icalendar.Calendar.from_ical(octets).walk("VEVENT")
    for event in events:
        repeats = event.get("RDATE", [])
        lists = repeats if isinstance(repeats, list) else [repeats]
        found += [event["DTSTART"].dt, *([event["DTEND"].dt] if "DTEND" in event else [])]
        found += [time.dt for each in lists for time in each.dts]
    return [_seconds(moment) for moment in found]


def with_vobject(octets: bytes) -> list[int]:
    """vobject, which Radicale is made of."""
    found = []
    for event in vobject.readOne(octets.decode()).vevent_list:
        for name in ("dtstart", "dtend"):
            found += [line.value for line in event.contents.get(name, [])]
        found += [time for line in event.contents.get("rdate", []) for time in line.value]
    return [_seconds(moment) for moment in found]


def with_recurring_ical_events(octets: bytes) -> list[int]:
    """recurring-ical-events, which works out what happens between two moments."""
    calendar = icalendar.Calendar.from_ical(octets)
    ever = datetime(2000, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)
    events = recurring_ical_events.of(calendar).between(*ever)
    times = sorted((_seconds(event["DTSTART"].dt), _seconds(event["DTEND"].dt)) for event in events)
    return [second for pair in times for second in pair]


def with_node(library: str) -> Read:
    """A library in JavaScript."""
    def read(octets: bytes) -> list[int]:
        node = shutil.which("node")
        if node is None or not (HERE / "node_modules" / library).is_dir():
            missing = f"{library} is missing: sh tests/system-packages.sh node"
            if os.environ.get("CI"):
                raise RuntimeError(missing)
            pytest.skip(missing)
        ran = subprocess.run([node, HERE / "read.cjs", library], input=octets, capture_output=True,
                             check=False)
        assert ran.returncode == 0, ran.stderr.decode()
        found: list[int] = json.loads(ran.stdout)
        return found
    return read


def with_khal(octets: bytes) -> list[int]:
    """khal, after vdirsyncer has taken the calendar apart."""
    python = Path(sys.prefix, "programs", "bin", "python")
    if not python.exists():
        if os.environ.get("CI"):
            raise RuntimeError("khal is missing: make programs")
        pytest.skip("khal is missing: make programs")
    ran = subprocess.run([python, HERE / "read_khal.py"], input=octets, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    found: list[int] = json.loads(ran.stdout)
    return found


PROGRAMS: dict[str, Read] = {
    "icalendar": with_icalendar,
    "vobject": with_vobject,
    "recurring-ical-events": with_recurring_ical_events,
    "ical.js": with_node("ical.js"),
    "node-ical": with_node("node-ical"),
    "libical": libical.moments,
}
