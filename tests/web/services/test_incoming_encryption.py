"""A mailbox is read over TLS if its server proves who it is."""
from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.web.answers_by_mail import Answer, google
from tests.web.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.web.receiving import invite
from tests.web.services.test_incoming_mailbox import last, read, set_up
from web.models import Appointment, IncomingMail, db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody has signed, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", paths[1], "-out", paths[0],
         "-days", "36500", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True)
    return paths


@pytest.fixture(scope="module")
def encrypted(certificate: tuple[Path, Path]) -> Iterator[Dovecot]:
    with dovecot(certificate=certificate) as server:
        yield server


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_is_read_over_tls_if_it_proves_who_it_is_and_else_not_at_all(
        encrypted: Dovecot, app: Flask, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch,
        security: str) -> None:
    encrypted.empty()
    appointment = invite()
    encrypted.put(google(Answer(uid=appointment.uid)))
    port = encrypted.tls_port if security == "tls" else encrypted.port
    set_up(app, imap_host="127.0.0.1", imap_port=port, imap_security=security, imap_user=USER,
           imap_password=PASSWORD)
    assert (read(), last().fault) == (0, "encryption")
    assert "CERTIFICATE_VERIFY_FAILED" in last().answer
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert (read(), last().fault, appointment.state) == (1, "", "confirmed")
    assert db.session.scalar(select(func.count(IncomingMail.id))) == 1
    assert db.session.get_one(Appointment, appointment.id).state == "confirmed"
