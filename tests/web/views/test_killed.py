"""The web server killed while answers are posted, calendars fetched and rounds published.

Nothing is lost, nothing is half done, and whoever got no answer and tries again does nothing twice.
"""
from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text

import matcher
from tests.web.a_round import weekly
from tests.web.browser import csrf_token
from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round, make_topic
from tests.web.killed_server import SERVER, People, Site, batter
from tests.web.killed_worker import Nursery, environment, living, server
from web.models import (
    Appointment,
    Assistant,
    AuditEntry,
    BrowserSession,
    Client,
    DatedHours,
    FeedRendering,
    Message,
    Notice,
    Office,
    Place,
    Round,
    Topic,
    User,
    db,
    use_office,
)
from web.services import appointments, feeds, links, versions
from web.services.local_time import instant
from web.services.snapshot import snapshot
from web.services.transactions import transaction
from web.sessions import hash_token

__all__ = ["environment", "living", "server"]  # fixtures
pytestmark = pytest.mark.both_databases
HOUR = timedelta(hours=1)
IN_A_ROUND = 3  # clients
DEEDS = ("confirm", "decline", "another-time", "times")
DONE = {"confirm": "appointment.confirmed", "decline": "appointment.declined",
        "another-time": "appointment.another-time", "times": "appointment.asks-for-time"}


@dataclass(frozen=True)
class World:
    """What people will do: answer by link, look at calendars, publish rounds."""

    answers: dict[int, tuple[str, str]]  # appointment -> link's secret, deed
    feeds: tuple[str, ...]
    rounds: tuple[int, ...]
    cookie: str


def people_with_time(number: int, assistant: Assistant | None = None) -> tuple[Client, Assistant]:
    client = make_client(code=f"C-{number}", email=f"c{number}@example.org", weekly_hours=[weekly()])
    return client, assistant or make_assistant(code=f"A-{number}", email="", weekly_hours=[weekly()])


def invited(count: int, monday: date, round: Round, place: Place, topic: Topic,
            now: datetime) -> dict[int, tuple[str, str]]:
    """Appointments whose clients have got their invitation; five with each assistant."""
    made, assistant = dict[int, tuple[str, str]](), None
    with transaction() as session:
        for number in range(count):
            client, assistant = people_with_time(number, assistant if number % 5 else None)
            start = instant(datetime.combine(monday + timedelta(days=number % 5), datetime.min.time())
                            + 10 * HOUR, "Europe/Belgrade")
            appointment = appointments.book(
                session, round=round, need=make_need(client, topic), assistant=assistant, place=place,
                starts_at=start, ends_at=start + HOUR, now=now)
            made[appointment.id] = links.token_of(appointment), DEEDS[number % 4]
        for message in session.scalars(select(Message)):
            message.state, message.sent_at = "sent", now
    return made


def planned(count: int, first: int, monday: date, topic: Topic, now: datetime) -> tuple[int, ...]:
    """Drafts with a plan each, of people who are in no other."""
    office, made = db.session.get_one(Office, 1), []
    everybody = set(db.session.scalars(select(Client.code))), set(db.session.scalars(select(Assistant.code)))
    groups = []
    for number in range(first, first + count * IN_A_ROUND, IN_A_ROUND):
        client, assistant = people_with_time(number)
        group = [client, *(people_with_time(number + more, assistant)[0] for more in range(1, IN_A_ROUND))]
        for one in group:
            make_need(one, topic)
        groups.append(({one.code for one in group}, assistant.code))
    everybody[0].update(*(codes for codes, _ in groups))
    everybody[1].update(code for _, code in groups)
    for codes, code in groups:
        round = make_round(first_day=monday, last_day=monday + timedelta(days=4), created_at=now,
                           excluded_clients=sorted(everybody[0] - codes),
                           excluded_assistants=sorted(everybody[1] - {code}))
        db.session.commit()
        db.session.expire_all()
        document = snapshot(office, round, now)
        plan = matcher.solve(matcher.Round.from_document(document), matcher.Stop(time_limit=20))
        with transaction():
            versions.add_version(round, document=document, plan=plan.to_document(), made_by="solver",
                                read_at=now, now=now)
        made.append(round.id)
    return tuple(made)


def build(*, answers: int, rounds: int) -> World:
    now, cookie = datetime.now(UTC), secrets.token_urlsafe(32)
    today = now.date()
    monday = today + timedelta(days=14 - today.weekday())
    with transaction() as session:
        session.get_one(Office, 1).public_holidays = False
        user = User(email="mira@example.org", name="Mira", password_hash="", created_at=now)
        session.add(user)
        session.flush()
        session.add(BrowserSession(token_hash=hash_token(cookie), data={}, user_id=user.id, office_id=1,
                                   created_at=now, last_seen_at=now))
        place, topic = make_place(), make_topic()
        published = make_round(state="published", ended_at=now)
    made = invited(answers, monday, published, place, topic, now)
    drafts = planned(rounds, answers, monday, topic, now)
    ids = db.session.scalars(select(Assistant.id).order_by(Assistant.id)).all()
    watched = (ids[0], ids[-1])  # whose clients answer, and who is in a round
    return World(answers=made, rounds=drafts, cookie=cookie, feeds=tuple(
        feeds.subscribe(assistant_id=one, label="Phone", user_id=None, now=now)[1] for one in watched))


def answer(site: Site, token: str, deed: str) -> Callable[[], None]:
    """Open the page, tap a button, and tap it again until there is an answer."""
    def act() -> None:
        form, status = {"revision": "0"}, 409
        while status == 409:  # for another client of the same assistant was faster: choose again
            if deed == "times":
                _, page = site.insist(f"/a/{token}/times")
                form["start"] = re.findall(r'name="start" value="([^"]+)"', page)[0]
            status = site.insist(f"/a/{token}/{deed}", form=form)[0]
            assert status == 303 or (status, deed) == (409, "times")
    return act


