"""libical's check of what RFC 5545 and RFC 5546 ask for finds nothing in any file of ours."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask

from tests.web import answers_by_mail
from tests.web.answers_by_mail import Answer
from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_assistant, make_client
from tests.web.calendars.libical import complaints
from tests.web.conftest import NOW
from tests.web.render.test_mail import facts
from web.i18n import CLIENT_LANGUAGES
from web.models import User, db
from web.render.ical import Event, calendar
from web.render.mail import make_mail
from web.services import appointments, feeds
from web.services.tokens import answer_token
from web.services.transactions import transaction


def calendar_of(mail: bytes) -> bytes:
    message = message_from_bytes(mail, policy=default)
    part = next(each for each in message.walk() if each.get_content_type() == "text/calendar")
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets


@pytest.mark.parametrize("kind", ["invitation", "update", "cancellation", "reminder"])
def test_s3_libical_finds_nothing_wrong_with_a_mail_in_any_language(kind: str) -> None:
    found = {language: complaints(calendar_of(make_mail(
        kind, facts(kind, language, reads_replies=True), link="https://example.org/a/x",
        message_id="<1@example.org>").octets))
        for language in CLIENT_LANGUAGES}
    assert found == {language: [] for language in CLIENT_LANGUAGES}


@pytest.mark.parametrize("program", ["google", "apple", "thunderbird"])
@pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_libical_finds_nothing_wrong_with_the_answers_that_the_tests_send_us(
        program: str, answer: str) -> None:
    # Outlook's is not among them: it leaves ORGANIZER out, which RFC 5546 demands.
    mail = answers_by_mail.PROGRAMS[program](Answer(uid="1@example.org", answer=answer))
    assert complaints(calendar_of(mail).rstrip() + b"\r\n") == []


def test_libical_finds_nothing_wrong_with_a_feed_from_its_first_day_to_its_last(
        app: Flask, user: User, anonymous: Browser) -> None:
    assistant = make_assistant(mail_language="fa")
    db.session.commit()
    token, secret = feeds.subscribe(assistant_id=assistant.id, label="phone", user_id=user.id, now=NOW)
    address, bodies = f"/calendars/{secret}.ics", {}
    bodies["empty"] = anonymous.get(address).data
    # 02:30 comes twice on 25 October 2026, and is written in UTC.
    for start in (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), NOW + timedelta(days=3),
                  NOW + timedelta(days=200)):
        client = make_client(code=f"C;{start:%d}, \\ «ق»")
        make_appointment(assistant=assistant, starts_at=start, client=client)
    with transaction() as session:
        appointments.cancel(session, make_appointment(assistant=assistant, starts_at=NOW + timedelta(days=9)),
                            reason="withdrawn", now=NOW)
        assistant.mail_language = "sr"
    bodies["full"] = anonymous.get(address).data
    feeds.revoke(assistant_id=assistant.id, token_id=token.id, user_id=user.id, now=NOW)
    bodies["ended"] = anonymous.get(address).data
    assert [body.count(b"BEGIN:VEVENT") for body in bodies.values()] == [0, 4, 1]
    assert {name: complaints(body) for name, body in bodies.items()} == {name: [] for name in bodies}


def test_libical_finds_nothing_wrong_with_the_file_on_a_clients_page(app: Flask, anonymous: Browser) -> None:
    appointment = make_appointment()
    db.session.commit()
    file = anonymous.get(f"/a/{answer_token(appointment.uid)}/appointment.ics")
    assert (file.status_code, complaints(file.data)) == (200, [])


def test_libical_does_complain() -> None:
    event = Event(uid="1@example.org", sequence=0, stamp=NOW, starts_at=NOW, ends_at=NOW, summary="x")
    found = complaints(calendar([event], zone="UTC", method="REQUEST"))
    assert ["ATTENDEE" in line for line in found].count(True) == 1
