"""`flask worker` as a process of its own, with a real mail server, killed again and again."""
from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.web.killed_worker import (
    OPEN,
    PATIENCE,
    Nursery,
    count,
    environment,
    living,
    server,
    wait_until,
    write,
)
from tests.web.smtp import MailServer
from web.models import Message, db
from web.services.transactions import transaction

__all__ = ["environment", "living", "server"]  # fixtures


def end_leases() -> None:
    """Let the time pass after which a dead worker's mails are taken over, and delayed ones are due."""
    past = datetime(2000, 1, 1, tzinfo=UTC)
    with transaction() as session:
        session.execute(update(Message).where(Message.lease_until.is_not(None)).values(lease_until=past))
        session.execute(update(Message).values(next_attempt_at=past))


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
