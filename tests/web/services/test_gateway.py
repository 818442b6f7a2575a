"""SMS go through the same outbox, to a gateway that is real and sometimes wrong."""
from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_appointment, make_client
from tests.web.conftest import NOW
from tests.web.services.delivering import Post, cancel, move, notices, rows, states
from tests.web.services.test_mail_encryption import make_certificate
from web.models import Appointment, Message, db
from web.render.sms import segments
from web.services import delivery, outbox, reminders
from web.services.gateway import Gateway
from web.services.smtp import Courier
from web.services.transactions import transaction

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Provider:
    """What a gateway was given, and what it answers next: a status, or what goes wrong."""

    port: int = 0
    received: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    answers: deque[int | str | bytes] = field(default_factory=deque)
    retry_after: str = ""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("gateway"))


@pytest.fixture
def provider(app: Flask, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.received.append((self.path, dict(self.headers), body))
            answer = made.answers.popleft() if made.answers else 202
            if answer == "lost":
                return
            if answer == "silent":
                time.sleep(0.8)
                return
            if isinstance(answer, bytes):  # as it is, and slowly
                for octet in answer:
                    time.sleep(0.05)
                    with suppress(OSError):  # nobody listens any more
                        self.wfile.write(bytes([octet]))
                return
            if answer == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            self.send_response(int(answer))
            if made.retry_after:
                self.send_header("Retry-After", made.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], sms_url=f"https://127.0.0.1:{made.port}/send?v=1", sms_timeout_seconds=0.5,
        sms_headers={"Authorization": "Bearer secret"})
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


