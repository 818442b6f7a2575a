"""A client on their own page."""
from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_client
from tests.web.conftest import NOW
from web.models import Appointment, AuditEntry, DatedHours, Message, Notice, Office, db
from web.render.mail import make_mail
from web.services import links, outbox, tokens
from web.services.transactions import transaction


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that was never here, as the client's."""
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def appointment(app: Flask) -> Appointment:
    """An appointment whose client has the invitation."""
    with transaction() as session:
        made = make_appointment(client=make_client(first_name="Zahra", name="Zahra Secretname",
                                                   phone="+381 60 1", remarks="SECRET"))
        outbox.write_news(session, made, now=NOW)
        session.scalars(select(Message)).one().state = "sent"
    return made


def path(appointment: Appointment, rest: str = "") -> str:
    return f"/a/{tokens.answer_token(appointment.uid)}{rest}"


def answer(browser: Browser, appointment: Appointment, action: str, *, revision: int | None = None,
           **form: Any) -> TestResponse:
    revision = appointment.sequence if revision is None else revision
    return browser.post(path(appointment, f"/{action}"), data={"revision": revision, **form})


def now_(appointment: Appointment) -> tuple[str, str, int]:
    db.session.expire_all()
    return appointment.state, appointment.cancel_reason, appointment.sequence


def kinds() -> list[str]:
    return list(db.session.scalars(
        select(Message.kind).where(Message.state == "queued").order_by(Message.id)))


def notices() -> list[str]:
    return list(db.session.scalars(select(Notice.kind).order_by(Notice.id)))


def test_the_page_shows_the_appointment_and_nothing_else_of_the_client(
        browser: Browser, appointment: Appointment) -> None:
    answered = browser.get(path(appointment))
    page = answered.text
    assert answered.status_code == 200
    assert [fact for fact in ("Monday, 30 November 2026", "10:00", "11:00", "Nemanjina 1", "Nadia",
                              "Bank account") if fact not in page] == []
    assert [secret for secret in ("Secretname", "Karimi", "+381 60 1", "SECRET", "zahra@example.org")
            if secret in page] == []
    assert "Set-Cookie" not in answered.headers
    assert answered.headers["Cache-Control"] == "no-store"
    assert answered.headers["Referrer-Policy"] == "no-referrer"


def test_looking_changes_nothing_however_often_scanners_look(
        browser: Browser, appointment: Appointment) -> None:
    for _ in range(5):
        browser.get(path(appointment), headers={"Purpose": "prefetch"})
        browser.head(path(appointment))
        browser.options(path(appointment))
        for action in ("confirm", "decline", "another-time"):
            assert browser.get(path(appointment, f"/{action}")).status_code == 405
        browser.get(path(appointment, "/reminders"))
    assert (now_(appointment), notices(), kinds()) == (("invited", "", 0), [], [])
    assert appointment.client.reminders is True


@pytest.mark.parametrize("wrong", ["x" * 43, "short", "cut", "flipped", "feed"])
def test_every_token_that_is_not_this_link_gets_the_same_page(
        browser: Browser, appointment: Appointment, wrong: str) -> None:
    token = tokens.answer_token(appointment.uid)
    tried = {"cut": token[:-1], "flipped": token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1],
             "feed": tokens.link_token("feed", appointment.uid)}.get(wrong, wrong)
    answered, unknown = browser.get(f"/a/{tried}"), browser.get("/a/" + "y" * 43)
    assert (answered.status_code, answered.text) == (404, unknown.text)
    assert browser.post(f"/a/{tried}/decline", data={"revision": 0}).status_code == 404
    assert now_(appointment) == ("invited", "", 0)


def test_a_client_confirms_and_a_second_tap_changes_nothing(
        browser: Browser, appointment: Appointment) -> None:
    revision = appointment.assistant.feed_revision
    for _ in range(2):
        answered = answer(browser, appointment, "confirm", revision=0)
        assert (answered.status_code, answered.headers["Location"]) == (303, path(appointment))
    assert now_(appointment) == ("confirmed", "", 0)
    assert appointment.assistant.feed_revision == revision + 1
    assert appointment.revised_at == NOW + timedelta(seconds=1)
    assert [row.action for row in db.session.scalars(select(AuditEntry))] == ["appointment.confirmed"]
    assert kinds() == []
    assert "You have told us that you are coming" in browser.get(path(appointment)).text


