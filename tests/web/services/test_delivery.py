"""The outbox meets a mail server that is real, and sometimes wrong."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from tests.web.smtp import Fault, MailServer, mail_server
from web.models import Appointment, Message, Notice, Office, db
from web.services import appointments, claims, delivery, outbox, stop_switch
from web.services.smtp import Courier
from web.services.transactions import transaction

START = NOW + timedelta(days=7)
HOUR = timedelta(hours=1)


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    with mail_server() as running:
        app.config["SETTINGS"] = replace(
            app.config["SETTINGS"], mail_host="127.0.0.1", mail_port=running.port, mail_security="none",
            mail_timeout_seconds=1)
        yield running


class Post:
    """A worker that delivers when told to, on a clock that tests move."""

    def __init__(self, app: Flask, name: str = "worker-1") -> None:
        self.now = NOW
        self.name = name
        self.courier = Courier(app.config["SETTINGS"])

    def deliver(self) -> None:
        while delivery.deliver_next(courier=self.courier, worker=self.name, clock=lambda: self.now):
            pass
        self.courier.quit()

    def later(self, span: timedelta) -> None:
        self.now += span
        self.deliver()


@pytest.fixture
def post(app: Flask, server: MailServer) -> Post:
    return Post(app)


def invite(*, email: str = "zahra@example.org", starts_at: datetime = START) -> Appointment:
    # The assistant without an address: what they are told is the matter of test_assistant_news.py.
    with transaction() as session:
        return appointments.book(
            session, round=make_round(), need=make_need(make_client(email=email)),
            assistant=make_assistant(email=""), place=make_place(), starts_at=starts_at,
            ends_at=starts_at + HOUR, now=NOW)


def move(appointment: Appointment, *, by: timedelta, now: datetime = NOW) -> None:
    with transaction() as session:
        appointments.revise(
            session, appointment, round=make_round(), assistant=appointment.assistant,
            place=appointment.place, starts_at=appointment.starts_at + by, ends_at=appointment.ends_at + by,
            now=now)


def cancel(appointment: Appointment, *, now: datetime = NOW) -> None:
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=now)


def rows() -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def states() -> list[tuple[str, str]]:
    return [(message.kind, message.state) for message in rows()]


def notices() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(
        select(Notice.kind).where(Notice.assistant_id.is_(None)).order_by(Notice.id)))


def message_ids(server: MailServer) -> list[str]:
    return [mail.message["Message-ID"] for mail in server.received]


def test_an_invitation_reaches_its_client_once(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    post.later(HOUR)
    assert [(mail.sender, mail.recipient) for mail in server.received] == [
        ("appointments@example.org", "zahra@example.org")]
    (row,) = rows()
    assert (row.state, row.sent_at, row.attempts, row.last_answer) == ("sent", NOW, 1, "250 kept")
    assert message_ids(server) == [row.message_id]
    assert appointment.state == "invited"


def test_a_move_before_the_invitation_left_makes_one_invitation_to_the_new_time(
        server: MailServer, post: Post) -> None:
    move(invite(), by=HOUR)
    post.deliver()
    assert states() == [("invitation", "superseded"), ("invitation", "sent")]
    assert [mail.message["Subject"] for mail in server.received] == [
        "Invitation: appointment on Monday, 30 November 2026, 11:00"]


def test_an_appointment_cancelled_before_its_invitation_left_is_never_heard_of(
        server: MailServer, post: Post) -> None:
    cancel(invite())
    post.deliver()
    assert states() == [("invitation", "superseded")]
    assert server.received == []


def test_two_moves_in_a_row_make_one_update_from_what_the_client_was_told(
        server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    move(appointment, by=HOUR)
    move(appointment, by=HOUR)
    post.deliver()
    assert states() == [("invitation", "sent"), ("update", "superseded"), ("update", "sent")]
    text = server.received[1].message.get_body(("plain",))
    assert text is not None
    assert [line for line in text.get_content().splitlines() if "time:" in line or "valid:" in line] == [
        "Old time, no longer valid: Monday, 30 November 2026, from 10:00 to 11:00",
        "New time: Monday, 30 November 2026, from 12:00 to 13:00",
    ]


def test_a_move_that_is_undone_before_anybody_heard_of_it_sends_nothing(
        server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    move(appointment, by=HOUR)
    move(appointment, by=-HOUR)
    post.deliver()
    assert states() == [("invitation", "sent"), ("update", "superseded")]
    assert appointment.sequence == 2


def test_a_cancellation_speaks_of_the_time_that_the_client_knows(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    move(appointment, by=HOUR)
    cancel(appointment)
    post.deliver()
    assert states() == [("invitation", "sent"), ("update", "superseded"), ("cancellation", "sent")]
    assert server.received[1].message["Subject"] == (
        "Cancelled: appointment on Monday, 30 November 2026, 10:00")
    assert server.received[1].message["References"] == message_ids(server)[0]


def test_a_client_without_an_address_gets_no_mail_and_the_office_is_told(
        server: MailServer, post: Post) -> None:
    appointment = invite(email="")
    assert (states(), notices()) == ([], ["no-address"])
    cancel(appointment)
    assert (states(), notices()) == ([], [])  # nobody had called yet


def test_nothing_is_sent_about_an_appointment_that_has_begun(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    cancel(appointment, now=START)
    assert states() == [("invitation", "sent")]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["421 closing", "450 try later", "451 greylisted", "452 full"])
def test_a_server_that_cannot_now_is_asked_again_later(
        server: MailServer, post: Post, stage: str, answer: str) -> None:
    server.faults.append(Fault(stage, answer))
    invite()
    post.deliver()
    (row,) = rows()
    assert (row.state, row.last_answer, row.in_doubt) == ("queued", answer, False)
    assert timedelta(minutes=1) <= row.next_attempt_at - NOW <= timedelta(seconds=75)
    post.later(timedelta(seconds=59))
    assert server.received == []
    post.later(timedelta(seconds=20))
    assert (states(), len(server.received)) == ([("invitation", "sent")], 1)
    assert notices() == []


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_a_refused_mail_is_not_tried_again_and_the_office_sees_it_at_once(
        server: MailServer, post: Post, stage: str) -> None:
    server.faults.append(Fault(stage, "550 no such user"))
    invite()
    invite(email="other@example.org")
    post.deliver()
    post.later(HOUR)
    assert [row.state for row in rows()] == ["failed", "sent"]
    assert (rows()[0].attempts, rows()[0].last_answer) == (1, "550 no such user")
    assert notices() == ["mail-failed"]
    assert [mail.recipient for mail in server.received] == ["other@example.org"]


def test_a_server_that_refuses_us_stops_the_queue_and_not_three_hundred_mails(
        server: MailServer, post: Post) -> None:
    server.faults.append(Fault("MAIL", "550 you may not send"))
    for number in range(5):
        invite(email=f"client-{number}@example.org")
    post.deliver()
    assert [(row.state, row.attempts) for row in rows()] == [("queued", 1)] + [("queued", 0)] * 4
    assert notices() == ["mail-paused"]
    post.later(timedelta(minutes=9))
    assert server.received == []
    post.later(timedelta(minutes=1))
    assert len(server.received) == 5


@pytest.mark.parametrize(("stage", "answer"), [
    ("EHLO", "554 not you"), ("AUTH", "535 wrong password"), ("MAIL", "530 sign in first")])
def test_d2_a_fault_of_the_configuration_stops_the_queue_with_one_word(
        app: Flask, server: MailServer, post: Post, stage: str, answer: str) -> None:
    post.courier = Courier(replace(app.config["SETTINGS"], mail_user="saputnik", smtp_password="wrong"))
    for number in range(5):
        invite(email=f"client-{number}@example.org")
    for _ in range(3):
        server.faults.extend([Fault(stage, answer)] * 2)  # the second way of the same step is refused, too
        post.deliver()
        server.faults.clear()
        post.now += timedelta(minutes=10)
    assert [row.attempts for row in rows()] == [3, 0, 0, 0, 0]
    assert (notices(), server.received) == (["mail-paused"], [])
    post.deliver()
    assert ([row.state for row in rows()], notices()) == (["sent"] * 5, [])  # and nothing is left to do


def test_a_server_that_is_away_is_asked_once_a_minute_and_not_for_each_mail(app: Flask, post: Post) -> None:
    settings = app.config["SETTINGS"]
    post.courier = Courier(replace(settings, mail_port=1))  # nobody listens there
    for number in range(3):
        invite(email=f"client-{number}@example.org")
    post.deliver()
    assert [(row.state, row.attempts) for row in rows()] == [("queued", 1), ("queued", 0), ("queued", 0)]
    assert notices() == ["mail-unreachable"]
    post.courier = Courier(settings)
    post.later(timedelta(seconds=75))
    assert [row.state for row in rows()] == ["sent"] * 3
    assert notices() == []


def test_without_the_encryption_that_was_asked_for_nothing_is_sent(
        app: Flask, server: MailServer, post: Post) -> None:
    post.courier = Courier(replace(app.config["SETTINGS"], mail_security="starttls"))
    invite()
    post.deliver()
    assert (states(), notices(), server.received) == ([("invitation", "queued")], ["mail-paused"], [])


def test_d2_a_server_that_hangs_after_data_is_asked_again(server: MailServer, post: Post) -> None:
    server.faults.append(Fault("silent after DATA", seconds=1.5))
    invite()
    post.deliver()
    (row,) = rows()
    assert (row.state, row.in_doubt, row.last_answer) == (
        "queued", False, "Connection unexpectedly closed: timed out")
    post.later(timedelta(minutes=2))
    assert (states(), len(server.received)) == ([("invitation", "sent")], 1)


def dawdle(app: Flask, post: Post) -> None:
    # No octet comes too late for a socket's timeout, and yet the answer would take seven seconds.
    post.courier = Courier(replace(app.config["SETTINGS"], mail_timeout_seconds=0.3))


def test_d2_a_server_that_speaks_octet_by_octet_holds_no_mail_up_for_ever(
        app: Flask, server: MailServer, post: Post) -> None:
    dawdle(app, post)
    server.slow = 0.1
    invite()
    post.deliver()
    assert [(row.state, row.in_doubt) for row in rows()] == [("queued", False)]
    assert notices() == ["mail-unreachable"]
    server.slow = None
    post.later(timedelta(minutes=2))
    assert (states(), len(server.received), notices()) == ([("invitation", "sent")], 1, [])


def test_d3_an_answer_that_comes_octet_by_octet_leaves_a_doubt(
        app: Flask, server: MailServer, post: Post) -> None:
    dawdle(app, post)
    server.faults.append(Fault("slow after it is kept", seconds=0.1))
    invite()
    post.deliver()
    assert [(row.state, row.in_doubt) for row in rows()] == [("queued", True)]
    server.slow = None
    post.later(timedelta(minutes=2))
    assert (states(), message_ids(server)) == ([("invitation", "sent")], [rows()[0].message_id] * 2)


def test_a_connection_lost_within_data_leaves_no_doubt(server: MailServer, post: Post) -> None:
    server.faults.append(Fault("lost within DATA"))
    invite()
    post.deliver()
    # The operating system may take the last octets before it learns that nobody reads them; then there
    # is a doubt, and the mail goes again just the same.
    assert [row.state for row in rows()] == ["queued"]
    post.later(timedelta(minutes=2))
    assert (states(), len(server.received)) == ([("invitation", "sent")], 1)


@pytest.mark.parametrize("fault", [
    Fault("lost after it is kept"), Fault("silent after it is kept", seconds=1.5)])
def test_an_invitation_in_doubt_goes_again_with_the_same_message_id(
        server: MailServer, post: Post, fault: Fault) -> None:
    server.faults.append(fault)
    invite()
    post.deliver()
    (row,) = rows()
    assert (row.state, row.in_doubt) == ("queued", True)
    post.later(timedelta(minutes=2))
    assert states() == [("invitation", "sent")]
    assert message_ids(server) == [row.message_id] * 2
    assert server.received[0].octets == server.received[1].octets


def test_a_cancellation_goes_although_the_invitation_is_in_doubt(server: MailServer, post: Post) -> None:
    server.faults.append(Fault("lost after it is kept"))
    appointment = invite()
    post.deliver()
    cancel(appointment)
    post.later(timedelta(minutes=2))
    assert states() == [("invitation", "superseded"), ("cancellation", "sent")]
    assert [mail.message["Subject"].split(":")[0] for mail in server.received] == ["Invitation", "Cancelled"]


def test_a_mail_that_cannot_leave_before_the_appointment_is_too_late_and_shown(
        server: MailServer, post: Post) -> None:
    invite(starts_at=NOW + timedelta(minutes=90))
    while post.now < NOW + timedelta(hours=2):
        server.faults.clear()
        server.faults.append(Fault("RCPT", "450 try later"))
        post.later(timedelta(minutes=1))
    (row,) = rows()
    assert (row.state, row.attempts) == ("too-late", 7)  # at once, and 1, 2, 4, 8, 16, 32 minutes later
    assert notices() == ["mail-too-late"]
    assert server.received == []


def test_delays_grow_from_a_minute_to_an_hour_and_differ_between_mails() -> None:
    delays = [delivery.delay_after(attempts, seed="a") for attempts in range(1, 12)]
    assert delays == sorted(delays)
    assert timedelta(minutes=1) <= delays[0] <= timedelta(seconds=75)
    assert delays[-1] == timedelta(hours=1)
    assert len({delivery.delay_after(1, seed=str(number)) for number in range(20)}) > 10


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


def test_a_row_that_cannot_be_written_stops_no_other(server: MailServer, post: Post) -> None:
    invite(email="two@example.org, three@example.org")
    invite()
    post.deliver()
    assert [row.state for row in rows()] == ["failed", "sent"]
    assert notices() == ["mail-failed"]
    assert [mail.recipient for mail in server.received] == ["zahra@example.org"]


@pytest.mark.parametrize("injected", [
    "a@example.org\r\nBcc: spy@example.org", "a@example.org\nRCPT TO:<spy@b>", "a@example.org> <spy@b"])
def test_an_address_cannot_bring_headers_or_commands(server: MailServer, post: Post, injected: str) -> None:
    invite(email=injected)
    post.deliver()
    assert ([row.state for row in rows()], server.received) == (["failed"], [])


def send_again(message: Message, *, email: str = "") -> bool:
    with transaction() as session:
        if email:
            message.appointment.client.email = email
            session.flush()
        return outbox.send_again(session, message, now=NOW)


def test_a_failed_mail_goes_again_when_the_office_says_so(server: MailServer, post: Post) -> None:
    server.faults.append(Fault("RCPT", "550 no such user"))
    invite()
    post.deliver()
    assert send_again(rows()[0]) is True
    post.deliver()
    assert (states(), len(server.received)) == ([("invitation", "sent")], 1)
    assert send_again(rows()[0]) is False  # it has arrived


def test_after_a_failure_the_corrected_address_gets_the_invitation(server: MailServer, post: Post) -> None:
    server.faults.append(Fault("RCPT", "550 no such user"))
    invite(email="zara@example.org")
    post.deliver()
    assert send_again(rows()[0], email="zahra@example.org") is True
    post.deliver()
    assert states() == [("invitation", "failed"), ("invitation", "sent")]
    assert [mail.recipient for mail in server.received] == ["zahra@example.org"]


class Interrupted(BaseException):
    """Stands for the end of a process, at a moment of the test's choosing."""


