"""Mails travel encrypted, to a server that proves who it is, or not at all."""
from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.services.delivering import Post, invite, notices, states
from tests.web.smtp import Fault, MailServer, mail_server
from web.models import Message, db
from web.services.smtp import Courier


def make_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, with its key in the same file."""
    path = folder / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path, "-out", f"{path}.crt",
         "-days", "36500", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@contextmanager
def starttls_server(certificate: Path) -> Iterator[MailServer]:
    """A mail server that insists on encryption."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with mail_server(tls=context) as server:
        yield server


def deliver(app: Flask, certificate: Path) -> MailServer:
    with starttls_server(certificate) as server:
        post = Post(app)
        post.courier = Courier(replace(app.config["SETTINGS"], mail_host="127.0.0.1", mail_port=server.port,
                                       mail_security="starttls", mail_timeout_seconds=5))
        invite()
        post.deliver()
    return server


def test_a_server_with_a_trusted_certificate_gets_the_mail(
        app: Flask, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    server = deliver(app, certificate)
    assert (states(), len(server.received), notices()) == ([("invitation", "sent")], 1, [])


def test_a_server_that_cannot_prove_who_it_is_gets_nothing_and_the_office_is_told(
        app: Flask, certificate: Path) -> None:
    server = deliver(app, certificate)
    assert (states(), server.received, notices()) == ([("invitation", "queued")], [], ["mail-paused"])
    assert "CERTIFICATE_VERIFY_FAILED" in db.session.scalars(select(Message.last_answer)).one()


def test_d2_a_server_that_cannot_encrypt_now_gets_nothing_and_is_asked_again(
        app: Flask, certificate: Path) -> None:
    with starttls_server(certificate) as server:
        server.faults.append(Fault("STARTTLS", "454 not now"))
        post = Post(app)
        post.courier = Courier(replace(app.config["SETTINGS"], mail_host="127.0.0.1", mail_port=server.port,
                                       mail_security="starttls", mail_timeout_seconds=5))
        invite()
        post.deliver()
    assert (states(), server.received, notices()) == ([("invitation", "queued")], [], ["mail-unreachable"])
    assert db.session.scalars(select(Message.last_answer)).one() == "454 not now"
