"""Nobody hears of a refresh token, an access token or a client secret who has not proved who they are."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import Answer, google
from tests.web.authority import Authority, make_authority
from tests.web.conftest import NOW
from tests.web.dovecot import USER, Dovecot, dovecot
from tests.web.oauth import Provider, provider
from tests.web.receiving import invite as invited
from tests.web.services.delivering import Post, invite, notices, states
from tests.web.services.test_incoming_mailbox import last, read
from tests.web.smtp import MailServer, mail_server
from web.models import Appointment, Message, db
from web.services import oauth, tokens
from web.services.delivery import LONGEST_DELAY

HERE = "127.0.0.1"
UNPROVEN = "CERTIFICATE_VERIFY_FAILED"


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Authority]:
    """One has signed for the provider, another for the mail servers."""
    folder = tmp_path_factory.mktemp("authorities")
    return make_authority(folder / "provider"), make_authority(folder / "mail")


@pytest.fixture(scope="module")
def running(authorities: tuple[Authority, Authority]) -> Iterator[Provider]:
    with provider(tls=authorities[0].context(HERE)) as here:
        yield here


@pytest.fixture(scope="module")
def mailbox(authorities: tuple[Authority, Authority], running: Provider) -> Iterator[Dovecot]:
    with dovecot(certificate=authorities[1].certificate(HERE), whose=running.whose) as server:
        yield server


@pytest.fixture
def signed_in(running: Provider, mailbox: Dovecot, app: Flask) -> Provider:
    """A provider at which somebody has signed in; of the mail servers only the mailbox is known."""
    oauth._kept.clear()
    running.refresh, running.access, running.asked, running.given = {"refresh-secret"}, {}, [], []
    mailbox.empty()
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], oauth_token_url=f"{running.url}/token", oauth_client_id="saputnik",
        oauth_client_secret="client-secret", oauth_scope="mail", mail_user=USER, mail_sign_in="oauth",
        imap_user=USER, imap_sign_in="oauth", mail_timeout_seconds=5, imap_host=HERE, imap_password="")
    oauth.keep(tokens.settings(), "refresh-secret", now=NOW)
    return running


@contextmanager
def post_office(app: Flask, mail: Authority, here: Provider,
                security: str) -> Iterator[tuple[MailServer, Post]]:
    """A mail server that takes tokens of this provider, over TLS only."""
    with mail_server(tls=mail.context(HERE), from_the_start=security == "tls") as server:
        server.tokens = here.access
        app.config["SETTINGS"] = replace(
            app.config["SETTINGS"], mail_host=HERE, mail_port=server.port, mail_security=security)
        yield server, Post(app)


def trust(monkeypatch: pytest.MonkeyPatch, folder: Path, *authorities: Authority) -> None:
    """From now on, trust these and nobody else."""
    path = folder / "trusted.pem"
    path.write_bytes(b"".join(each.trusted.read_bytes() for each in authorities))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mails_leave_and_are_read_by_token_over_tls_and_nobody_unproven_hears_a_secret(
        app: Flask, signed_in: Provider, mailbox: Dovecot, authorities: tuple[Authority, Authority],
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, security: str) -> None:
    theirs, mail = authorities
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], imap_security=security,
        imap_port=mailbox.tls_port if security == "tls" else mailbox.port)
    answered = invited(email="reza@example.org", code="C-2")
    mailbox.put(google(Answer(uid=answered.uid, sender="reza@example.org", attendee="reza@example.org")))
    with post_office(app, mail, signed_in, security) as (server, post):
        invite()
        trust(monkeypatch, tmp_path)  # a provider that proves nothing
        post.deliver()
        assert (read(), last().fault, UNPROVEN in last().answer) == (0, "unreachable", True)
        assert (signed_in.asked, notices()) == ([], ["mail-unreachable"])

        trust(monkeypatch, tmp_path, theirs)  # mail servers that prove nothing
        post.later(LONGEST_DELAY)
        assert (read(), last().fault, UNPROVEN in last().answer) == (0, "encryption", True)
        (waiting,) = db.session.scalars(select(Message.last_answer).where(Message.state == "queued"))
        assert UNPROVEN in waiting
        assert (server.sign_ins, server.received, notices()) == ([], [], ["mail-unreachable", "mail-paused"])

        trust(monkeypatch, tmp_path, theirs, mail)
        post.later(LONGEST_DELAY)
        assert (read(), last().fault) == (1, "")
    assert (states()[-1], notices(), server.sign_ins) == (
        ("invitation", "sent"), [], [f"XOAUTH2 {USER}"])
    assert [row.recipient for row in server.received] == ["zahra@example.org"]
    assert db.session.get_one(Appointment, answered.id).state == "confirmed"


def test_a_certificate_for_another_address_proves_nothing(
        app: Flask, signed_in: Provider, authorities: tuple[Authority, Authority],
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    theirs, mail = authorities
    trust(monkeypatch, tmp_path, theirs, mail)
    with mail_server(tls=mail.context("127.0.0.2"), from_the_start=True) as server:
        server.tokens = signed_in.access
        app.config["SETTINGS"] = replace(
            app.config["SETTINGS"], mail_host=HERE, mail_port=server.port, mail_security="tls")
        invite()
        Post(app).deliver()
    assert (server.sign_ins, server.received, notices()) == ([], [], ["mail-paused"])
    assert "not valid for '127.0.0.1'" in db.session.scalars(select(Message.last_answer)).one()
