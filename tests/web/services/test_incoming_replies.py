"""Answers that calendars send by mail: rules R1, R2 and S5, in the forms of four makers."""
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import PROGRAMS, WRITTEN, Answer, google, outlook, thunderbird
from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_client, make_need
from tests.web.conftest import NOW
from tests.web.receiving import Inbox, invite, tasks
from web.models import Appointment, Client, DatedHours, Message, Office, db, use_office
from web.services import answers, appointments, tokens
from web.services.transactions import transaction

MINUTE = timedelta(minutes=1)


@pytest.fixture
def inbox(app: Flask) -> Inbox:
    return Inbox()


@pytest.fixture
def appointment(app: Flask) -> Appointment:
    """An invitation that Zahra has got."""
    return invite()


def fields(row: Any, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns
            if column.key not in without}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_r1_accepted_confirms_and_changes_nothing_else(
        inbox: Inbox, appointment: Appointment, program: Any) -> None:
    before = fields(appointment, without=("state", "answered_at", "revised_at"))
    assert inbox.receive(program(Answer(uid=appointment.uid))) == "answered"
    assert (appointment.state, appointment.answered_at, appointment.sequence) == ("confirmed", WRITTEN, 0)
    assert fields(appointment, without=("state", "answered_at", "revised_at")) == before
    assert tasks() == []


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_r1_declined_is_the_same_as_declining_on_the_page(
        inbox: Inbox, appointment: Appointment, program: Any) -> None:
    assert inbox.receive(program(Answer(uid=appointment.uid, answer="DECLINED"))) == "answered"
    assert (appointment.state, appointment.cancel_reason) == ("cancelled", "declined")
    assert appointment.sequence == 1
    assert [(task.kind, task.appointment_id) for task in tasks()] == [("declined", appointment.id)]
    blocked = db.session.scalars(select(DatedHours)).one()
    assert (blocked.client_id, blocked.reason) == (appointment.client_id, "declined")
    mail = db.session.scalars(select(Message).where(Message.kind == "cancellation")).one()
    assert (mail.state, mail.recipient) == ("queued", "zahra@example.org")


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_r1_tentative_is_shown_and_the_appointment_stands(
        inbox: Inbox, appointment: Appointment, program: Any) -> None:
    assert inbox.receive(program(Answer(uid=appointment.uid, answer="TENTATIVE"))) == "shown"
    assert appointment.state == "invited"
    assert [task.kind for task in tasks()] == ["tentative"]


def test_r1_a_counter_proposal_is_shown_with_its_time_and_the_appointment_stands(
        inbox: Inbox, appointment: Appointment) -> None:
    assert inbox.receive(google(Answer(uid=appointment.uid, answer="TENTATIVE", method="COUNTER",
                                       start="20261130T140000Z", comment="After school"))) == "shown"
    assert (appointment.state, appointment.starts_at.hour) == ("invited", 9)
    assert [(task.kind, task.details) for task in tasks()] == [
        ("counter", {"words": "After school", "proposed": "2026-11-30T14:00:00+00:00"})]


def test_r1_a_counter_proposal_that_declines_asks_for_another_time(
        inbox: Inbox, appointment: Appointment) -> None:
    answer = Answer(uid=appointment.uid, answer="DECLINED", method="COUNTER")
    assert inbox.receive(outlook(answer)) == "answered"
    assert (appointment.state, appointment.cancel_reason) == ("cancelled", "another-time")


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_r2_a_comment_is_shown_as_text_and_nothing_else_is_taken(
        inbox: Inbox, appointment: Appointment, program: Any) -> None:
    comment = "My daughter comes along <b>"
    inbox.receive(program(Answer(uid=appointment.uid, comment=comment)))
    assert [(task.kind, task.details) for task in tasks()] == [("wrote", {"words": comment})]
    assert appointment.state == "confirmed"


def test_r2_a_comment_of_somebody_who_declines_stands_in_the_one_task(
        inbox: Inbox, appointment: Appointment) -> None:
    inbox.receive(thunderbird(Answer(uid=appointment.uid, answer="DECLINED", comment="I am ill")))
    assert [(task.kind, task.details["words"]) for task in tasks()] == [("declined", "I am ill")]
    assert appointment.answer == "I am ill"


def test_r2_times_places_and_names_in_an_answer_change_nothing(
        inbox: Inbox, appointment: Appointment) -> None:
    octets = google(Answer(uid=appointment.uid, start="20200101T000000Z"))
    nasty = octets.replace(b"Zahra Ahmadi", b"Somebody Else")
    client, place = fields(appointment.client), appointment.place_id
    assert inbox.receive(nasty) == "answered"
    assert (fields(appointment.client), appointment.place_id) == (client, place)
    assert appointment.starts_at == appointment.ends_at - timedelta(hours=1)


