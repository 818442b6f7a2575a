"""Calendars over HTTP beside Radicale and a plain rendering: `python -m benchmarks.feeds [--sizes ...]`.

Each server is one process on this machine, asked by one client again and again over one connection. What is
measured is its processor time, the same on a busy machine: how many answers one core gives in a second.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from statistics import mean
from time import perf_counter, sleep

from flask import Flask
from sqlalchemy import insert

from benchmarks.matcher import machine
from web import create_app
from web.models import Appointment, Assistant, Client, Need, Office, Place, Round, Topic, db, use_office
from web.services import feeds
from web.services.transactions import transaction
from web.settings import load_settings

ROOT = Path(__file__).parents[1]
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
RADICALE = """[server]
hosts = 127.0.0.1:{port}
max_content_length = 100000000
[auth]
type = none
[storage]
filesystem_folder = {folder}
[logging]
level = error
"""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 5000], help="events (100 5000)")
    parser.add_argument("--seconds", type=float, default=3, help="of asking for each cell (default: 3)")
    asked = parser.parse_args(arguments)
    print(machine("flask", "gunicorn", "icalendar"), end="\n\n")
    print("| events | server | 200 a second | 304 a second | after an edit |")
    print("|--:|---|--:|--:|--:|")
    for size in asked.sizes:
        for server in (ours, plain_icalendar, radicale):
            print(f"| {size:,} | {server.__name__.replace('_', ' ')} |", end=" ", flush=True)
            try:
                with tempfile.TemporaryDirectory() as folder, server(Path(folder), size) as asking:
                    print(asking.row(asked.seconds), "|", flush=True)
            except NotInstalledError as error:
                print(error, "| | |")
    return 0


class NotInstalledError(Exception):
    """A server that is not on this machine."""


@dataclass(frozen=True)
class Server:
    """A server's port and its first process."""

    port: int
    process: int

    def spent(self) -> float:
        """Processor time in seconds of the process and its children (proc(5): ppid, utime, stime)."""
        total = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # gone meanwhile
                fields = path.read_text().rsplit(")", 1)[1].split()
                if self.process in (int(path.parent.name), int(fields[1])):
                    total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")


class Asking(ABC):
    """One client of one address."""

    def __init__(self, server: Server, path: str, headers: dict[str, str] | None = None) -> None:
        self.server, port = server, server.port
        self.connection = HTTPConnection("127.0.0.1", port, timeout=900)
        self.path, self.headers = path, headers or {}

    def get(self, **headers: str) -> tuple[int, str, bytes]:
        """Status, ETag and body."""
        self.connection.request("GET", self.path, headers={**self.headers, **headers})
        answer = self.connection.getresponse()
        return answer.status, answer.headers.get("ETag", ""), answer.read()

    def per_second(self, seconds: float, wanted: int, **headers: str) -> str:
        """How many answers of the wanted status come in a second, or what comes instead."""
        until, begun, count = perf_counter() + seconds, self.server.spent(), 0
        while count < 3 or perf_counter() < until:
            status, _etag, _body = self.get(**headers)
            if status != wanted:
                return f"answers {status}"
            count += 1
        per_second = count / (self.server.spent() - begun)
        return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"

    @abstractmethod
    def edit(self) -> None:
        """Change one appointment."""

    def row(self, seconds: float) -> str:
        """The cells of the table."""
        _status, etag, _body = self.get()
        cells = [self.per_second(seconds, 200), self.per_second(seconds, 304, **{"If-None-Match": etag})]
        spent = []
        for _edit in range(4):
            self.edit()
            begun = self.server.spent()
            self.get()
            spent.append(self.server.spent() - begun)
        return " | ".join([*cells, f"{1000 * mean(spent):,.0f} ms"])


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _running(port: int, *command: str, **environment: str) -> Iterator[Server]:
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as server:
        try:
            for _attempt in range(600):
                try:
                    HTTPConnection("127.0.0.1", port, timeout=900).connect()
                    break
                except OSError:
                    sleep(0.1)
            yield Server(port, server.pid)
        finally:
            server.terminate()


def _gunicorn(port: int, application: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "1", "--threads", "8",
            "--bind", f"127.0.0.1:{port}", application)


class Ours(Asking):
    """Saputnik's own address, and its office to edit."""

    app: Flask
    edits = 0

    def edit(self) -> None:
        """Give one client another code."""
        with self.app.app_context():
            use_office(1)
            self.edits += 1
            with transaction() as session:
                session.get_one(Client, 1 + self.edits).code = f"X-{self.edits}"
            db.session.remove()


