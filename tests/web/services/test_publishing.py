"""What publishing does: appointments, mails and an audit entry."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.web.a_round import MONDAY, World, away, weekly
from tests.web.conftest import NOW
from web.models import (
    Appointment,
    AuditEntry,
    Base,
    Message,
    Notice,
    Round,
    db,
)
from web.services import rounds
from web.services.publishing import preview, publish

LATER = NOW + timedelta(hours=1)
RACES = 12  # looking first and acting then would publish twice in nine of ten


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def live(world: World) -> list[tuple[str, str, str]]:
    db.session.expire_all()
    rows = db.session.scalars(select(Appointment).where(Appointment.state != "cancelled"))
    return [(row.client.code, row.assistant.code, row.starts_at.isoformat())
            for row in sorted(rows, key=lambda row: (row.starts_at, row.client.code))]


def mails() -> list[tuple[str, str]]:
    return [(row.kind, row.recipient) for row in
            db.session.scalars(select(Message).where(Message.state == "queued").order_by(Message.id))]


def dump() -> dict[str, list[Any]]:
    """Every row of every table."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {table.name: [tuple(row) for row in connection.execute(table.select())]
                for table in Base.metadata.sorted_tables}


def test_a_plan_becomes_appointments_mails_and_an_audit_entry(world: World) -> None:
    client, assistant = world.client(weekly_hours=[weekly("10:00", "11:00", ["tue"])]), world.assistant()
    version = world.planned()
    publish(world.round.id, version.id, user=world.user, now=LATER)
    assert live(world) == [("C1", "A1", "2026-12-01T09:00:00+00:00")]
    assert mails() == [("invitation", "c1@example.org")]
    appointment = db.session.scalars(select(Appointment)).one()
    assert (appointment.place_id, appointment.round_id) == (world.place.id, world.round.id)
    assert (world.round.state, world.round.ended_at, world.round.ended_by_id) == ("published", LATER, 1)
    assert client.previous_assistant_id == assistant.id
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "round.published")).one()
    assert (entry.user_id, entry.subject, entry.details) == (
        1, f"round:{world.round.id}", {"plan": version.id, "book": 1, "revise": 0, "cancel": 0, "stands": 0})


def test_the_preview_says_what_will_be_sent_and_whom_to_phone(world: World) -> None:
    world.assistant()
    world.client("C1", mail_language="ar")
    world.client("C2", mail_language="ar")
    world.client("C3", mail_language="sr")
    world.client("C4", email="", phone="+381 60 000 000")
    version = world.planned()
    shown = preview(world.round, version, now=LATER)
    assert (shown.count("book"), shown.mails, shown.stale) == (4, {"ar": 2, "sr": 1}, ())
    assert [client.code for client in shown.to_phone] == ["C4"]
    publish(world.round.id, version.id, user=world.user, now=LATER, seal=shown.seal)
    assert [(notice.kind, notice.client_id) for notice in db.session.scalars(
        select(Notice).where(Notice.kind == "no-address"))] == [("no-address", shown.to_phone[0].id)]


def test_appointments_without_a_place_are_counted_before_they_are_announced(world: World) -> None:
    world.place.active = False
    world.assistant()
    world.client("C1", needs=2)
    version = world.planned()
    assert preview(world.round, version, now=LATER).without_place == 2
    world.place.active = True
    db.session.commit()
    assert preview(world.round, version, now=LATER).stale != ()
    assert preview(world.round, world.planned(), now=LATER).without_place == 0


def published(world: World) -> None:
    publish(world.round.id, world.planned().id, user=world.user, now=LATER)
    db.session.execute(text("UPDATE messages SET state = 'sent'"))
    db.session.commit()


def again(world: World, **fields: Any) -> Round:
    world.round = rounds.repair(world.round.id, user=world.user, now=LATER)
    for name, value in fields.items():
        setattr(world.round, name, value)
    return world.round


