"""Answers in every form that calendars send them in, whole, forged, late, twice and damaged (R1, R2)."""
from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Databases
from tests.postgresql import PostgreSQL
from tests.web.answers_by_mail import OURS, WRITTEN, Answer
from tests.web.builders import make_round
from tests.web.conftest import NOW, _begin_anew
from tests.web.forms_of_answers import (
    CHARSETS,
    MAKERS,
    WRAPPINGS,
    calendar_of,
    honest,
    mail_of,
)
from tests.web.receiving import Inbox, invite, tasks
from web.models import Appointment, db
from web.reading.letter import read_letter
from web.services import appointments
from web.services.transactions import transaction

MINUTE = timedelta(minutes=1)
SPY = "spy@example.net"
OFTEN = pytest.mark.parametrize("every", [17, pytest.param(1, marks=pytest.mark.long)])


def state(row: Appointment) -> dict[str, Any]:
    db.session.expire_all()
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


@OFTEN
def test_r1_every_form_says_the_same(every: int) -> None:
    one, read = Answer(uid="abc@localhost"), 0
    for form in honest(one, every=every):
        reply = read_letter(form.octets, own_address=OURS, authserv_id="", whole=True).reply
        assert reply is not None, form.name
        assert (reply.method, reply.uid, reply.sequence, reply.stamp, reply.attendee, reply.answer) == (
            "REPLY", one.uid, 0, WRITTEN, one.attendee, "ACCEPTED"), form.name
        # Of letters whose character set nobody names one is lost.
        unsaid = "latin-1 unsaid" in form.name or "no type, latin-1" in form.name
        assert reply.comment == ("Caf\ufffd" if unsaid else "Café"), form.name
        read += 1
    assert read * every > 5000


def forms_of(maker: str, one: Answer, **changes: Any) -> Iterator[bytes]:
    """One form for each wrapping, each in another encoding and character set."""
    encodings = cycle([("utf-8", "quoted-printable", "\n"), ("latin-1", "base64", "\r\n"),
                       ("utf-16", "base64", "\r\n"), ("a mark", "8bit", "\r\n")])
    for wrapping in WRAPPINGS:
        charset, encoding, end = next(encodings)
        if maker == "outlook" and "no type" in wrapping:
            continue
        yield mail_of(one, calendar_of(maker, one, **changes), wrapping=wrapping, charset=charset,
                      encoding=encoding, end=end)


