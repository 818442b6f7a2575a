"""`flask worker` with a real mail server, and workers that can be started and killed within milliseconds."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round, make_topic
from tests.web.conftest import LEVELS
from tests.web.settings import SECRET, make_settings
from tests.web.smtp import MailServer, mail_server
from web import create_app, schema
from web.models import Message, Office, db, use_office
from web.services import appointments, outbox
from web.services.transactions import transaction

ROOT = Path(__file__).parents[2]
OPEN = ("queued", "claimed", "handover")
# Where nothing comes of a thing, this long is waited for it: a busy machine needs half a minute to begin.
PATIENCE = 120


@pytest.fixture
def living(database: str) -> Iterator[Flask]:
    """An application on a migrated database, with the clock of the real world."""
    app = create_app(make_settings(database))
    with app.app_context():
        schema.upgrade(db.engine)
        office = Office(name="Info Point", public_name="Info Point", levels=LEVELS, quiet_from=time_of_day(0),
                        quiet_to=time_of_day(0))
        db.session.add(office)
        db.session.commit()
        use_office(office.id)
        yield app
        db.session.remove()
        db.engine.dispose()


NURSERY = """
import os, sys, time
from web import create_app
from web.jobs import Worker
from web.models import db
from web.settings import load_settings
app = create_app(load_settings())
with app.app_context():
    # What a first mail loads, so that each worker begins with its work: an office's own first mail.
    from datetime import UTC, datetime
    from sqlalchemy import func, select, update
    from web.models import Message, use_office
    from web.render.mail import make_mail
    use_office(1)
    some = db.session.scalars(select(Message).limit(1)).one()
    make_mail(some.kind, some.facts, link="https://localhost/a/x", message_id=some.message_id)
    db.session.remove()
    db.engine.dispose()
for line in sys.stdin:
    what, _, pid = line.partition(" ")
    if what.strip() == "start":
        child = os.fork()
        if child == 0:
            Worker(app).start()
            time.sleep(3600)
        print(child, flush=True)
    else:
        os.kill(int(pid), 9)
        os.waitpid(int(pid), 0)
        print("dead", flush=True)
"""


class Nursery:
    """Starts workers within milliseconds, by forking a process that has loaded the program already."""

    def __init__(self, environment: dict[str, str], program: str = NURSERY) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.running: list[int] = []

    def ask(self, line: str) -> str:
        """Say a line to the process, and hear its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def start(self) -> int:
        pid = int(self.ask("start"))
        self.running.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        assert self.ask(f"kill {pid}") == "dead"
        self.running.remove(pid)

    def close(self) -> None:
        for pid in list(self.running):
            self.kill(pid)
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def environment(database: str, tmp_path: Path, server: MailServer) -> dict[str, str]:
    """What a worker process needs to know."""
    config = tmp_path / "saputnik.toml"
    config.write_text(
        f'[site]\ndatabase_url = "{database}"\n'
        f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nper_minute = 100000\n'
        'timeout_seconds = 30\n')
    return {**os.environ, "SAPUTNIK_CONFIG": str(config), "SAPUTNIK_SECRET_KEY": SECRET}


def count(*states: str) -> int:
    """How many mails are in one of these states."""
    wanted = select(func.count(Message.id)).where(Message.state.in_(states))
    with db.engine.connect() as connection:
        return int(connection.execute(wanted).scalar_one())


def wait_until(done: Callable[[], bool]) -> None:
    """Wait for something that is sure to come."""
    deadline = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)


def write(*, mails: int, reminders: bool) -> None:
    """Write so many invitations, or so many reminders, each to a client of its own."""
    now = datetime.now(UTC)
    with transaction() as session:
        round, assistant, place, topic = make_round(), make_assistant(), make_place(), make_topic()
        for number in range(mails):
            start = now + timedelta(days=3, hours=number)
            client = make_client(email=f"client-{number}@example.org")
            appointment = appointments.book(
                session, round=round, need=make_need(client, topic), assistant=assistant, place=place,
                starts_at=start, ends_at=start + timedelta(hours=1), now=now)
            if reminders:
                invited = session.scalars(
                    select(Message).where(Message.appointment_id == appointment.id)).one()
                invited.state = "sent"
                outbox.write_reminder(session, appointment, hours=24, now=now)
                session.delete(invited)