@contextmanager
def ours(folder: Path, size: int) -> Iterator[Asking]:
    """Saputnik as docs/installing.md says, on SQLite, but with one process."""
    port, key = _free_port(), secrets.token_urlsafe(48)
    config = folder / "saputnik.toml"
    config.write_text(f'[site]\ndatabase_url = "sqlite:///{folder}/saputnik.db"\n')
    environment = {"SAPUTNIK_CONFIG": str(config), "SAPUTNIK_SECRET_KEY": key}
    app = create_app(load_settings(environment))
    secret = _office(app, size)
    with _running(port, *_gunicorn(port, "wsgi:app"), **environment) as server:
        asking = Ours(server, f"/calendars/{secret}.ics")
        asking.app = app
        yield asking


def _office(app: Flask, size: int) -> str:
    with app.app_context():
        app.test_cli_runner().invoke(args=["upgrade-database"])
        person = {"name": "N", "first_name": "N", "gender": "female", "origin": "AF", "languages": {},
                  "created_at": NOW}
        with transaction() as session:
            session.add(Office(name="Info Point", public_name="Info Point", levels=[]))
            session.flush()
            use_office(1)
            assistant = Assistant(code="A", **person)
            topic = Topic(code="t", minutes=30, names={"en": "Bank account"})
            place = Place(code="p", name="Office", address="Nemanjina 1")
            round_ = Round(title="r", first_day=NOW.date(), last_day=NOW.date(), created_at=NOW,
                           state="published")
            session.add_all([assistant, topic, place, round_])
            session.flush()
            numbers = range(1, size + 1)
            session.execute(insert(Client), [
                {"id": n, "office_id": 1, "code": f"C-{n}", **person} for n in numbers])
            session.execute(insert(Need), [
                {"id": n, "office_id": 1, "client_id": n, "topic_id": topic.id} for n in numbers])
            session.execute(insert(Appointment), [
                {"office_id": 1, "uid": f"{n:032x}@localhost", "round_id": round_.id, "client_id": n,
                 "assistant_id": assistant.id, "need_id": n, "place_id": place.id, "revised_at": NOW,
                 "starts_at": start, "ends_at": start + timedelta(minutes=30), "created_at": NOW,
                 "token_hash": str(n)}
                for n in numbers for start in [NOW + n * timedelta(minutes=30)]])
        made = feeds.subscribe(assistant_id=assistant.id, label="benchmark", user_id=None, now=NOW)
        db.session.remove()
        return made[1]


class Plain(Asking):
    """Everything is rendered at every request: nothing is to be edited."""

    def edit(self) -> None:
        """Nothing: it would make no difference."""


@contextmanager
def plain_icalendar(_folder: Path, size: int) -> Iterator[Asking]:
    """The same events, held in memory, written by icalendar at each request; 304 by the octets' hash."""
    port = _free_port()
    with _running(port, *_gunicorn(port, f"benchmarks.plain_icalendar:application({size})")) as server:
        yield Plain(server, "/")


class Radicale(Asking):
    """A collection, and its first file to write again."""

    first: bytes
    edits = 0

    def edit(self) -> None:
        """Put one event that is changed."""
        self.edits += 1
        changed = self.first.replace(b"SUMMARY:", b"SUMMARY:%d " % self.edits, 1)
        self.connection.request("PUT", f"{self.path}1.ics", changed,
                                {**self.headers, "Content-Type": "text/calendar"})
        self.connection.getresponse().read()


@contextmanager
def radicale(folder: Path, size: int) -> Iterator[Asking]:
    """Radicale with the calendar that ours answers with, in an environment of its own (make programs)."""
    program = Path(sys.prefix, "programs", "bin", "radicale")
    if not program.exists():
        raise NotInstalledError("not installed: make programs")
    port = _free_port()
    (folder / "radicale").write_text(RADICALE.format(port=port, folder=folder / "collections"))
    (folder / "ours").mkdir()
    with ours(folder / "ours", size) as asking:
        head, *events = asking.get()[2].removesuffix(b"END:VCALENDAR\r\n").split(b"BEGIN:VEVENT\r\n")
    files = [head + b"BEGIN:VEVENT\r\n" + event + b"END:VCALENDAR\r\n" for event in events]
    # Written where it keeps them: to take in 5,000 events in one request costs it minutes.
    collection = folder / "collections" / "collection-root" / "mira" / "calendar"
    collection.mkdir(parents=True)
    (collection / ".Radicale.props").write_text('{"tag": "VCALENDAR"}')
    for number, file in enumerate(files, 1):
        (collection / f"{number}.ics").write_bytes(file)
    with _running(port, str(program), "--config", str(folder / "radicale")) as server:
        # Anybody may come in by any name: the calendar is that person's.
        asking = Radicale(server, "/mira/calendar/", {"Authorization": "Basic bWlyYTptaXJh"})
        asking.first = files[0]
        yield asking


if __name__ == "__main__":
    sys.exit(main())
