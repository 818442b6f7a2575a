"""Mailboxes whose providers take no passwords: a real provider, a real Dovecot and a real mail server."""
from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import Answer, google
from tests.web.browser import Browser
from tests.web.conftest import NOW
from tests.web.dovecot import USER, Dovecot, dovecot
from tests.web.oauth import Provider, provider
from tests.web.receiving import invite as invited
from tests.web.services.delivering import Post, invite, notices, states
from tests.web.services.test_incoming_mailbox import last, read
from tests.web.smtp import MailServer, mail_server
from web.models import MailGrant, Message, db
from web.services import oauth, tokens
from web.services.delivery import LONGEST_DELAY

REFUSED = "535 5.7.3 Authentication unsuccessful"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider() as here:
        yield here


@pytest.fixture
def google_like(running: Provider, app: Flask) -> Provider:
    """A provider at which somebody has signed in."""
    oauth._kept.clear()
    running.refresh, running.access, running.asked = {"refresh-secret"}, {}, []
    running.given = ["refresh-secret"]
    running.lasts, running.replaces = 3600, False
    running.next.clear()
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], oauth_token_url=f"{running.url}/token", oauth_client_id="saputnik",
        oauth_client_secret="client-secret", oauth_scope="mail", mail_user=USER, mail_sign_in="oauth",
        imap_user=USER, imap_sign_in="oauth", mail_timeout_seconds=2)
    oauth.keep(tokens.settings(), "refresh-secret", now=NOW)
    return running


@pytest.fixture(scope="module", params=["oauthbearer xoauth2", "xoauth2"])
def mechanisms(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def mailbox(running: Provider, mechanisms: str) -> Iterator[Dovecot]:
    with dovecot(whose=running.whose, mechanisms=mechanisms) as server:
        yield server


@pytest.fixture
def box(mailbox: Dovecot, google_like: Provider, app: Flask) -> Dovecot:
    """An empty mailbox, of which the application knows and to which it has no password."""
    mailbox.empty()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], imap_host="127.0.0.1", imap_port=mailbox.port,
                                     imap_security="none", imap_password="")
    return mailbox


@pytest.fixture
def server(google_like: Provider, app: Flask) -> Iterator[MailServer]:
    with mail_server() as running:
        running.tokens = google_like.access
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_host="127.0.0.1",
                                         mail_port=running.port, mail_security="none")
        yield running


@pytest.fixture
def post(app: Flask, server: MailServer) -> Post:
    return Post(app)


def refused_by_whom() -> tuple[str, str]:
    return last().fault, last().answer


def test_an_answer_is_read_from_a_mailbox_that_takes_no_password(box: Dovecot, google_like: Provider) -> None:
    appointment = invited()
    box.put(google(Answer(uid=appointment.uid)))
    assert (read(), refused_by_whom(), appointment.state) == (1, ("", ""), "confirmed")
    assert google_like.asked == [{"client_id": "saputnik", "client_secret": "client-secret",
                                  "grant_type": "refresh_token", "refresh_token": "refresh-secret"}]


def test_an_access_token_serves_until_shortly_before_its_end(box: Dovecot, google_like: Provider) -> None:
    for _ in range(3):
        read()
    assert (refused_by_whom(), len(google_like.asked)) == (("", ""), 1)
    google_like.lasts = oauth.MARGIN  # from now on each would end too soon
    oauth._kept.clear()
    for _ in range(3):
        read()
    assert (refused_by_whom(), len(google_like.asked)) == (("", ""), 4)


def test_a_token_that_ended_before_its_time_is_replaced_once(box: Dovecot, google_like: Provider) -> None:
    read()
    google_like.access.clear()
    read()
    assert (refused_by_whom(), len(google_like.asked)) == (("", ""), 2)


def test_a_sign_in_with_another_account_is_said_in_words(
        box: Dovecot, google_like: Provider, coordinator: Browser) -> None:
    google_like.next.extend([(200, google_like.tokens(account="somebody@example.org"))] * 2)
    assert read() == 0
    assert (last().fault, len(google_like.asked)) == ("no-access", 2)
    assert "somebody signed in with another account" in coordinator.get("/office").text


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "LOGIN PLAIN XOAUTH2 OAUTHBEARER"])
def test_mails_leave_through_a_server_that_takes_no_password(
        post: Post, server: MailServer, google_like: Provider, mechanism: str) -> None:
    server.mechanisms = mechanism
    invite()
    post.deliver()
    assert (states(), notices(), server.sign_ins) == (
        [("invitation", "sent")], [], [f"{mechanism.split()[-1]} {USER}"])
    google_like.access.clear()
    invite(email="other@example.org")
    post.deliver()
    assert [state for _kind, state in states()] == ["sent", "sent"]
    assert (len(google_like.asked), len(server.sign_ins)) == (2, 3)


