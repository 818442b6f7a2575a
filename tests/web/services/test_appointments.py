"""The life of an appointment, as calendars see it."""
from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from web.models import Appointment, Assistant, FormerAssistant, Message, Office, db
from web.services import appointments, tokens
from web.services.transactions import transaction

START = NOW + timedelta(days=7)
HOUR = timedelta(hours=1)


def book(assistant: Assistant | None = None) -> Appointment:
    with transaction() as session:
        return appointments.book(
            session, round=make_round(), need=make_need(make_client()),
            assistant=assistant or make_assistant(), place=make_place(), starts_at=START,
            ends_at=START + HOUR, now=NOW)


def revise(appointment: Appointment, *, assistant: Assistant | None = None, by: timedelta = timedelta(),
           now: datetime = NOW) -> bool:
    with transaction() as session:
        return appointments.revise(
            session, appointment, round=make_round(), assistant=assistant or appointment.assistant,
            place=appointment.place, starts_at=appointment.starts_at + by, ends_at=appointment.ends_at + by,
            now=now)


def test_f6_a_uid_is_random_and_names_the_host_and_nothing_else(app: Flask) -> None:
    uids = [book().uid for _ in range(3)]
    assert [uid.split("@")[1] for uid in uids] == ["localhost"] * 3
    assert len({uid.split("@")[0] for uid in uids}) == 3
    assert {len(uid.split("@")[0]) for uid in uids} == {32}


def test_a_link_holds_256_bits_and_the_database_only_their_hash(app: Flask) -> None:
    appointment = book()
    token = tokens.answer_token(appointment.uid)
    assert len(token) == 43
    assert appointment.token_hash == tokens.answer_hash(token)
    assert tokens.link_token("another", appointment.uid) != token
    assert tokens.token_hash("feed", token) != appointment.token_hash
    with db.engine.connect() as connection:
        dump = "".join(str(row) for table in db.metadata.sorted_tables
                       for row in connection.execute(table.select()))
    assert appointment.token_hash in dump
    assert token not in dump


def test_s2_s7_each_change_raises_the_sequence_and_the_stamp_even_within_a_second(app: Flask) -> None:
    appointment, seen = book(), []
    for by in (HOUR, HOUR, -HOUR):
        assert revise(appointment, by=by) is True
        seen.append((appointment.sequence, appointment.revised_at - NOW))
    assert seen == [(1, timedelta(seconds=1)), (2, timedelta(seconds=2)), (3, timedelta(seconds=3))]
    revise(appointment, by=HOUR, now=NOW - timedelta(days=1))  # the clock went back
    assert (appointment.sequence, appointment.revised_at) == (4, NOW + timedelta(seconds=4))


def test_nothing_happens_where_nothing_changed(app: Flask) -> None:
    appointment = book()
    revision = appointment.assistant.feed_revision
    assert revise(appointment) is False
    assert (appointment.sequence, appointment.assistant.feed_revision) == (0, revision)


def test_a_new_time_is_a_new_question_and_a_new_assistant_is_not(app: Flask) -> None:
    appointment = book()
    appointment.state, appointment.answered_at = "confirmed", NOW
    revise(appointment, assistant=make_assistant(first_name="Omid"))
    kept = (appointment.state, appointment.answered_at)
    revise(appointment, by=HOUR)
    assert [kept, (appointment.state, appointment.answered_at)] == [("confirmed", NOW), ("invited", None)]


def test_both_assistants_calendars_change_and_no_edit_of_them_conflicts(app: Flask) -> None:
    first, second = make_assistant(), make_assistant()
    appointment = book(first)
    versions = (first.version, second.version)
    revise(appointment, assistant=second)
    db.session.expire_all()
    assert (first.feed_revision, second.feed_revision) == (2, 1)
    assert (first.version, second.version) == versions


def test_f7_the_former_assistant_keeps_a_cancelled_entry_until_the_appointment_comes_back(app: Flask) -> None:
    first, second = make_assistant(), make_assistant()
    appointment = book(first)

    def former() -> list[tuple[int, int, datetime]]:
        return [(row.assistant_id, row.sequence, row.starts_at)
                for row in db.session.scalars(select(FormerAssistant).order_by(FormerAssistant.id))]
    revise(appointment, assistant=second, by=HOUR)
    assert former() == [(first.id, 1, START)]  # where it stood in that calendar
    revise(appointment, assistant=first)
    assert former() == [(second.id, 2, START + HOUR)]


def test_what_a_mail_says_is_frozen_when_it_is_caused(app: Flask, office: Office) -> None:
    appointment = book()
    facts = dict(db.session.scalars(select(Message)).one().facts)
    appointment.client.first_name = "Somebody"
    office.public_name = "Elsewhere"
    db.session.commit()
    assert db.session.scalars(select(Message)).one().facts == facts
    assert (facts["client"], facts["office"]) == ("Zahra", "Info Point")
    assert tokens.answer_token(appointment.uid) not in str(facts)


def test_what_a_failed_transaction_wrote_is_not_sent(app: Flask) -> None:
    class FailedError(Exception):
        pass
    try:
        with transaction() as session:
            appointments.book(session, round=make_round(), need=make_need(), assistant=make_assistant(),
                              place=None, starts_at=START, ends_at=START + HOUR, now=NOW)
            raise FailedError
    except FailedError:
        pass
    assert db.session.scalars(select(Message)).all() == []


def test_cancelling_twice_is_cancelling_once(app: Flask) -> None:
    appointment = book()
    for _ in range(2):
        with transaction() as session:
            appointments.cancel(session, appointment, reason="withdrawn", now=NOW)
    assert (appointment.state, appointment.sequence) == ("cancelled", 1)