def test_a_decline_frees_the_time_tells_the_office_and_clears_the_clients_calendar(
        browser: Browser, appointment: Appointment) -> None:
    for _ in range(2):
        assert answer(browser, appointment, "decline", revision=0).status_code == 303
    assert now_(appointment) == ("cancelled", "declined", 1)
    assert appointment.need.state == "open"
    (hours,) = db.session.scalars(select(DatedHours))
    assert (hours.client_id, hours.day, hours.start, hours.end, hours.available, hours.reason) == (
        appointment.client_id, date(2026, 11, 30), time(10), time(11), False, "declined")
    assert (notices(), kinds()) == (["declined"], ["cancellation"])
    assert "You told us that you cannot come" in browser.get(path(appointment)).text


def test_a_client_asks_for_another_time_in_their_own_words(
        browser: Browser, appointment: Appointment) -> None:
    answer(browser, appointment, "another-time", parts=["afternoon", "night"], days=["tue", "wed", "xxx"],
           words="Tuesday is\r\nbest\x00 " + "x" * 2000)
    assert now_(appointment) == ("cancelled", "another-time", 1)
    (notice,) = db.session.scalars(select(Notice))
    assert notice.details == {"parts": ["afternoon"], "days": ["tue", "wed"], "words": appointment.answer}
    assert appointment.answer.startswith("Tuesday is\nbest xxx")
    assert len(appointment.answer) == 1000
    assert kinds() == ["cancellation"]


def test_a_decline_can_become_a_wish_and_the_office_sees_one_notice(
        browser: Browser, appointment: Appointment) -> None:
    answer(browser, appointment, "decline")
    answer(browser, appointment, "another-time", words="Tuesday")
    assert now_(appointment) == ("cancelled", "another-time", 1)
    assert (notices(), kinds()) == (["another-time"], ["cancellation"])


def test_a_confirmed_client_may_still_decline(browser: Browser, appointment: Appointment) -> None:
    answer(browser, appointment, "confirm")
    answer(browser, appointment, "decline")
    assert now_(appointment) == ("cancelled", "declined", 1)


def test_a_decline_by_mistake_is_taken_back_while_the_time_is_free(
        browser: Browser, appointment: Appointment) -> None:
    answer(browser, appointment, "decline")
    for _ in range(2):
        assert answer(browser, appointment, "confirm", revision=1).status_code == 303
    assert now_(appointment) == ("confirmed", "", 2)
    assert list(db.session.scalars(select(DatedHours))) == []
    assert (notices(), kinds()) == ([], [])  # the cancellation had not left yet


def test_a_decline_that_was_mailed_is_taken_back_with_a_new_invitation(
        browser: Browser, appointment: Appointment) -> None:
    answer(browser, appointment, "decline")
    for row in (*db.session.scalars(select(Message)), *db.session.scalars(select(Notice))):
        if isinstance(row, Message):
            row.state = "sent"
        else:
            row.seen_at = NOW
    db.session.commit()
    answer(browser, appointment, "confirm", revision=1)
    assert now_(appointment) == ("confirmed", "", 2)
    assert (notices(), kinds()) == (["declined", "taken-back"], ["invitation"])


def test_a_time_that_somebody_else_has_now_is_not_given_back(
        browser: Browser, appointment: Appointment) -> None:
    answer(browser, appointment, "decline")
    make_appointment(assistant=appointment.assistant, starts_at=appointment.starts_at + timedelta(minutes=30))
    answered = answer(browser, appointment, "confirm", revision=1)
    assert answered.status_code == 409
    assert "This time is no longer free" in answered.text
    assert now_(appointment) == ("cancelled", "declined", 1)


def test_an_evening_before_an_assistants_end_is_given_back_where_utc_is_a_day_ahead(
        browser: Browser, appointment: Appointment) -> None:
    answer(browser, appointment, "decline")
    db.session.get_one(Office, 1).timezone = "America/New_York"
    appointment.starts_at = datetime(2026, 12, 1, 1, tzinfo=UTC)  # 20:00 on 30 November
    appointment.ends_at = appointment.starts_at + timedelta(hours=1)
    appointment.assistant.ended_on = date(2026, 12, 1)
    assert answer(browser, appointment, "confirm", revision=1).status_code == 303
    assert now_(appointment) == ("confirmed", "", 2)


