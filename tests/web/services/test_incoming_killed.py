"""A worker that is killed while it reads the mailbox: nothing happens twice, and nothing is lost."""
from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.web.answers_by_mail import PROGRAMS, Answer, written
from tests.web.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.web.killed_worker import Nursery, living  # noqa: F401 -- a fixture
from tests.web.receiving import invite, tasks
from tests.web.reports import opensmtpd
from tests.web.settings import SECRET
from web.models import Appointment, IncomingMail, Message, db
from web.services import tokens


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def environment(database: str, tmp_path: Path, server: Dovecot) -> dict[str, str]:
    """What a worker process needs to know; there is no mail server that would take its mails."""
    config = tmp_path / "saputnik.toml"
    config.write_text(
        f'[site]\ndatabase_url = "{database}"\n[mail]\nhost = "127.0.0.1"\nport = 1\n'
        f'return_address = "bounce+{{token}}@example.org"\n'
        f'[imap]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nuser = "{USER}"\n'
        f'every_seconds = 1\nper_run = 1000\n')
    return {**os.environ, "SAPUTNIK_CONFIG": str(config), "SAPUTNIK_SECRET_KEY": SECRET,
            "SAPUTNIK_IMAP_PASSWORD": PASSWORD}


def fill(server: Dovecot, mails: int) -> None:
    """Put answers, words and reports into the mailbox, each of a client of its own."""
    programs = list(PROGRAMS.values())
    for number in range(mails):
        address = f"c{number}@example.org"
        appointment = invite(email=address, code=f"C-{number}")
        answer = Answer(uid=appointment.uid, sender=address, attendee=address,
                        answer="DECLINED" if number % 2 else "ACCEPTED")
        message = db.session.scalars(select(Message).where(Message.appointment_id == appointment.id)).one()
        server.put((
            lambda one=answer, n=number: programs[n // 3 % 4](one),
            lambda one=address, n=number: written("Hello", sender=one, identity=f"<{n}@example.org>"),
            lambda one=message: opensmtpd(tokens.return_address(one.message_id), "<x@example.org>"),
        )[number % 3]())
        db.session.commit()


def done() -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(select(func.count(IncomingMail.id))).scalar_one())


def kill_again_and_again(living: Flask, environment: dict[str, str], server: Dovecot, *, mails: int,  # noqa: F811
                         seed: int) -> int:
    """Kill workers with -9 at random moments while they read, let one finish, hold it to account."""
    living.config["SETTINGS"] = replace(living.config["SETTINGS"],
                                        mail_return_address="bounce+{token}@example.org")
    fill(server, mails)
    chance, nursery = random.Random(seed), Nursery(environment)
    kills = 0
    try:
        while done() < mails * 0.9:
            before, worker, begin = done(), nursery.start(), time.monotonic()
            while done() == before and time.monotonic() < begin + 30:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.05))
            nursery.kill(worker)
            kills += 1
        nursery.start()
        deadline = time.monotonic() + 60
        while (done() < mails or set() in server.marks().values()) and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        nursery.close()
    db.session.expire_all()
    third = mails // 3
    assert Counter(db.session.scalars(select(IncomingMail.outcome))) == {
        "answered": third, "words": third, "bounced": third}
    states = Counter(db.session.scalars(select(Appointment.state)))
    assert states == {"invited": 2 * third, "confirmed": third // 2, "cancelled": third // 2}
    assert Counter(task.kind for task in tasks() if task.kind != "mail-unreachable") == {
        "declined": third // 2, "wrote": third, "mail-bounced": third}
    assert Counter(db.session.scalars(select(Message.kind))) == {
        "invitation": mails, "cancellation": third // 2}
    assert all("\\Seen" in flags for flags in server.marks().values())
    return kills


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_workers_killed_again_and_again_deal_with_each_of_many_mails_once(
        living: Flask, environment: dict[str, str], server: Dovecot) -> None:  # noqa: F811
    assert kill_again_and_again(living, environment, server, mails=180, seed=0) >= 15
