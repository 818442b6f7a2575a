"""vdirsyncer fetches our calendars and khal shows the moments that were meant."""
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask

from tests.sqlite import SQLite
from tests.story.conftest import free_port, wait_until_it_answers
from tests.web.builders import make_appointment, make_assistant, make_client
from tests.web.calendars import quarters
from tests.web.calendars.subscriber import Subscriber
from tests.web.conftest import LEVELS
from tests.web.settings import SECRET, make_settings
from web import create_app
from web.models import Office, Round, db, use_office
from web.services import appointments, feeds
from web.services.transactions import transaction

ROOT = Path(__file__).parents[3]
HOUR = timedelta(hours=1)


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, without a word about each."""

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def files_served(folder: Path) -> Iterator[str]:
    """Serve a folder's files for as long as the block lasts; yields the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def installed(sqlite: SQLite) -> Iterator[Flask]:
    """The application with an office, on a database made as docs/installing.md says; no clock stands."""
    app = create_app(make_settings(sqlite.create()))
    with app.app_context():
        created = app.test_cli_runner().invoke(args=["upgrade-database"])
        assert created.exit_code == 0, created.output
        with transaction() as session:
            session.add(Office(name="Info Point Belgrade", public_name="Info Point", levels=LEVELS))
        use_office(1)
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def served(app: Flask, folder: Path) -> Iterator[str]:
    """Run the application's server on its database for as long as the block lasts; yields the address."""
    port = free_port()
    (folder / "saputnik.toml").write_text(f'''[site]
public_url = "http://localhost:{port}"
database_url = "{app.config["SETTINGS"].database_url}"
''')
    environment = {**os.environ, "SAPUTNIK_CONFIG": str(folder / "saputnik.toml"),
                   "SAPUTNIK_SECRET_KEY": SECRET}
    with (folder / "log").open("wb") as log, subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--no-control-socket", "--threads", "8", "--bind",
             f"127.0.0.1:{port}", "wsgi:app"], cwd=ROOT, env=environment, stdout=log, stderr=log) as server:
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}/sign-in", folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.mark.long
@pytest.mark.parametrize("zone", quarters.ZONES)
def test_khal_shows_the_moments_around_every_change_of_clocks(zone: str, tmp_path: Path) -> None:
    starts = quarters.sample(zone)[::2]
    octets = quarters.feed([second for start in starts for second in (start, start + quarters.QUARTER)], zone)
    (tmp_path / "feed.ics").write_bytes(octets)
    with files_served(tmp_path) as address:
        subscriber = Subscriber(tmp_path, f"{address}/feed.ics")
        subscriber.sync()
    shown = subscriber.shown(datetime(quarters.FIRST - 1, 12, 31, tzinfo=UTC),
                             datetime(quarters.LAST + 1, 1, 2, tzinfo=UTC))
    assert [round(start.timestamp()) for start, _end, _title in shown] == starts
    assert {end - start for start, end, _title in shown} == {timedelta(minutes=15)}


@pytest.mark.long
def test_a_subscriber_sees_what_is_made_moved_and_cancelled(installed: Flask, tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    assistant = make_assistant()
    first, second, _third = (
        make_appointment(assistant=assistant, client=make_client(code=f"C-{days}"), revised_at=now,
                         starts_at=now + timedelta(days=days), ends_at=now + timedelta(days=days, hours=1))
        for days in (3, 130, 250))
    db.session.commit()
    secret = feeds.subscribe(assistant_id=assistant.id, label="laptop", user_id=None, now=now)[1]
    with served(installed, tmp_path) as address:
        subscriber = Subscriber(tmp_path, f"{address}/calendars/{secret}.ics")
        subscriber.sync()
        made = subscriber.shown(now, now + timedelta(days=400))
        with transaction() as session:
            appointments.cancel(session, first, reason="withdrawn", now=now)
            appointments.revise(session, second, round=session.get_one(Round, second.round_id),
                                assistant=assistant, place=second.place, starts_at=second.starts_at + HOUR,
                                ends_at=second.ends_at + HOUR, now=now)
        subscriber.sync()
        changed = subscriber.shown(now, now + timedelta(days=400))
    days = [now + timedelta(days=days) for days in (3, 130, 250)]
    assert made == [(day, day + HOUR, f"C-{number}") for day, number in zip(days, (3, 130, 250), strict=True)]
    assert changed == [(days[0], days[0] + HOUR, "Cancelled: C-3"),
                       (days[1] + HOUR, days[1] + 2 * HOUR, "C-130"), made[2]]