def test_what_is_unchanged_sends_nothing(world: World) -> None:
    world.client()
    world.assistant()
    published(world)
    before, uid = live(world), db.session.scalars(select(Appointment.uid)).one()
    again(world)
    done = publish(world.round.id, world.planned(LATER).id, user=world.user, now=LATER)
    assert (live(world), db.session.scalars(select(Appointment.uid)).one()) == (before, uid)
    assert (mails(), done.count("stands")) == ([], 1)
    assert db.session.scalars(select(Appointment.round_id)).one() == world.round.id


def test_s6_a_move_keeps_the_uid_and_sends_an_update(world: World) -> None:
    client = world.client()
    world.assistant()
    published(world)
    uid = db.session.scalars(select(Appointment.uid)).one()
    client.dated_hours = [away(MONDAY)]
    again(world)
    publish(world.round.id, world.planned(LATER).id, user=world.user, now=LATER)
    appointment = db.session.scalars(select(Appointment)).one()
    assert (appointment.uid, appointment.sequence, appointment.state) == (uid, 1, "invited")
    assert live(world) == [("C1", "A1", "2026-12-01T08:00:00+00:00")]
    assert mails() == [("update", "c1@example.org")]


def test_what_falls_out_is_cancelled_as_replanned(world: World) -> None:
    world.client(gender_wish="require-male")
    assistant = world.assistant(gender="male")
    published(world)
    assistant.gender = "female"
    again(world)
    done = publish(world.round.id, world.planned(LATER).id, user=world.user, now=LATER)
    appointment = db.session.scalars(select(Appointment)).one()
    assert (appointment.state, appointment.cancel_reason) == ("cancelled", "replanned")
    assert done.count("cancel") == 1
    assert mails() == [("cancellation", "c1@example.org")]


def test_a_repair_moves_only_what_must_move(world: World) -> None:
    world.assistant("A1")
    world.assistant("A2")
    clients = [world.client(f"C{n}") for n in range(6)]
    published(world)
    before = live(world)
    declined = db.session.scalars(select(Appointment).where(Appointment.client_id == clients[0].id)).one()
    declined.state, declined.cancel_reason = "cancelled", "declined"
    clients[0].dated_hours.append(away(MONDAY))
    others = [row for row in before if row[0] != "C0"]
    again(world)
    publish(world.round.id, world.planned(LATER).id, user=world.user, now=LATER)
    assert [row for row in live(world) if row[0] != "C0"] == others
    assert [row[0] for row in live(world)].count("C0") == 1
    assert mails() == [("invitation", "c0@example.org")]


def test_a_repair_brings_no_pair_together_that_was_ruled_out(world: World) -> None:
    client, other = world.client(), world.client("C2")
    banned, left_out = world.assistant("A1"), world.assistant("A2")
    rounds.ban(world.round.id, client="C1", assistant="A1")
    rounds.take_out(world.round.id, assistant="A2")
    published(world)
    assert [row[:2] for row in live(world)] == [("C2", "A1")]
    again(world)
    assert [(ban.client_id, ban.assistant_id) for ban in world.round.bans] == [(client.id, banned.id)]
    assert world.round.excluded_assistants == [left_out.code]
    publish(world.round.id, world.planned(LATER).id, user=world.user, now=LATER)
    assert [row[:2] for row in live(world)] == [(other.code, banned.code)]


@pytest.mark.both_databases
def test_an_appointment_that_left_its_place_to_another_is_moved_first(world: World) -> None:
    early = [weekly("09:00", "10:00", ["mon"])]
    one, two = world.client("C1"), world.client("C2", weekly_hours=[weekly("10:00", "11:00", ["mon"])])
    world.assistant(weekly_hours=[weekly("09:00", "11:00", ["mon"])])
    published(world)
    one.weekly_hours, two.weekly_hours = [weekly("10:00", "11:00", ["mon"])], early
    again(world)
    publish(world.round.id, world.planned(LATER).id, user=world.user, now=LATER)
    assert [row[0] for row in live(world)] == ["C2", "C1"]