def test_an_answer_to_an_old_time_is_not_an_answer_to_the_new_one(
        browser: Browser, appointment: Appointment) -> None:
    appointment.sequence, appointment.starts_at = 3, appointment.starts_at + timedelta(minutes=30)
    for action in ("confirm", "decline", "another-time"):
        answered = answer(browser, appointment, action, revision=2)
        assert answered.status_code == 409
        assert "Your appointment has changed" in answered.text
        assert "10:30" in answered.text
    assert now_(appointment) == ("invited", "", 3)


@pytest.mark.parametrize("case", ["begun", "cancelled by the office"])
def test_when_it_is_too_late_the_page_is_neutral_and_names_the_telephone(
        browser: Browser, appointment: Appointment, clock: time_machine.Traveller, case: str) -> None:
    if case == "begun":
        clock.move_to(appointment.starts_at, tick=False)
    else:
        appointment.state, appointment.cancel_reason = "cancelled", "replanned"
        db.session.commit()
    before = now_(appointment)
    for answered, status in ((browser.get(path(appointment)), 200),
                             (answer(browser, appointment, "confirm"), 410)):
        assert answered.status_code == status
        assert "+381 11 000 0000" in answered.text
        assert [fact for fact in ("November", "Nadia", "Nemanjina", "Bank") if fact in answered.text] == []
    assert browser.get(path(appointment, "/appointment.ics")).status_code == 404
    assert now_(appointment) == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_answer_for_the_client(
        browser: Browser, appointment: Appointment, headers: dict[str, str]) -> None:
    answered = browser.post(path(appointment, "/decline"), data={"revision": 0}, headers=headers)
    assert (answered.status_code, now_(appointment)) == (403, ("invited", "", 0))


@pytest.mark.parametrize("revision", ["", "x", "-1", "1e3", "٣", "9" * 30])
def test_a_form_that_is_not_ours_is_refused(
        browser: Browser, appointment: Appointment, revision: str) -> None:
    answered = browser.post(path(appointment, "/decline"), data={"revision": revision})
    assert (answered.status_code, now_(appointment)) == (400, ("invited", "", 0))


def test_m7_the_page_has_the_entry_of_the_invitation_as_a_file(
        browser: Browser, appointment: Appointment) -> None:
    assert f'href="{path(appointment, "/appointment.ics")}"' in browser.get(path(appointment)).text
    answered = browser.get(path(appointment, "/appointment.ics"))
    message = db.session.scalars(select(Message)).one()
    mail = make_mail(message.kind, message.facts, link=links.link_of(appointment), message_id="<1@x>")
    assert answered.data == next(
        part.get_payload(decode=True) for part in message_from_bytes(mail.octets).walk()
        if part.get_content_type() == "text/calendar")
    assert answered.headers["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert f"UID:{appointment.uid}\r\n".encode() in answered.data
    assert b"DTSTART;TZID=Europe/Belgrade:20261130T100000\r\n" in answered.data
    assert b"METHOD:REQUEST\r\n" in answered.data


def test_a_mail_program_turns_reminders_off_with_one_post_for_this_client_only(
        browser: Browser, appointment: Appointment) -> None:
    other = make_client()
    answered = browser.post(path(appointment, "/reminders"), data={"List-Unsubscribe": "One-Click"})
    assert answered.status_code == 200
    db.session.expire_all()
    assert (appointment.client.reminders, other.reminders) == (False, True)
    assert now_(appointment) == ("invited", "", 0)


@pytest.mark.parametrize(("language", "direction", "day"), [
    ("sr", "ltr", "ponedeljak, 30. novembar 2026."), ("fr", "ltr", "lundi 30 novembre 2026"),
    ("ar", "rtl", "الاثنين، 30 نوفمبر 2026"), ("fa", "rtl", "دوشنبه ۳۰ نوامبر ۲۰۲۶ (۹ آذر ۱۴۰۵)")])
def test_the_page_speaks_the_clients_language_whatever_the_browser_asks_for(
        browser: Browser, appointment: Appointment, language: str, direction: str, day: str) -> None:
    appointment.client.mail_language = language
    page = browser.get(path(appointment), headers={"Accept-Language": "en"}).text
    assert f'dir="{direction}"' in page
    assert day in page
    assert "Yes, I am coming" not in page


def test_an_answer_leads_to_the_right_office_only(browser: Browser, appointment: Appointment) -> None:
    """The page has no signed-in user, so the office comes from the link alone."""
    answer(browser, appointment, "decline")
    assert {row.office_id for row in db.session.scalars(select(Notice))} == {appointment.office_id}