def test_r1_an_answer_to_an_earlier_revision_is_shown_and_not_applied(
        inbox: Inbox, appointment: Appointment) -> None:
    appointment.sequence = 2
    db.session.commit()
    for answer in ("DECLINED", "ACCEPTED"):
        assert inbox.receive(google(Answer(uid=appointment.uid, answer=answer, sequence=1))) == "refused"
    assert (appointment.state, appointment.sequence) == ("invited", 2)
    assert [(task.kind, task.details["reason"], task.details["answer_was"]) for task in tasks()] == [
        ("answer-refused", "stale", "ACCEPTED")]  # the newest, in one task


def test_r1_an_answer_to_a_revision_that_never_was_is_not_applied(
        inbox: Inbox, appointment: Appointment) -> None:
    assert inbox.receive(google(Answer(uid=appointment.uid, sequence=7))) == "refused"
    assert appointment.state == "invited"


@pytest.mark.parametrize(("answer", "reason"), [
    (Answer(uid="", attendee="other@example.org"), "wrong-attendee"),
    (Answer(uid="", sender="spy@example.net"), "wrong-sender"),
    (Answer(uid="", sender="spy@example.net", attendee="spy@example.net"), "wrong-attendee"),
    (Answer(uid="", headers="Authentication-Results: mx.example.org; dmarc=fail header.from=example.org\r\n"),
     "forged"),
    (Answer(uid="", headers="Authentication-Results: mx.example.org; dkim=fail; spf=none\r\n"), "forged"),
    (Answer(uid="", answer="DELEGATED"), "no-answer"),
])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_r1_who_was_not_invited_changes_nothing_and_is_shown(
        inbox: Inbox, appointment: Appointment, program: Any, answer: Answer, reason: str) -> None:
    before = fields(appointment)
    assert inbox.receive(program(replace(answer, uid=appointment.uid))) == "refused"
    assert fields(appointment) == before
    (task,) = tasks()
    assert (task.kind, task.details["reason"], task.appointment_id, task.details["from"]) == (
        "answer-refused", reason, appointment.id, answer.sender)


def test_a_forged_answer_is_shown_with_its_reason_and_what_it_said(
        inbox: Inbox, appointment: Appointment, coordinator: Browser) -> None:
    inbox.receive(google(Answer(uid=appointment.uid, answer="DECLINED", sender="spy@example.net")))
    for path in ("/", f"/clients/{appointment.client_id}"):
        page = coordinator.get(path).text
        assert "It did not come from the client’s own address. The answer was no." in page
        assert "spy@example.net" in page


@pytest.mark.parametrize("headers", [
    # Another server's word, or one below our own server's, is the sender's own.
    "Authentication-Results: elsewhere.example; dmarc=fail\r\n",
    "Authentication-Results: mx.example.org; dmarc=pass\r\n"
    "Authentication-Results: mx.example.org; dmarc=fail\r\n",
    "Authentication-Results: mx.example.org; dmarc=pass; dkim=fail; spf=fail\r\n",
    'Authentication-Results: mx.example.org; dmarc=pass reason="; dmarc=fail" (; dmarc=fail)\r\n',
    "Authentication-Results: mx.example.org; none\r\n",
])
def test_r2_only_our_own_servers_word_on_the_sender_counts(
        inbox: Inbox, appointment: Appointment, headers: str) -> None:
    assert inbox.receive(google(Answer(uid=appointment.uid, headers=headers))) == "answered"


def test_r1_a_calendar_of_another_address_may_answer_with_the_secret_of_the_clients_link(
        inbox: Inbox, appointment: Appointment) -> None:
    token = tokens.answer_token(appointment.uid)
    answer = Answer(uid=appointment.uid, sender="zahra.private@example.net",
                    attendee="zahra.private@example.net")
    guessed = replace(answer, description=f"https://example.org/a/{'x' * 43}")
    assert inbox.receive(google(guessed)) == "refused"
    assert inbox.receive(google(replace(
        answer, description=f"How to answer: http://localhost:8000/a/{token}"))) == "answered"
    assert appointment.state == "confirmed"
    assert token not in str([task.details for task in tasks()])


