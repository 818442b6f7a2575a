"""The provider's limits, the watch over mails that wait, and the switch that stops them."""
from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.web.builders import make_assistant
from tests.web.conftest import NOW
from tests.web.services.delivering import (
    HOUR,
    START,
    Post,
    cancel,
    invite,
    notices,
    post,
    rows,
    server,
    states,
)
from tests.web.smtp import Fault, MailServer
from web.models import Message, Notice, Office, db
from web.services import claims, notes, outbox, sign_in_links, stop_switch
from web.services.smtp import Courier
from web.services.transactions import transaction

pytestmark = pytest.mark.both_databases

__all__ = ["post", "server"]  # fixtures


def test_no_more_mails_leave_in_a_minute_than_the_provider_allows(
        app: Flask, server: MailServer, post: Post) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_per_minute=3)
    for number in range(5):
        invite(email=f"client-{number}@example.org")
    post.deliver()
    post.later(timedelta(seconds=59))
    assert len(server.received) == 3
    post.later(timedelta(seconds=1))
    assert len(server.received) == 5


@pytest.mark.parametrize(("limit", "span"), [
    ("mail_per_minute", timedelta(minutes=1)), ("mail_per_hour", HOUR), ("mail_per_day", 24 * HOUR)])
def test_each_limit_of_the_provider_is_kept_by_several_workers_and_after_a_restart(
        app: Flask, server: MailServer, post: Post, limit: str, span: timedelta) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **{"mail_per_minute": 0, limit: 3})
    for number in range(5):
        invite(email=f"client-{number}@example.org")
    counts = []
    for moment in (NOW, NOW + span - timedelta(seconds=1), NOW + span):
        for name in ("worker-1", "worker-2"):
            worker = Post(app, name)
            worker.now = moment
            worker.deliver()
        counts.append(len(server.received))
    assert counts == [3, 3, 5]


def test_a_mail_that_the_server_may_have_taken_counts_for_its_limits(
        app: Flask, server: MailServer, post: Post) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_per_minute=2)
    server.faults.extend([Fault("lost after it is kept"), Fault("DATA", "550 no")])
    for number in range(3):
        invite(email=f"client-{number}@example.org")
    post.deliver()
    assert [row.state for row in rows()] == ["queued", "failed", "queued"]
    assert [row.attempts for row in rows()] == [1, 1, 0]


def test_news_go_before_reminders_where_the_limit_leaves_room_for_one(
        app: Flask, server: MailServer, post: Post) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_per_minute=1)
    with transaction() as session:
        reminded = invite()
        session.execute(update(Message).values(state="sent", sent_at=NOW))
        outbox.write_reminder(session, reminded, hours=24, now=NOW)
    invite(email="other@example.org")
    post.deliver()
    assert states() == [("invitation", "sent"), ("reminder", "queued"), ("invitation", "sent")]


def test_mails_that_wait_too_long_are_noticed_once(server: MailServer, post: Post) -> None:
    invite()
    for minutes in (14, 16, 17):
        with transaction() as session:
            claims.note_overdue(session, now=NOW + timedelta(minutes=minutes))
    assert notices() == ["mail-delayed"]


def watch(now: datetime) -> None:
    with transaction() as session:
        claims.note_overdue(session, now=now)


def test_d6_a_client_who_has_not_heard_of_an_appointment_tomorrow_is_to_be_telephoned(
        server: MailServer, post: Post) -> None:
    near, _far = invite(starts_at=NOW + 24 * HOUR), invite(email="other@example.org")
    server.faults.extend([Fault("RCPT", "451 later")] * 2)
    post.deliver()
    for _ in range(2):
        watch(NOW + timedelta(minutes=16))
    db.session.expire_all()
    found = [(row.kind, row.appointment_id) for row in db.session.scalars(
        select(Notice).where(Notice.assistant_id.is_(None)).order_by(Notice.id))]
    assert found == [("mail-delayed", None), ("mail-at-risk", near.id)]
    post.later(timedelta(minutes=17))
    watch(post.now)
    assert notices() == []  # both have left meanwhile: nobody needs to call


def test_the_stop_switch_holds_every_mail_back_until_it_is_taken_back(
        server: MailServer, post: Post, office: Office) -> None:
    invite()
    stop_switch.stop(office=office, user_id=1, now=NOW)
    later = invite(email="other@example.org")
    for _ in range(3):
        post.later(HOUR)
    assert ([row.state for row in rows()], server.received) == (["queued"] * 2, [])
    cancel(later, now=post.now)
    stop_switch.let_go(office=office, user_id=1, now=post.now)
    post.deliver()
    assert states() == [("invitation", "sent"), ("invitation", "superseded")]


def test_the_stop_switch_stops_a_mail_that_is_on_its_way(
        app: Flask, server: MailServer, post: Post, office: Office) -> None:
    invite()

    class Slow(Courier):
        def deliver(self, mail: Any, *, before_the_dot: Any) -> str:
            stop_switch.stop(office=office, user_id=1, now=NOW)
            return super().deliver(mail, before_the_dot=before_the_dot)
    post.courier = Slow(post.courier._settings)
    post.deliver()
    assert (states(), server.received) == ([("invitation", "queued")], [])


def test_what_became_too_late_while_mails_were_stopped_is_not_sent_and_shown(
        server: MailServer, post: Post, office: Office) -> None:
    invite()
    stop_switch.stop(office=office, user_id=1, now=NOW)
    post.now = START
    post.deliver()
    stop_switch.let_go(office=office, user_id=1, now=post.now)
    post.later(HOUR)
    assert (states(), notices(), server.received) == ([("invitation", "too-late")], ["mail-too-late"], [])


def test_the_stop_switch_lets_sign_in_links_and_notes_to_coordinators_go(
        server: MailServer, post: Post, office: Office) -> None:
    appointment = invite()
    assistant = make_assistant(email="nadia@example.org")
    db.session.commit()
    stop_switch.stop(office=office, user_id=1, now=NOW)
    sign_in_links.send(assistant_id=assistant.id, user_id=1, now=NOW)
    with transaction() as session:
        notice = Notice(kind="wrote", client_id=appointment.client_id, appointment_id=appointment.id,
                        details={"words": "When?"}, created_at=NOW)
        session.add(notice)
        session.flush()
        notes.write_notes(session, notice, appointment, now=NOW)
    post.deliver()
    assert sorted(states()) == [("invitation", "queued"), ("note", "sent"), ("sign-in", "sent")]
    assert sorted(mail.recipient for mail in server.received) == ["mira@example.org", "nadia@example.org"]
