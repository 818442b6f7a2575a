"""Mails whose delivery is in doubt, and workers that die or lose their lease."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.web.conftest import NOW
from tests.web.services.delivering import (
    HOUR,
    START,
    Interrupted,
    Post,
    cancel,
    dawdle,
    invite,
    message_ids,
    move,
    notices,
    post,
    rows,
    server,
    states,
)
from tests.web.smtp import Fault, MailServer
from web.services import delivery
from web.services.smtp import Courier

__all__ = ["post", "server"]  # fixtures


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


@pytest.mark.parametrize("fault", [
    Fault("lost after it is kept"), Fault("silent after it is kept", seconds=1.5)])
def test_d3_an_invitation_in_doubt_goes_again_with_the_same_message_id(
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


def test_d4_a_cancellation_goes_although_the_invitation_is_in_doubt(server: MailServer, post: Post) -> None:
    server.faults.append(Fault("lost after it is kept"))
    appointment = invite()
    post.deliver()
    cancel(appointment)
    post.later(timedelta(minutes=2))
    assert states() == [("invitation", "superseded"), ("cancellation", "sent")]
    assert [mail.message["Subject"].split(":")[0] for mail in server.received] == ["Invitation", "Cancelled"]


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
