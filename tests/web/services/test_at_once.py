"""Two people, or two workers, who do the same at the same moment: it is done once."""
from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.web.a_round import World, local
from tests.web.builders import make_appointment, make_client, make_message
from tests.web.conftest import LEVELS, NOW
from web.models import (
    Appointment,
    AuditEntry,
    Client,
    DatedHours,
    FeedRendering,
    Message,
    Notice,
    Office,
    SolveRun,
    User,
    db,
    use_office,
)
from web.services import (
    answers,
    appointments,
    claims,
    clients,
    feeds,
    import_files,
    importing,
    moving,
    outbox,
    reminders,
    solving,
    tokens,
)
from web.services.errors import ServiceError
from web.services.people_rows import client_data, load_directory
from web.services.transactions import transaction

pytestmark = pytest.mark.both_databases

TIMES = 8


def at_once(app: Flask, *deeds: Callable[[], Any]) -> list[Any]:
    """Do each deed in a thread and a session of its own; what it returned, or how it was refused."""
    db.session.commit()
    together = threading.Barrier(len(deeds))
    outcomes: list[Any] = [None] * len(deeds)

    def run(number: int) -> None:
        with app.app_context():
            use_office(1)
            db.session.get_one(Office, 1)  # connected, and reading already
            together.wait(30)
            try:
                outcomes[number] = deeds[number]()
            except ServiceError:
                outcomes[number] = "refused"
            db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    return outcomes


def invited(starts_at: datetime) -> Appointment:
    """An appointment whose client has had the invitation for days."""
    with transaction() as session:
        appointment = make_appointment(starts_at=starts_at)
        outbox.write_news(session, appointment, now=NOW)
        for message in session.scalars(select(Message).where(Message.state == "queued")):
            message.state, message.sent_at = "sent", NOW - timedelta(days=9)
    return appointment


def test_a_round_is_solved_once_however_many_press_the_button(app: Flask) -> None:
    round_id = World().round.id
    for _ in range(TIMES):
        outcomes = at_once(app, *[lambda: solving.request_solve(
            round_id, user=db.session.get_one(User, 1), now=NOW).state] * 3)
        assert sorted(outcomes) == ["queued", "refused", "refused"]
        run = db.session.scalars(select(SolveRun).where(SolveRun.state == "queued")).one()
        run.state = "done"


def test_a_file_brings_its_people_in_once(app: Flask) -> None:
    World()
    lines = [f"C-{number};Zahra;F;Iran;Farsi (native);bank-account" for number in range(20)]
    content = "\n".join(["Number;Name;Gender;Country of origin;Languages;Needs", *lines]).encode()
    for _ in range(TIMES // 2):
        with app.test_request_context():
            use_office(1)
            file = import_files.upload(content=content, filename="people.csv", kind="clients",
                                       max_bytes=100_000, max_rows=100, now=NOW)
            import_files.choose_columns(file_id=file.id, mapping={
                int(column): name for column, name in file.mapping.items()})
            file_id = file.id

        def commit(file_id: int = file_id) -> int:
            with app.test_request_context():
                use_office(1)
                return importing.commit(file_id=file_id, user_id=1, now=NOW).added

        outcomes = at_once(app, commit, commit)
        assert sorted(outcomes, key=str) == [20, "refused"]
        for client in db.session.scalars(select(Client)).all():
            db.session.delete(client)


def test_a_client_who_taps_twice_declines_once(app: Flask) -> None:
    for number in range(TIMES):
        appointment = invited(NOW + timedelta(days=7, hours=number))
        token = tokens.answer_token(appointment.uid)
        at_once(app, *[lambda token=token: answers.decline(token, revision=0, now=NOW)] * 2)
        assert (appointment.state, appointment.sequence) == ("cancelled", 1)
        told = db.session.scalars(select(Message.kind).where(
            Message.appointment_id == appointment.id, Message.state == "queued")).all()
        assert told == ["cancellation"]
        assert db.session.scalars(select(Notice.kind).where(
            Notice.appointment_id == appointment.id)).all() == ["declined"]
        assert db.session.scalar(select(func.count(DatedHours.id)).where(
            DatedHours.client_id == appointment.client_id)) == 1


def test_of_two_clients_who_take_the_same_free_time_one_has_it(app: Flask) -> None:
    world = World()
    world.office.moves_at_once = True
    assistant = world.assistant()
    with transaction() as session:
        made = [appointments.book(
            session, round=world.round, need=world.client(f"C{number}").needs[0], assistant=assistant,
            place=world.place, starts_at=local(number, "10:00"), ends_at=local(number, "11:00"), now=NOW)
            for number in (0, 1)]
    links = [(tokens.answer_token(each.uid), each.sequence) for each in made]
    start = local(2, "12:00")
    outcomes = at_once(app, *[partial(moving.choose, link, revision=revision, starts_at=start, now=NOW)
                              for link, revision in links])
    assert sorted(map(str, outcomes)) == ["None", "refused"]
    assert sorted((each.starts_at == start, each.sequence) for each in made) == [(False, 0), (True, 1)]


def test_two_workers_write_each_reminder_once(app: Flask) -> None:
    for number in range(TIMES):
        invited(NOW + timedelta(hours=20, minutes=number))
        outcomes = at_once(app, *[lambda: reminders.write_due(now=NOW)] * 2)
        assert sorted(outcomes) == [0, 1]
        for message in db.session.scalars(select(Message).where(Message.kind == "reminder")):
            message.state = "sent"


def test_workers_together_send_no_more_in_a_minute_than_the_provider_allows(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_per_minute=5)
    other = Office(name="Niš", public_name="Info Point", levels=LEVELS)
    db.session.add(other)
    db.session.commit()
    ids = (1, other.id)
    for office_id in ids:
        use_office(office_id)
        for _ in range(4):
            make_message(make_appointment(), state="queued")
        db.session.commit()

    def claim(office_id: int) -> bool:
        use_office(office_id)
        with transaction() as session:
            found = claims.claim_next(session, worker="w", now=NOW, quiet=False)
        return found is not None

    claimed = 0
    for _ in range(4):
        claimed += sum(at_once(app, *[lambda office_id=office_id: claim(office_id) for office_id in ids]))
    assert claimed == 5


def test_a_calendar_that_two_programs_fetch_is_kept_once(app: Flask) -> None:
    assistant = make_appointment().assistant
    _token, secret = feeds.subscribe(assistant_id=assistant.id, label="Phone", user_id=1, now=NOW)
    for _ in range(TIMES):
        outcomes = at_once(app, *[lambda: feeds.fetch(secret, user_agent="", now=NOW)] * 2)
        kept = db.session.scalars(select(FeedRendering)).one()
        assert {each.etag for each in outcomes} == {kept.etag}
        db.session.delete(kept)


def test_whoever_saves_a_client_later_is_told_of_the_other(app: Flask) -> None:
    client = make_client(email="", phone="")
    client_id = client.id
    for number in range(TIMES):
        data = client_data(client, load_directory(db.session()))
        version = client.version

        def save(name: str, data: Any = data, version: int = version) -> str:
            return clients.save_client(data=replace(data, name=name, first_name=name), client_id=client_id,
                                       version=version, user_id=1, now=NOW).outcome

        outcomes = at_once(app, partial(save, f"Ana {number}"), partial(save, f"Iva {number}"))
        assert sorted(outcomes) == ["changed", "refused"]
    assert db.session.scalar(select(func.count(AuditEntry.id)).where(
        AuditEntry.action == "client.changed")) == TIMES
