"""`flask worker` as a process of its own, with a real mail server, killed again and again."""
from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round, make_topic
from tests.web.conftest import LEVELS
from tests.web.settings import SECRET, make_settings
from tests.web.smtp import MailServer, mail_server
from web import create_app, schema
from web.models import Message, Office, db, use_office
from web.services import appointments, outbox
from web.services.transactions import transaction

ROOT = Path(__file__).parents[3]


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


def end_leases() -> None:
    """Let the time pass after which a dead worker's mails are taken over, and delayed ones are due."""
    past = datetime(2000, 1, 1, tzinfo=UTC)
    with transaction() as session:
        session.execute(update(Message).where(Message.lease_until.is_not(None)).values(lease_until=past))
        session.execute(update(Message).values(next_attempt_at=past))


OPEN = ("queued", "claimed", "handover")
# Where nothing comes of a thing, this long is waited for it: a busy machine needs half a minute to begin.
PATIENCE = 120


def wait_until(done: Callable[[], bool]) -> None:
    """Wait for something that is sure to come."""
    deadline = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)


def batter(server: MailServer, nursery: Nursery, *, kills: int, seed: int) -> None:
    """Kill workers with -9 at random moments while mails go out, then let one finish."""
    chance = random.Random(seed)
    for _ in range(kills):
        before, worker, begin = len(server.received), nursery.start(), time.monotonic()
        while len(server.received) == before and time.monotonic() < begin + 15:
            if time.monotonic() > begin + 1 and not count(*OPEN):
                break
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.06))
        nursery.kill(worker)
        end_leases()
    assert count(*OPEN), "the last of them were killed at rest: write more mails"
    nursery.start()
    left, deadline = count(*OPEN), time.monotonic() + PATIENCE
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        if (now := count(*OPEN)) < left:  # as long as something goes out, however slowly
            left, deadline = now, time.monotonic() + PATIENCE


def hold_to_account(server: MailServer) -> Counter[str]:
    """Compare what the outbox says with what the server has; return how often each state was."""
    arrived = Counter(str(mail.message["Message-ID"]) for mail in server.received)
    rows = list(db.session.scalars(select(Message).order_by(Message.id)))
    assert set(arrived) <= {row.message_id for row in rows}
    for row in rows:
        times = arrived[row.message_id]
        if row.kind == "reminder":
            assert times <= 1, "a reminder came twice"
            assert (row.state, times) in {("sent", 1), ("uncertain", 0), ("uncertain", 1)}
        else:
            assert (row.state, times >= 1) == ("sent", True), "a mail was lost"
            assert times == 1 or row.in_doubt
    copies = {(mail.message["Message-ID"], mail.octets) for mail in server.received}
    assert len(copies) == len(arrived), "two mails with one Message-ID differ"
    return Counter(row.state for row in rows)


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


def kill_again_and_again(environment: dict[str, str], server: MailServer, *, mails: int, kills: int,
                         seed: int) -> Counter[tuple[str, str, bool]]:
    """Half of the kills meet invitations and half reminders, which leave last: what became of each kind."""
    server.delay = 0.01
    write(mails=mails // 2, reminders=False)
    nursery = Nursery(environment)
    try:
        batter(server, nursery, kills=kills // 2, seed=seed)
        for pid in list(nursery.running):
            nursery.kill(pid)
        write(mails=mails // 2, reminders=True)
        batter(server, nursery, kills=kills // 2, seed=seed + 1)
    finally:
        nursery.close()
    states = hold_to_account(server)
    assert states["sent"] + states["uncertain"] == sum(states.values()) == mails
    return Counter((row.kind, row.state, row.in_doubt) for row in db.session.scalars(select(Message)))


def test_killed_workers_lose_no_mail_and_double_no_reminder(
        living: Flask, environment: dict[str, str], server: MailServer) -> None:
    kill_again_and_again(environment, server, mails=60, kills=6, seed=1)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_workers_killed_two_hundred_times_lose_no_mail(
        living: Flask, environment: dict[str, str], server: MailServer) -> None:
    found = kill_again_and_again(environment, server, mails=1000, kills=200, seed=2)
    # Else no kill has met a mail between its final dot and the answer, which is the moment in question.
    assert found["invitation", "sent", True] >= 3
    assert found["reminder", "uncertain", True] >= 5


@pytest.mark.long
def test_several_workers_at_once_send_each_mail_once(
        living: Flask, environment: dict[str, str], server: MailServer) -> None:
    write(mails=40, reminders=False)
    nursery = Nursery(environment)
    try:
        for _ in range(3):
            nursery.start()
        wait_until(lambda: not count(*OPEN))
    finally:
        nursery.close()
    assert Counter(Counter(mail.recipient for mail in server.received).values()) == {1: 40}
    assert count("sent") == 40


def test_the_command_sends_what_waits_and_ends_when_asked_to(
        living: Flask, environment: dict[str, str], server: MailServer) -> None:
    write(mails=3, reminders=False)
    worker = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT,
                              env=environment, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: count("sent") == 3)
    worker.terminate()
    _, log = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, log
    assert (count("sent"), len(server.received)) == (3, 3)
    assert "is at work" in log
    assert "example.org" not in log  # nobody's address stands in a log


def test_a_worker_that_is_stopped_while_a_mail_is_on_its_way_lets_it_arrive(
        living: Flask, environment: dict[str, str], server: MailServer) -> None:
    server.answers = threading.Event()
    write(mails=5, reminders=False)
    worker = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT,
                              env=environment, stderr=subprocess.PIPE, text=True)
    assert worker.stderr is not None
    wait_until(lambda: bool(server.received))
    worker.terminate()
    # Only then, or it might have begun with the next one before it was told.
    assert any(line.endswith(" stops\n") for line in worker.stderr)
    server.answers.set()
    worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert len(server.received) == 1
    assert [count(state) for state in ("sent", "queued", "claimed", "handover")] == [1, 4, 0, 0]


def test_a_worker_refuses_a_database_without_tables(environment: dict[str, str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, check=False, env=environment,
        capture_output=True, text=True, timeout=PATIENCE)
    assert run.returncode == 1
    assert "flask upgrade-database" in run.stderr
    assert "Traceback" not in run.stderr