def test_a_mail_server_that_refuses_every_token_is_asked_twice_and_not_for_ever(
        post: Post, server: MailServer, google_like: Provider) -> None:
    server.tokens = {}
    invite()
    post.deliver()
    assert (states(), notices(), len(server.sign_ins)) == ([("invitation", "queued")], ["mail-paused"], 2)
    assert db.session.scalars(select(Message.last_answer)).one() == REFUSED


def test_an_expired_sign_in_stops_mails_with_words_and_a_new_one_lets_them_go(
        post: Post, box: Dovecot, google_like: Provider, coordinator: Browser,
        caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    google_like.refresh.clear()
    invite()
    post.deliver()
    read()
    assert (states(), notices(), last().fault) == ([("invitation", "queued")], ["mail-signed-out"],
                                                   "signed-out")
    words = ("HTTP 400 invalid_grant: The refresh token … has expired.; "
             "sign in again: flask --app wsgi sign-in-mailbox")
    assert (db.session.scalars(select(Message.last_answer)).one(), last().answer) == (words, words)
    assert "does not let Saputnik in. Mails wait" in coordinator.get("/").text
    assert "the sign-in has expired" in coordinator.get("/office").text
    google_like.refresh.add("another-secret")
    google_like.given.append("another-secret")
    oauth.keep(tokens.settings(), "another-secret", now=NOW)
    post.later(LONGEST_DELAY)
    read()
    assert (states(), notices(), refused_by_whom()) == ([("invitation", "sent")], [], ("", ""))
    seen = caplog.text + coordinator.get("/").text + coordinator.get("/office").text
    assert [one for one in (*google_like.given, "client-secret") if one in seen] == []


@pytest.mark.parametrize("answer", [(503, {}), (429, {"error": "slow"}), (400, {"error": "server_error"}),
                                    (200, {"access_token": ""}), (200, {"access_token": "a\1b"})])
def test_a_provider_that_cannot_answer_now_is_asked_again_later(
        post: Post, box: Dovecot, google_like: Provider, answer: tuple[int, dict[str, object]]) -> None:
    google_like.next.extend([answer] * 2)
    invite()
    post.deliver()
    read()
    assert (notices(), last().fault) == (["mail-unreachable"], "unreachable")
    post.later(LONGEST_DELAY)
    read()
    assert (states(), notices(), refused_by_whom()) == ([("invitation", "sent")], [], ("", ""))


@pytest.mark.parametrize(("changes", "fault", "words"), [
    ({"oauth_token_url": "http://127.0.0.1:1/token"}, "unreachable", "127.0.0.1: [Errno 111]"),
    ({"oauth_client_id": "another"}, "signed-out", "nobody has signed in yet"),
    ({"secret_key": "another key of more than thirty-two letters"}, "signed-out", "another secret key"),
])
def test_what_else_keeps_us_out_is_said_in_words(
        box: Dovecot, google_like: Provider, app: Flask, changes: dict[str, str], fault: str,
        words: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **changes)
    if "oauth_token_url" in changes:
        oauth.keep(tokens.settings(), "refresh-secret", now=NOW)
    read()
    assert (last().fault, words in last().answer) == (fault, True)


def test_a_refresh_token_that_the_provider_replaces_is_kept_sealed(
        google_like: Provider, box: Dovecot, app: Flask) -> None:
    google_like.replaces = True
    for _ in range(3):
        oauth._kept.clear()
        read()
    assert (refused_by_whom(), len(google_like.asked), len(google_like.refresh)) == (("", ""), 3, 1)
    (row,) = db.session.scalars(select(MailGrant.refresh_token))
    assert "secret" not in row


def test_a_worker_that_comes_second_uses_what_the_first_one_got(google_like: Provider, app: Flask) -> None:
    google_like.replaces = True
    settings = tokens.settings()
    old = oauth._sealed(settings)
    oauth.access_token(settings)
    # As if this worker had read the row before the other one wrote it.
    assert oauth._renewed(settings, old) in google_like.access
    assert [form["refresh_token"] for form in google_like.asked][:2] == ["refresh-secret"] * 2
    assert len(google_like.asked) == 3