class Sender(Post):
    """A worker that has a gateway, too."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.courier = Courier(replace(app.config["SETTINGS"], mail_port=1))  # no mail ever leaves here
        self.gateway = Gateway(app.config["SETTINGS"])

    def deliver(self) -> None:
        while delivery.deliver_next(courier=self.courier, gateway=self.gateway, worker=self.name,
                                    clock=lambda: self.now):
            pass


@pytest.fixture
def sender(app: Flask, provider: Provider) -> Sender:
    return Sender(app)


def told_by_sms(**client: Any) -> Appointment:
    with transaction() as session:
        made = make_appointment(client=make_client(
            **{"channel": "sms", "email": "", "phone": "+381 60 1234567", **client}))
        outbox.write_news(session, made, now=NOW)
    return made


def test_an_sms_says_no_more_than_a_subject_and_the_link(sender: Sender, provider: Provider) -> None:
    made = told_by_sms(first_name="Zahra", name="Zahra Secret")
    sender.deliver()
    ((path, headers, body),) = provider.received
    (row,) = rows()
    assert (path, headers["Authorization"], headers["Content-Type"]) == (
        "/send?v=1", "Bearer secret", "application/json")
    text = body["text"]
    assert text.splitlines()[0] == "Info Point: Invitation: appointment on Monday, 30 November 2026, 10:00"
    assert text.splitlines()[1].startswith("http://localhost:8000/a/")
    assert (len(text.splitlines()), body["to"], f"<{body['id']}>") == (2, "+381601234567", row.message_id)
    secrets = ("Zahra", made.assistant.first_name, made.need.topic.names["en"])
    assert [word in text for word in secrets] == [False] * 3
    assert (row.channel, row.state, row.last_answer) == ("sms", "sent", "HTTP 202")


@pytest.mark.parametrize(("answer", "state", "told", "doubt"), [
    (200, "sent", [], False),
    (400, "failed", ["mail-failed"], False), (422, "failed", ["mail-failed"], False),
    (429, "queued", [], False), (500, "queued", [], False), (503, "queued", [], False),
    (401, "queued", ["mail-paused"], False), (404, "queued", ["mail-paused"], False),
    (302, "queued", ["mail-paused"], False), (504, "queued", [], True), ("lost", "queued", [], True),
    ("silent", "queued", [], True), ("reset", "queued", [], True),
    (b"\x00\xff what?\r\n\r\n", "queued", [], True),
    (b"HTTP/1.1 20x\r\n\r\n", "queued", [], True)])
def test_each_answer_of_a_gateway_has_its_meaning(
        sender: Sender, provider: Provider, answer: int | str | bytes, state: str, told: list[str],
        doubt: bool) -> None:
    told_by_sms()
    provider.answers.append(answer)
    sender.deliver()
    (row,) = rows()
    assert (row.state, notices(), row.in_doubt, len(provider.received)) == (state, told, doubt, 1)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 100 Continue\r\n\r\n" * 20,
                                    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 80, b"HTTP/1.1 " + b"9" * 500])
def test_a_gateway_that_goes_on_answering_holds_nobody_up(
        sender: Sender, provider: Provider, answer: bytes) -> None:
    told_by_sms()
    provider.answers.append(answer)
    begun = time.monotonic()
    sender.deliver()
    spent, (row,) = time.monotonic() - begun, rows()
    assert (row.state, row.in_doubt) == (("sent", False) if b"200" in answer else ("queued", True))
    assert spent < len(answer) * 0.05 / 2


@pytest.mark.parametrize(("said", "seconds"), [
    ("1800", 1800), (f"{NOW + 40 * MINUTE:%a, %d %b %Y %T} GMT", 2400), ("86400", 3600), ("5", 5),
    ("", 0), ("soon", 0), ("-9", 0), ("Tue, 24 Nov 2020 09:40:00 GMT", 0), ("9" * 30, 0)])
def test_a_gateway_that_says_when_to_come_again_is_left_alone_until_then(
        sender: Sender, provider: Provider, said: str, seconds: int) -> None:
    told_by_sms()
    told_by_sms()
    provider.retry_after = said
    provider.answers.append(429)
    delivery.deliver_next(courier=sender.courier, gateway=sender.gateway, worker="w", clock=lambda: NOW)
    refused, other = (row.next_attempt_at - NOW for row in rows())
    # Of the one that was refused each attempt is later than the last; what was said is about all of them.
    wait = timedelta(seconds=seconds)
    assert (max(MINUTE, wait) <= refused <= max(1.25 * MINUTE, wait), other) == (True, wait)
    sender.later(timedelta(seconds=max(seconds - 1, 0)))
    assert len(provider.received) == (1 if seconds else 2)
    sender.later(2 * MINUTE)
    assert states() == [("invitation", "sent")] * 2


def test_d3_a_repeated_sms_bears_the_same_id_and_a_reminder_is_not_repeated(
        sender: Sender, provider: Provider) -> None:
    made = told_by_sms()
    provider.answers.append("lost")
    sender.deliver()
    sender.later(timedelta(minutes=2))
    assert [f"<{body['id']}>" for _path, _headers, body in provider.received] == [rows()[0].message_id] * 2
    sender.now = made.starts_at - 20 * HOUR
    assert reminders.write_due(now=sender.now) == 1
    provider.answers.append("lost")
    sender.deliver()
    sender.later(HOUR)
    assert states()[-1] == ("reminder", "uncertain")
    assert len(provider.received) == 3


def test_a_gateway_that_cannot_prove_who_it_is_lets_sms_wait_and_no_mails(
        sender: Sender, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    told_by_sms()
    told_by_sms(channel="mail", email="zahra@example.org")
    sender.deliver()
    assert [(row.channel, row.state, row.attempts) for row in rows()] == [
        ("sms", "queued", 1), ("mail", "queued", 1)]
    assert (notices(), provider.received) == (["mail-paused", "mail-unreachable"], [])


def test_a_gateway_that_is_away_is_asked_again(app: Flask, sender: Sender, provider: Provider) -> None:
    told_by_sms()
    sender.gateway = Gateway(replace(app.config["SETTINGS"], sms_url="https://127.0.0.1:1/"))
    sender.deliver()
    assert (states(), notices()) == ([("invitation", "queued")], ["mail-unreachable"])
    sender.gateway = Gateway(app.config["SETTINGS"])
    sender.later(timedelta(minutes=2))
    assert (states(), notices()) == ([("invitation", "sent")], [])


def test_a_move_and_a_cancellation_go_by_sms_as_well(sender: Sender, provider: Provider) -> None:
    made = told_by_sms()
    sender.deliver()
    move(made, by=HOUR)
    sender.deliver()
    cancel(made)
    sender.deliver()
    assert [body["text"].split(":")[1].strip() for _path, _headers, body in provider.received] == [
        "Invitation", "Changed", "Cancelled"]


def test_a_name_cannot_change_what_the_gateway_is_told(sender: Sender, provider: Provider) -> None:
    from web.models import Office

    db.session.get_one(Office, 1).public_name = 'Point", "to": "{to}\\'
    told_by_sms()
    sender.deliver()
    ((_path, _headers, body),) = provider.received
    assert (sorted(body), body["text"].startswith('Point", "to": "{to}\\: Invitation')) == (
        ["id", "text", "to"], True)


@pytest.mark.parametrize("client", [
    {"channel": "none", "email": "zahra@example.org"}, {"channel": "sms", "phone": ""}, {"channel": "mail"}])
def test_who_has_no_way_is_told_by_people(sender: Sender, client: dict[str, Any]) -> None:
    told_by_sms(**client)
    assert (db.session.scalars(select(Message)).all(), notices()) == ([], ["no-address"])


@pytest.mark.parametrize(("text", "count"), [
    ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
    ("š" * 70, 1), ("š" * 71, 2), ("ش" * 134, 2), ("ش" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2)])
def test_a_texts_length_is_counted_as_providers_charge_it(text: str, count: int) -> None:
    assert segments(text) == count