def publish(app: Flask, site: Site, cookie: str, round_id: int) -> Callable[[], None]:
    """Look, press the button, and where there is no answer look again."""
    def act() -> None:
        while True:
            status, page = site.insist(f"/rounds/{round_id}/publish", cookie=cookie)
            assert status == 200
            shown = dict(re.findall(r'name="(plan|seal)" value="([^"]+)"', page))
            if not shown:
                return  # it has ended: the press that got no answer did it
            form = {**shown, "csrf_token": csrf_token(app, cookie)}
            if site.ask(f"/rounds/{round_id}/publish", form=form, cookie=cookie)[0] == 303:
                return
    return act


def poll(site: Site, token: str, seen: dict[tuple[str, str], str]) -> Callable[[], None]:
    """Fetch a calendar: it is whole, and one ETag stands for one content."""
    def act() -> None:
        status, etag, body = site.ask(f"/calendars/{token}.ics")
        if status == 0:
            return
        assert (status, body[:15], body[-15:]) == (200, "BEGIN:VCALENDAR", "END:VCALENDAR\r\n")
        assert seen.setdefault((token, etag), body) == body
    return act


def hold_to_account(world: World) -> None:
    """At any moment: what belongs together is there together."""
    db.session.rollback()
    db.session.expire_all()
    booked = Counter(db.session.scalars(select(Appointment.round_id)))
    published = {row.id for row in db.session.scalars(select(Round).where(Round.state == "published"))}
    assert {one: booked[one] for one in world.rounds} == {
        one: IN_A_ROUND * (one in published) for one in world.rounds}
    deeds = Counter(db.session.scalars(select(AuditEntry.action)))
    assert deeds["round.published"] == len(published & set(world.rounds))
    off = dict(db.session.execute(select(Appointment.id, Appointment.cancel_reason).where(
        Appointment.state == "cancelled")).all())
    for kind in ("declined", "another-time"):
        told = [one or 0 for one in db.session.scalars(
            select(Notice.appointment_id).where(Notice.kind == kind))]
        assert sorted(told) == sorted(one for one, reason in off.items() if reason == kind)
        assert deeds[f"appointment.{kind}"] == len(told)
    mails = Counter((one, kind) for one, kind in db.session.execute(
        select(Message.appointment_id, Message.kind)))
    assert set(mails.values()) <= {1}
    assert {one for one, kind in mails if kind == "cancellation"} == set(off)
    assert db.session.scalar(select(func.count(DatedHours.id))) == len(off)
    asked = db.session.scalar(select(func.count(Notice.id)).where(Notice.kind == "asks-for"))
    assert asked == deeds["appointment.asks-for-time"]
    confirmed = db.session.scalar(select(func.count(Appointment.id)).where(Appointment.state == "confirmed"))
    assert confirmed == deeds["appointment.confirmed"]


def all_is_done(world: World) -> None:
    """In the end: each answer counts, once, and each round is published, once."""
    hold_to_account(world)
    for one, (_, deed) in world.answers.items():
        appointment = db.session.get_one(Appointment, one)
        assert (appointment.state, appointment.cancel_reason, appointment.sequence) == {
            "confirm": ("confirmed", "", 0), "decline": ("cancelled", "declined", 1),
            "another-time": ("cancelled", "another-time", 1), "times": ("invited", "", 0)}[deed]
        assert db.session.scalars(select(AuditEntry.action).where(
            AuditEntry.subject == f"appointment:{one}")).all() == [DONE[deed]]
    assert set(db.session.scalars(select(Round.state).where(Round.id.in_(world.rounds)))) == {"published"}
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def kill_again_and_again(app: Flask, environment: dict[str, str], *, answers: int, rounds: int,
                         most: int, seed: int) -> int:
    world = build(answers=answers, rounds=rounds)
    nursery = Nursery(environment, SERVER)
    try:
        site, seen = Site(int(nursery.ask("port"))), dict[tuple[str, str], str]()
        deeds = [answer(site, token, deed) for token, deed in world.answers.values()]
        every = max(1, len(deeds) // rounds)
        for number, round_id in enumerate(world.rounds):
            deeds.insert(number * (every + 1), publish(app, site, world.cookie, round_id))
        people = People(deeds, [poll(site, token, seen) for token in world.feeds])
        kills = batter(nursery, site, people, most=most, seed=seed, after_each=lambda: hold_to_account(world))
        shown = [site.insist(f"/calendars/{token}.ics")[1] for token in world.feeds]
    finally:
        nursery.close()
    all_is_done(world)
    with transaction() as session:
        session.execute(delete(FeedRendering))
    use_office(1)
    anew = [feeds.fetch(token, user_agent="", now=datetime.now(UTC), holds=lambda _etag: False)
            for token in world.feeds]
    assert [body.encode() for body in shown] == [one and one.body for one in anew]
    return kills


def test_a_web_server_killed_at_random_moments_loses_nothing_and_does_nothing_by_halves(
        living: Flask, environment: dict[str, str]) -> None:
    assert kill_again_and_again(living, environment, answers=8, rounds=1, most=5, seed=3) == 5


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_web_servers_killed_two_hundred_times_lose_nothing(
        living: Flask, environment: dict[str, str]) -> None:
    # Three or four answers come between two kills: enough are left after the last one.
    assert kill_again_and_again(living, environment, answers=960, rounds=24, most=200, seed=4) == 200