def test_a_mail_whose_worker_died_before_the_dot_goes_once(
        app: Flask, server: MailServer, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    invite()

    def dies(*args: object, **kwargs: object) -> bool:
        raise Interrupted
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_change", dies)
        with pytest.raises(Interrupted):
            post.deliver()
    assert states() == [("invitation", "claimed")]
    other = Post(app, "worker-2")
    other.later(timedelta(seconds=119))
    assert server.received == []
    other.later(timedelta(seconds=2))
    assert (states(), len(server.received)) == ([("invitation", "sent")], 1)
    assert rows()[0].in_doubt is False


def die_in_handover(post: Post) -> None:
    """Deliver one mail up to its final dot, and go no further."""
    class Dies(Courier):
        def _finish(self, smtp: Any) -> str:
            raise Interrupted
    post.courier = Dies(post.courier._settings)
    with pytest.raises(Interrupted):
        post.deliver()


def test_an_invitation_whose_worker_died_in_handover_goes_again(
        app: Flask, server: MailServer, post: Post) -> None:
    invite()
    die_in_handover(post)
    assert states() == [("invitation", "handover")]
    Post(app, "worker-2").later(timedelta(minutes=3))
    assert (states(), len(server.received)) == ([("invitation", "sent")], 1)
    assert rows()[0].in_doubt is True


def test_a_reminder_whose_worker_died_in_handover_is_shown_and_not_sent_again(
        app: Flask, server: MailServer, post: Post) -> None:
    from web.services import reminders

    invite()
    post.deliver()
    post.now = START - timedelta(hours=20)
    assert reminders.write_due(now=post.now) == 1
    die_in_handover(post)
    other = Post(app, "worker-2")
    other.now = post.now
    other.later(timedelta(minutes=3))
    assert states() == [("invitation", "sent"), ("reminder", "uncertain")]
    assert (notices(), len(server.received)) == (["mail-uncertain"], 1)


def test_a_worker_that_lost_its_lease_stops_before_the_dot(
        app: Flask, server: MailServer, post: Post) -> None:
    invite()
    other = Post(app, "worker-2")
    other.now = NOW + timedelta(minutes=3)

    class Sleepy(Courier):
        def deliver(self, mail: Any, *, before_the_dot: Any) -> str:
            other.deliver()  # while this one sleeps, its lease runs out and another takes over
            return super().deliver(mail, before_the_dot=before_the_dot)
    post.courier = Sleepy(post.courier._settings)
    post.deliver()
    assert (states(), len(server.received)) == ([("invitation", "sent")], 1)


def test_a_cancellation_stops_an_invitation_that_is_on_its_way(
        app: Flask, server: MailServer, post: Post) -> None:
    appointment = invite()

    class Slow(Courier):
        def deliver(self, mail: Any, *, before_the_dot: Any) -> str:
            cancel(appointment)
            return super().deliver(mail, before_the_dot=before_the_dot)
    post.courier = Slow(post.courier._settings)
    post.deliver()
    post.later(HOUR)
    assert (states(), server.received) == ([("invitation", "superseded")], [])


def test_an_update_waits_for_its_invitation_to_come_to_an_end(
        app: Flask, server: MailServer, post: Post) -> None:
    appointment = invite()
    die_in_handover(post)
    move(appointment, by=HOUR)
    other = Post(app, "worker-2")
    other.later(timedelta(minutes=1))
    assert states() == [("invitation", "handover"), ("update", "queued")]
    other.later(timedelta(minutes=2))
    assert states() == [("invitation", "superseded"), ("update", "sent")]


def test_no_transaction_is_open_while_the_mail_server_is_slow(
        app: Flask, server: MailServer, post: Post) -> None:
    invite()
    seen: list[bool] = []

    class Watched(Courier):
        def deliver(self, mail: Any, *, before_the_dot: Any) -> str:
            seen.append(db.session().in_transaction())
            return super().deliver(mail, before_the_dot=before_the_dot)
    post.courier = Watched(post.courier._settings)
    post.deliver()
    assert seen == [False]


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