def test_r1_an_appointment_that_nobody_knows_is_laid_aside_and_shown(inbox: Inbox, app: Flask) -> None:
    assert inbox.receive(google(Answer(uid="unknown@example.org"))) == "aside"
    assert inbox.receive(outlook(Answer(uid="another@example.org"))) == "aside"
    (task,) = tasks()
    assert (task.kind, task.client_id, task.details["count"], task.details["reason"]) == (
        "mail-unmatched", None, 2, "unknown-appointment")


@pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED"])
def test_s5_the_same_answer_twice_changes_nothing(
        inbox: Inbox, appointment: Appointment, answer: str) -> None:
    mail = google(Answer(uid=appointment.uid, answer=answer))
    inbox.receive(mail)
    before, told = fields(appointment), len(tasks())
    # Delivered again, sent again by another program, and read again after the mailbox was made anew.
    assert inbox.receive(b"Received: from elsewhere\r\n" + mail) == "repeated"
    assert inbox.receive(outlook(Answer(uid=appointment.uid, answer=answer))) == "repeated"
    assert inbox.receive(mail, uidvalidity=2) == "repeated"
    assert (fields(appointment), len(tasks())) == (before, told)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_s5_the_answer_that_was_written_last_counts_in_whatever_order_they_come(
        inbox: Inbox, appointment: Appointment, order: tuple[int, int]) -> None:
    mails = [google(Answer(uid=appointment.uid, answer="DECLINED")),
             google(Answer(uid=appointment.uid, answer="ACCEPTED", written=WRITTEN + MINUTE))]
    for number in order:
        inbox.receive(mails[number])
    assert appointment.state == "confirmed"


def test_s5_what_the_client_said_on_their_page_since_counts(inbox: Inbox, appointment: Appointment) -> None:
    with transaction():
        answers.confirm(tokens.answer_token(appointment.uid), revision=0, now=WRITTEN + MINUTE)
    assert inbox.receive(google(Answer(uid=appointment.uid, answer="DECLINED"))) == "refused"
    assert (appointment.state, tasks()[0].details["reason"]) == ("confirmed", "stale")


def test_a_client_who_declined_may_come_after_all_while_the_time_is_free(
        inbox: Inbox, appointment: Appointment) -> None:
    inbox.receive(google(Answer(uid=appointment.uid, answer="DECLINED")))
    assert inbox.receive(google(Answer(uid=appointment.uid, written=WRITTEN + MINUTE))) == "answered"
    assert (appointment.state, [task.kind for task in tasks()]) == ("confirmed", [])


def test_a_client_who_wants_to_come_after_all_to_a_time_that_is_taken_is_shown(
        inbox: Inbox, appointment: Appointment) -> None:
    inbox.receive(google(Answer(uid=appointment.uid, answer="DECLINED")))
    make_appointment(assistant=appointment.assistant, need=make_need(make_client(email="b@example.org")))
    db.session.commit()
    assert inbox.receive(google(Answer(uid=appointment.uid, written=WRITTEN + MINUTE))) == "refused"
    assert (appointment.state, tasks()[-1].details["reason"]) == ("cancelled", "not-free")


def test_an_answer_after_the_appointment_began_or_was_cancelled_is_shown(
        inbox: Inbox, appointment: Appointment) -> None:
    late = appointment.starts_at + MINUTE
    assert inbox.receive(google(Answer(uid=appointment.uid)), now=late) == "refused"
    with transaction() as session:
        appointments.cancel(session, appointment, reason="withdrawn", now=NOW)
    assert inbox.receive(google(Answer(uid=appointment.uid, answer="DECLINED"))) == "refused"
    assert {task.details["reason"] for task in tasks()} == {"too-late"}


def test_answers_from_a_clock_in_the_future_count_as_written_now(
        inbox: Inbox, appointment: Appointment) -> None:
    inbox.receive(google(Answer(uid=appointment.uid, written=WRITTEN + timedelta(days=900))))
    assert appointment.answered_at == NOW


def test_each_answer_reaches_its_own_office(inbox: Inbox, app: Flask) -> None:
    uids = []
    db.session.add(Office(name="Another", public_name="Another", levels=[]))
    db.session.commit()
    for office_id in (1, 2):
        use_office(office_id)
        uids.append(invite().uid)
    for uid in uids:
        assert inbox.receive(google(Answer(uid=uid, answer="DECLINED"))) == "answered"
    # A client of both, and an appointment of neither: nobody knows whose mail it is, and nobody is shown it.
    assert inbox.receive(google(Answer(uid="unknown"))) == "undecided"
    for office_id in (1, 2):
        use_office(office_id)
        assert [task.kind for task in tasks()] == ["declined"]
        assert db.session.scalars(select(Client.id)).all() != []
