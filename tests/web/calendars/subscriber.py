"""A real subscriber: vdirsyncer fetches a calendar over HTTP, khal shows it."""
from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

PROGRAMS = Path(sys.prefix, "programs", "bin")
VDIRSYNCER = """
[general]
status_path = "{folder}/status/"
[pair feed]
a = "here"
b = "there"
collections = null
[storage there]
type = "http"
url = "{url}"
[storage here]
type = "filesystem"
path = "{folder}/feed"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[feed]]
path = {folder}/feed
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


class Subscriber:
    """Somebody who has subscribed to one address, with a folder of their own."""

    def __init__(self, folder: Path, url: str) -> None:
        for program in ("vdirsyncer", "khal"):
            if not (PROGRAMS / program).exists():
                if os.environ.get("CI"):
                    raise RuntimeError(f"{program} is missing: make programs")
                pytest.skip(f"{program} is missing: make programs")
        self.folder = folder
        (folder / "feed").mkdir()
        (folder / "vdirsyncer").write_text(VDIRSYNCER.format(folder=folder, url=url))
        (folder / "khal").write_text(KHAL.format(folder=folder))
        self._run("vdirsyncer", "discover")

    def _run(self, program: str, *arguments: str) -> str:
        environment = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        ran = subprocess.run([PROGRAMS / program, "-c", self.folder / program, *arguments], env=environment,
                             capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def sync(self) -> None:
        """Fetch the calendar."""
        self._run("vdirsyncer", "sync")

    def shown(self, first: datetime, end: datetime) -> list[tuple[datetime, datetime, str]]:
        """Start, end (UTC) and title of what khal lists from one day to another, in order."""
        lines = self._run("khal", "list", "--once", "--day-format", "",
                          "--format", "{start-long-full}/{end-long-full}/{title}",
                          f"{first:%Y-%m-%d}", f"{end:%Y-%m-%d}").splitlines()
        return sorted((_moment(start), _moment(finish), title)
                      for start, finish, title in (line.split("/", 2) for line in lines))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