@pytest.mark.parametrize("maker", MAKERS)
def test_r1_an_honest_answer_counts_once_and_a_stranger_s_or_a_late_one_never(
        app: Flask, maker: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    inbox, other = Inbox(), invite(email="other@example.org", code="C-0")
    untouched, shown = state(other), 0
    for number, _wrapping in enumerate(WRAPPINGS):
        address = f"c{number}@example.org"
        row = invite(email=address, code=f"C-{number + 1}")
        one = Answer(uid=row.uid, sender=address, attendee=address)

        def form(one: Answer, number: int = number, **changes: Any) -> bytes | None:
            return next(islice(forms_of(maker, one, **changes), number, None), None)

        if form(one) is None:
            continue
        before = state(row)
        forged = (replace(one, sender=SPY), replace(one, attendee=SPY), replace(one, uid=f"{row.uid}x"),
                  replace(one, sequence=3))
        outcomes = [inbox.receive(octets) for each in forged if (octets := form(each))]
        assert (outcomes, state(row)) == (["refused", "refused", "aside", "refused"], before)
        assert len(tasks()) > shown
        honestly = form(one) or b""
        assert (inbox.receive(honestly), row.state) == ("answered", "confirmed")
        answered = state(row)
        again = b"Received: from another.example.org\r\n" + honestly
        late = form(replace(one, answer="DECLINED", written=WRITTEN - MINUTE)) or b""
        assert ([inbox.receive(each) for each in (honestly, again, late)], state(row)) == (
            ["repeated", "repeated", "refused"], answered)
        # Without a DTSTAMP it is as old as its arrival.
        unstamped = form(replace(one, answer="DECLINED"), stamped=False) or b""
        assert (inbox.receive(unstamped, now=NOW + MINUTE), row.state) == ("answered", "cancelled")
        shown = len(tasks())
    assert (state(other), caplog.records) == (untouched, [])


@pytest.mark.parametrize("maker", MAKERS)
def test_r1_an_answer_to_what_was_moved_since_is_shown_and_not_applied(app: Flask, maker: str) -> None:
    inbox, row = Inbox(), invite()
    octets = next(forms_of(maker, Answer(uid=row.uid)))
    with transaction() as session:
        appointments.revise(session, row, round=make_round(),
                            assistant=row.assistant, place=row.place, starts_at=row.starts_at + MINUTE * 60,
                            ends_at=row.ends_at + MINUTE * 60, now=NOW)
    before = state(row)
    assert (inbox.receive(octets), state(row)) == ("refused", before)
    assert [task.details["reason"] for task in tasks() if task.kind == "answer-refused"] == ["stale"]


def doubled(calendar: str) -> str:
    head, _begin, event = calendar.partition("BEGIN:VEVENT\n")
    event = event.removesuffix("END:VCALENDAR\n")
    return f"{head}BEGIN:VEVENT\n{event}BEGIN:VEVENT\n{event.replace('UID:', 'UID:x')}END:VCALENDAR\n"


@pytest.mark.parametrize(("change", "kind"), [
    (doubled, "answer-refused"),
    (lambda calendar: calendar.replace("BEGIN:VEVENT", "BEGIN:VTODO").replace("END:VEVENT", "END:VTODO"),
     "answer-refused"),
    (lambda calendar: calendar.replace("UID:", "X-UID:"), "answer-refused"),
    (lambda calendar: calendar.replace("SEQUENCE:0", "SEQUENCE:first"), "answer-refused"),
    (lambda calendar: calendar[:len(calendar) // 2], "answer-refused"),
    (lambda calendar: "", "answer-refused"),
    (lambda calendar: calendar.replace("METHOD:REPLY", "METHOD:REFRESH"), "wrote"),
])
@pytest.mark.parametrize("automatic", ["", "Auto-Submitted: auto-generated\r\n"])
def test_r1_what_nobody_can_read_reaches_the_coordinator(
        app: Flask, change: Any, kind: str, automatic: str) -> None:
    inbox, row = Inbox(), invite()
    one = Answer(uid=row.uid, headers=automatic)
    before = state(row)
    octets = mail_of(one, change(calendar_of("google", one)), wrapping="an alternative", charset="utf-8",
                     encoding="base64", end="\r\n")
    inbox.receive(octets)
    assert state(row) == before
    if not (kind == "wrote" and automatic):  # R4: a program's mail that is no answer goes no further
        assert [task.kind for task in tasks()] == [kind]


def test_r3_an_answer_that_somebody_sends_on_does_not_count_and_is_shown(app: Flask) -> None:
    inbox, row = Inbox(), invite()
    one = Answer(uid=row.uid)
    inner = mail_of(one, calendar_of("google", one), wrapping="alone", charset="utf-8", encoding="base64",
                    end="\r\n")
    outer = one.head("Fwd: Accepted", "multipart/mixed; boundary=f").encode() + (
        b"\r\n--f\r\nContent-Type: text/plain\r\n\r\nSee below\r\n--f\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner + b"\r\n--f--\r\n")
    before = state(row)
    assert (inbox.receive(outer), state(row)) == ("words", before)
    assert [(task.kind, task.details["words"]) for task in tasks()] == [("wrote", "See below")]


@pytest.mark.parametrize("examples", [60, pytest.param(3000, marks=pytest.mark.long)])
def test_r2_a_damaged_or_forged_answer_says_what_was_meant_or_nothing(
        app: Flask, databases: Databases, caplog: pytest.LogCaptureFixture, examples: int) -> None:
    caplog.set_level(logging.ERROR)
    if isinstance(databases, PostgreSQL):
        examples //= 10  # what is damaged is read by the same code; only what it leads to is kept elsewhere

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(MAKERS)), st.sampled_from(sorted(WRAPPINGS)),
           st.sampled_from(sorted(set(CHARSETS) - {"utf-16"})), st.sampled_from(["8bit", "quoted-printable"]),
           st.booleans(), st.data())
    def holds(maker: str, wrapping: str, charset: str, encoding: str, forged: bool,
              data: st.DataObject) -> None:
        db.session.rollback()
        _begin_anew()
        inbox, row, other = Inbox(), invite(), invite(email="other@example.org", code="C-0")
        one = Answer(uid=row.uid, sender=SPY if forged else "zahra@example.org")
        mail = bytearray(mail_of(one, calendar_of(maker, one), wrapping=wrapping, charset=charset,
                                 encoding=encoding, end="\r\n"))
        for _ in range(data.draw(st.integers(1, 6))):
            start = data.draw(st.integers(0, len(mail) - 1))
            end = start + data.draw(st.integers(0, 40))
            piece = bytes(mail[start:end])  # a piece that goes, is doubled, turned round, or gives way
            mail[start:end] = data.draw(st.sampled_from(
                [b"", piece * 2, piece[::-1], b"\r\n", b"\0", b"\xff", b"BEGIN:VEVENT\r\n", piece.upper()]))
        before, others = state(row), state(other)
        outcome = inbox.receive(bytes(mail))
        after = state(row)
        changed = {name for name in before if before[name] != after[name]}
        assert state(other) == others
        if outcome == "answered":
            assert not forged
            assert after["state"] == "confirmed"
            assert changed <= {"state", "answered_at", "revised_at"}
        else:
            assert changed == set()
            assert tasks() or outcome in ("automatic", "own")

    holds()
    assert caplog.records == []


@pytest.mark.parametrize("places", [["From: Zahra Ahmadi <"], ["UID:"], ["From: Zahra Ahmadi <", "UID:"]])
def test_r2_a_sign_that_no_database_holds_stops_neither_this_mail_nor_the_next(
        app: Flask, places: list[str]) -> None:
    inbox, row = Inbox(), invite()
    one = Answer(uid=row.uid)
    mail = mail_of(one, calendar_of("google", one), wrapping="alone", charset="utf-8", encoding="8bit",
                   end="\r\n")
    before = state(row)
    damaged = mail
    for place in places:
        assert place.encode() in mail
        damaged = damaged.replace(place.encode(), place.encode() + b"\0")
    inbox.receive(damaged)
    assert (state(row), len(tasks())) == (before, 1)
    assert inbox.receive(mail) == "answered"
