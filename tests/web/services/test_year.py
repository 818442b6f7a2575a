"""A year of reminders, with all that goes wrong in a year: outages, restarts, deaths, clocks."""
from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.services.delivering import Interrupted
from tests.web.smtp import MailServer, mail_server
from web.models import Appointment, Message, Office, db
from web.services import appointments, delivery, reminders
from web.services.quiet import quiet_of
from web.services.smtp import Courier
from web.services.transactions import transaction

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = [72, 24, 2]
TICK = timedelta(hours=1)
BELGRADE = ZoneInfo("Europe/Belgrade")


class Mortal(Courier):
    """A connection whose process dies now and then, when the server has all but the final dot."""

    chance = random.Random(0)

    def _finish(self, smtp: Any) -> str:
        if self.chance.random() < 0.01:
            raise Interrupted
        return super()._finish(smtp)


@dataclass
class Year:
    """An office that books appointments, and its worker."""

    app: Flask
    server: MailServer
    seed: int
    chance: random.Random = field(init=False)
    arrived: list[tuple[str, datetime]] = field(default_factory=list)  # Message-ID, by the worker's clock
    troubles: list[datetime] = field(default_factory=list)  # when by day something was not as it should be

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        Mortal.chance = self.chance
        settings = self.app.config["SETTINGS"]
        self.settings = replace(settings, mail_host="127.0.0.1", mail_port=self.server.port,
                                mail_security="none", mail_timeout_seconds=5)
        self.courier, self.name = Mortal(self.settings), "worker-0"
        self.assistant, self.place, self.round = make_assistant(), make_place(), make_round()
        db.session.commit()

    def book(self, now: datetime) -> None:
        """An appointment in five to seven days, at any half hour of day or night."""
        start = (now + timedelta(days=self.chance.randrange(5, 8))).replace(hour=0, minute=0, second=0)
        start += timedelta(minutes=30 * self.chance.randrange(48))
        with transaction() as session:
            appointments.book(session, round=self.round, need=make_need(make_client()),
                              assistant=self.assistant, place=self.place, starts_at=start,
                              ends_at=start + HOUR, now=now)

    def work(self, now: datetime, *, reachable: bool) -> None:
        """What a worker does at its ticks."""
        reminders.write_due(now=now)
        self.courier._settings = self.settings if reachable else replace(self.settings, mail_port=1)
        before = len(self.server.received)
        try:
            while delivery.deliver_next(courier=self.courier, worker=self.name, clock=lambda: now):
                pass
        except Interrupted:
            self.troubles.append(now)
            self.restart()
        self.arrived += [(str(mail.message["Message-ID"]), now) for mail in self.server.received[before:]]

    def restart(self) -> None:
        """Another process, which knows nothing of the one before."""
        self.courier.close()
        self.courier, self.name = Mortal(self.settings), f"worker-{self.chance.random()}"
        db.session.rollback()


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def moments(first: datetime, days: int, chance: random.Random) -> Iterator[tuple[datetime, datetime, bool]]:
    """The true time, what the worker's clock says, and whether the mail server answers."""
    for number in range(days * DAY // TICK):
        true = first + number * TICK
        local, day = true.astimezone(BELGRADE), (true - first).days
        if local.hour < 6 and local.hour % 3:
            continue  # at night nothing is written: a look now and then is enough
        down = 1 <= local.hour < 4 or day % 10 == 6  # three hours a night, a whole day in ten
        said = true
        if day % 13 == 5 and local.hour in (10, 11):
            said = true - HOUR
        elif day % 17 == 7 and (local.hour, local.minute) == (15, 0):
            said = true + DAY
        yield true, said, not down


def live(year: Year, *, first: datetime, days: int, every: int) -> None:
    last_restart = first
    for true, said, reachable in moments(first, days, year.chance):
        if true - last_restart >= DAY:
            year.restart()
            last_restart = true
        if true.astimezone(BELGRADE).hour == 12 and (true - first).days % every == 0:
            year.book(true)
        # At night no reminder is due: that the server sleeps then is to make no difference at all.
        if said != true or (not reachable and 7 <= true.astimezone(BELGRADE).hour < 21):
            year.troubles.append(true)
        year.work(said, reachable=reachable)
    year.courier.close()


def when_due(starts_at: datetime) -> dict[int, datetime]:
    """When each reminder comes where all is well: at the first tick at or after its time, never at night.

    What falls into the night comes at seven, or an hour before the night where seven leaves less than half
    an hour. Counted by hand, without the program's own rules.
    """
    ticks: dict[datetime, int] = {}
    for hours in sorted(STEPS, reverse=True):
        due = (starts_at - timedelta(hours=hours)).astimezone(BELGRADE)
        if asleep(due) and starts_at - morning_after(due) < timedelta(minutes=30):
            due = datetime.combine(morning_after(due).astimezone(BELGRADE).date() - DAY, time(20), BELGRADE)
        tick = due.astimezone(UTC) + (-timedelta(minutes=due.minute) % TICK)
        if asleep(tick.astimezone(BELGRADE)):  # or the worker first looks when it is too late in the day
            tick = morning_after(tick.astimezone(BELGRADE))
        if tick < starts_at:
            ticks[tick] = hours  # of two at once the shorter one says it
    return {hours: tick for tick, hours in ticks.items()}


def asleep(local: datetime) -> bool:
    return local.hour < 7 or local.hour >= 21


def morning_after(local: datetime) -> datetime:
    return datetime.combine(local.date() + DAY * (local.hour >= 21), time(7), BELGRADE).astimezone(UTC)


def exactly_on_time(year: Year, until: datetime) -> int:
    """Each reminder of whoever had no trouble came in its hour; return of how many people that is."""
    when, people = dict(year.arrived), 0
    for one in db.session.scalars(select(Appointment).where(Appointment.starts_at < until)):
        # A clock that runs a day ahead sends what is due within a day.
        if any(one.starts_at - timedelta(hours=100) < moment < one.starts_at for moment in year.troubles):
            continue
        rows = db.session.scalars(select(Message).where(
            Message.appointment_id == one.id, Message.kind == "reminder", Message.state == "sent"))
        assert {row.hours_ahead: when[row.message_id] for row in rows} == when_due(one.starts_at)
        people += 1
    return people


def hold_to_account(year: Year, until: datetime) -> Counter[str]:
    """Each reminder of each appointment has one row with one end; none came twice, at night, or late."""
    db.session.expire_all()
    quiet = quiet_of(db.session.get_one(Office, 1))
    arrived = Counter(identity for identity, _moment in year.arrived)
    when = dict(year.arrived)
    ends: Counter[str] = Counter()
    for one in db.session.scalars(select(Appointment).where(Appointment.starts_at < until)):
        rows = db.session.scalars(select(Message).where(Message.appointment_id == one.id)).all()
        invitation = next(row for row in rows if row.kind == "invitation")
        assert invitation.state == "sent"
        assert arrived[invitation.message_id] >= 1
        found = [row for row in rows if row.kind == "reminder"]
        assert sorted(row.hours_ahead for row in found) == sorted(STEPS)
        for row in found:
            ends[row.state] += 1
            if row.state == "sent":
                assert arrived[row.message_id] == 1
                assert when[row.message_id] < one.starts_at
                assert not quiet.at(when[row.message_id])
            elif row.state == "uncertain":
                assert arrived[row.message_id] <= 1
            else:
                assert row.state in ("superseded", "too-late")
                assert arrived[row.message_id] == 0
        # Where nothing came within the last step's time, the coordinator can see it.
        assert any(row.state in ("sent", "uncertain", "too-late") for row in found)
    return ends


def simulate(app: Flask, server: MailServer, *, first: datetime, days: int, every: int,
             undisturbed: int) -> Counter[str]:
    db.session.get_one(Office, 1).reminder_hours = STEPS
    year = Year(app, server, seed=days)
    live(year, first=first, days=days, every=every)
    ends = hold_to_account(year, until := first + timedelta(days=days - 1))
    assert exactly_on_time(year, until) >= undisturbed
    return ends


@pytest.mark.parametrize("first", [
    datetime(2026, 10, 18, tzinfo=UTC),
    pytest.param(datetime(2027, 3, 21, tzinfo=UTC), marks=pytest.mark.long)])
def test_rl12_each_reminder_comes_once_around_a_change_of_the_clocks(
        app: Flask, server: MailServer, first: datetime) -> None:
    ends = simulate(app, server, first=first, days=12, every=1, undisturbed=0)
    assert ends["sent"] > 3 * (ends["superseded"] + ends["too-late"] + ends["uncertain"])


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_rl12_each_reminder_comes_once_in_a_whole_year(app: Flask, server: MailServer) -> None:
    ends = simulate(app, server, first=datetime(2026, 9, 1, tzinfo=UTC), days=365, every=3,
                    undisturbed=20)
    assert ends["sent"] > 3 * (ends["superseded"] + ends["too-late"] + ends["uncertain"])
