"""A calendar file as busy times: read by a child process that may not do much."""
from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from web.services.stretches import Span
from web.services.xlsx_tables import child_environment

CHILD = Path(__file__).with_name("busy_child.py")
SECONDS = 60  # on a busy machine; the child itself counts its work
BEHIND, AHEAD = timedelta(days=7), timedelta(days=400)


class CalendarError(Exception):
    """Nothing was read; `code` says why, for `web/services/own_calendar_words.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Read:
    """The busy times of a calendar, as `OwnCalendar.busy` keeps them."""

    busy: list[str]
    incomplete: bool  # some entries could not be understood


def read_calendar(content: bytes, *, zone: str, host: str, now: datetime) -> Read:
    """Read the busy times of the coming year.

    Parameters
    ----------
    zone
        The office's: whole days begin there.
    host
        Ours: entries with a UID of this host are appointments that are known already.

    Raises
    ------
    CalendarError
        With one of the codes `too-many`, `not-a-calendar` and `not-understood`.
    """
    asked = {"from": (now - BEHIND).isoformat(), "until": (now + AHEAD).isoformat(), "zone": zone,
             "host": host}
    try:
        # The interpreter and the script are our own; the file goes in through a pipe.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(CHILD)], input=json.dumps(asked).encode() + b"\n" + content,
            capture_output=True, timeout=SECONDS, check=False, env=child_environment())
    except subprocess.TimeoutExpired:
        raise CalendarError("too-many") from None
    if done.returncode in (3, -9, -24):  # it said so, or its time was up
        raise CalendarError("too-many")
    if done.returncode == 4:
        raise CalendarError("not-a-calendar")
    if done.returncode != 0:
        raise CalendarError("not-understood")
    document = json.loads(done.stdout)
    return Read(busy=document["busy"], incomplete=document["incomplete"])


def spans(busy: Iterable[str]) -> list[Span]:
    """The kept intervals as aware moments."""
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end))
            for start, _, end in (interval.partition("/") for interval in busy)]
