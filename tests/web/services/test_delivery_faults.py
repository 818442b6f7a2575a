"""The outbox meets a mail server that is wrong: it refuses, hangs, dawdles or is away."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.web.conftest import NOW
from tests.web.services.delivering import (
    HOUR,
    Post,
    dawdle,
    invite,
    notices,
    post,
    rows,
    send_again,
    server,
    states,
)
from tests.web.smtp import Fault, MailServer
from web.models import db
from web.services import delivery
from web.services.smtp import Courier

__all__ = ["post", "server"]  # fixtures


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
def test_d2_a_refused_mail_is_not_tried_again_and_the_office_sees_it_at_once(
        server: MailServer, post: Post, stage: str) -> None:
    server.faults.append(Fault(stage, "550 no such user"))
    invite()
    invite(email="other@example.org")
    post.deliver()
    post.later(HOUR)
    assert [row.state for row in rows()] == ["refused" if stage == "RCPT" else "failed", "sent"]
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


def test_a_connection_lost_within_data_leaves_no_doubt(server: MailServer, post: Post) -> None:
    server.faults.append(Fault("lost within DATA"))
    invite()
    post.deliver()
    # The operating system may take the last octets before it learns that nobody reads them; then there
    # is a doubt, and the mail goes again just the same.
    assert [row.state for row in rows()] == ["queued"]
    post.later(timedelta(minutes=2))
    assert (states(), len(server.received)) == ([("invitation", "sent")], 1)


def test_delays_grow_from_a_minute_to_an_hour_and_differ_between_mails() -> None:
    delays = [delivery.delay_after(attempts, seed="a") for attempts in range(1, 12)]
    assert delays == sorted(delays)
    assert timedelta(minutes=1) <= delays[0] <= timedelta(seconds=75)
    assert delays[-1] == timedelta(hours=1)
    assert len({delivery.delay_after(1, seed=str(number)) for number in range(20)}) > 10


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
    assert states() == [("invitation", "refused"), ("invitation", "sent")]
    assert [mail.recipient for mail in server.received] == ["zahra@example.org"]


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
