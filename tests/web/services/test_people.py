"""Saving people: what is refused, what is filled in, who hears of a conflict, and how many at once."""
from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from tests.web.builders import make_appointment, make_assistant, make_client, make_place, make_topic
from tests.web.conftest import NOW
from web.models import AuditEntry, Client, FeedToken, Need, User, db, use_office
from web.services import assistants, clients, feeds, people_appointments
from web.services.errors import ConflictError, InvalidInputError, NotFoundError
from web.services.people_data import (
    AssistantData,
    ClientData,
    DatedHoursData,
    NeedData,
    WeeklyHoursData,
)
from web.services.people_rows import client_data, load_directory

MORNINGS = WeeklyHoursData(weekdays=("mon", "tue"), start=time(9), end=time(13))
NOUR = ClientData(name="Nour Darwish", code="C-7", gender="female", origin="SY",
                  languages={"apc": "native", "en": "B1"}, weekly_hours=(MORNINGS,))
REZA = AssistantData(name="Reza Moradi", code="A-1", gender="male", origin="IR", languages={"fa": "native"})


def data_of(client_id: int) -> ClientData:
    db.session.expire_all()
    return client_data(clients.get_client(client_id), load_directory(db.session()))


def save(data: ClientData, client_id: int | None = None, version: int | None = None) -> int:
    return clients.save_client(data=data, client_id=client_id, version=version, user_id=1, now=NOW).id


def faults_of(**fields: Any) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        save(replace(NOUR, **fields))
    return sorted(caught.value.faults)


def deeds() -> list[tuple[str, str]]:
    return [(entry.action, entry.subject)
            for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_what_is_left_open_is_filled_in(app: Flask) -> None:
    saved = data_of(save(replace(NOUR, name="  Nour \n Darwish ", code="", email="Nour@Example.ORG",
                                 phone="061 111 4277")))
    assert saved == replace(NOUR, code="C-1", first_name="Nour", cultures=("levant",), mail_language="ar",
                            email="Nour@example.org", phone="+381 61 1114277")


def test_everything_that_is_said_about_a_client_is_read_back(app: Flask) -> None:
    make_topic(code="bank-account")
    make_place(code="office")
    make_assistant(code="A-1")
    make_assistant(code="A-2")
    said = replace(
        NOUR, first_name="Nora", cultures=("levant", "nile"), mail_language="en", email="nour@example.org",
        phone="+381 61 1114277", remarks="two\nlines", places=("office",), origin_wish="prefer-same",
        weekly_hours=(MORNINGS, replace(MORNINGS, place="office", end=time(0))), gender_wish="require-female",
        dated_hours=(DatedHoursData(day=date(2026, 12, 8), available=False, reason="declined"),
                     DatedHoursData(day=date(2026, 12, 9), available=True, start=time(9), end=time(10))),
        weight=5, registered_on=date(2026, 11, 1), max_per_day=2, reminders=False, not_with=("A-2",),
        previous_assistant="A-1", needs=(
            NeedData(topic="bank-account", minutes=90, by=date(2026, 12, 18), optional=True),))
    saved = data_of(save(said))
    assert replace(saved, needs=tuple(replace(need, id=None) for need in saved.needs)) == said


@pytest.mark.parametrize(("field", "value"), [
    ("name", " "), ("gender", ""), ("origin", "XX"), ("languages", {}), ("email", "nour@example"),
    ("phone", "12"), ("weight", 4), ("max_per_day", 0), ("origin_wish", "maybe"), ("gender_wish", ""),
    ("places", ("nowhere",)), ("not_with", ("A-9",)), ("previous_assistant", "A-9"), ("mail_language", "de"),
])
def test_a_wrong_value_is_a_fault_of_its_field(app: Flask, field: str, value: Any) -> None:
    assert faults_of(**{field: value}) == [field]


@pytest.mark.parametrize("languages", [{"xx": "native"}, {"prs": "good"}])
def test_languages_and_levels_are_those_of_the_catalogue(app: Flask, languages: dict[str, str]) -> None:
    assert faults_of(languages=languages) == ["languages"]


@pytest.mark.parametrize("hours", [
    {"weekly_hours": (replace(MORNINGS, end=time(9)),)},
    {"weekly_hours": (replace(MORNINGS, weekdays=()),)},
    {"weekly_hours": (replace(MORNINGS, place="nowhere"),)},
    {"dated_hours": (DatedHoursData(day=date(2026, 12, 8), available=True, start=time(9)),)},
])
def test_hours_that_make_no_sense_are_a_fault(app: Flask, hours: dict[str, Any]) -> None:
    assert faults_of(**hours) == ["hours"]


@pytest.mark.parametrize(("need", "field"), [
    (NeedData(topic="none"), "needs-0-topic"),
    (NeedData(topic="bank-account", minutes=45), "needs-0-minutes"),
    (NeedData(topic="bank-account", state="gone"), "needs-0-state"),
])
def test_a_need_has_its_own_faults(app: Flask, need: NeedData, field: str) -> None:
    make_topic(code="bank-account")
    assert faults_of(needs=(need,)) == [field]


def test_two_clients_cannot_have_one_number(app: Flask) -> None:
    save(NOUR)
    assert faults_of() == ["code"]


def test_a_new_client_gets_the_next_free_number(app: Flask) -> None:
    make_client(code="C-9")
    make_client(code="C-10")
    assert data_of(save(replace(NOUR, code=""))).code == "C-11"


def test_the_second_of_two_editors_hears_who_was_first(app: Flask, user: User) -> None:
    client_id = save(NOUR)
    seen = clients.get_client(client_id).version
    save(replace(NOUR, weekly_hours=()), client_id, seen)
    with pytest.raises(ConflictError, match="Mira changed this record"):
        save(replace(NOUR, remarks="mine"), client_id, seen)
    assert data_of(client_id).remarks == ""


def test_saving_what_is_there_already_changes_nothing(app: Flask) -> None:
    client_id = save(NOUR)
    version = clients.get_client(client_id).version
    outcome = clients.save_client(data=data_of(client_id), client_id=client_id, version=version, user_id=1,
                                  now=NOW).outcome
    assert (outcome, clients.get_client(client_id).version) == ("unchanged", version)


def test_the_audit_tells_who_added_changed_and_read_whom(app: Flask) -> None:
    client_id = save(NOUR)
    save(replace(NOUR, remarks="new"), client_id)
    clients.read_client(client_id, user_id=1, now=NOW)
    subject = f"client:{client_id}"
    assert deeds() == [("client.added", subject), ("client.changed", subject), ("client.read", subject)]
    assert [entry.details for entry in db.session.scalars(select(AuditEntry))] == [{}, {}, {}]


def test_a_dropped_need_loses_its_coming_appointment(app: Flask) -> None:
    appointment = make_appointment(client=make_client(languages={"apc": "native"}))
    data = data_of(appointment.client_id)
    save(replace(data, needs=tuple(replace(need, state="dropped") for need in data.needs)),
         appointment.client_id)
    db.session.expire_all()
    assert (appointment.state, appointment.cancel_reason) == ("cancelled", "withdrawn")


def test_a_need_of_somebody_else_cannot_be_edited(app: Flask) -> None:
    topic = make_topic(code="bank-account")
    theirs = Need(client=make_client(), topic=topic)
    db.session.add(theirs)
    db.session.commit()
    save(replace(NOUR, needs=(NeedData(id=theirs.id, topic="bank-account", state="done"),)))
    db.session.expire_all()
    assert theirs.state == "open"


def test_ending_a_client_can_cancel_what_comes_from_that_day_on(app: Flask) -> None:
    client = make_client()
    before = make_appointment(client=client)
    after = make_appointment(client=client, starts_at=before.starts_at + timedelta(days=1))
    db.session.commit()
    clients.end_client(client_id=client.id, day=date(2026, 12, 1), cancel=True, user_id=1, now=NOW)
    assert [before.state, after.state] == ["invited", "cancelled"]
    assert people_appointments.coming(client, now=NOW) == [before]


def test_ending_without_cancelling_leaves_appointments_alone(app: Flask) -> None:
    appointment = make_appointment()
    db.session.commit()
    clients.end_client(client_id=appointment.client_id, day=date(2026, 11, 24), cancel=False, user_id=1,
                       now=NOW)
    assert (appointment.state, clients.get_client(appointment.client_id).ended_on) == (
        "invited", date(2026, 11, 24))


def test_a_client_can_be_reopened(app: Flask) -> None:
    client = make_client(ended_on=date(2026, 11, 1))
    db.session.commit()
    clients.reopen_client(client_id=client.id, user_id=1, now=NOW)
    assert clients.get_client(client.id).ended_on is None


@pytest.mark.parametrize(("day", "revoked"), [(date(2026, 11, 23), True), (date(2026, 11, 24), False)])
def test_an_assistant_who_has_ended_loses_the_calendar_addresses(
        app: Flask, day: date, revoked: bool) -> None:
    assistant = make_assistant()
    db.session.commit()
    feeds.subscribe(assistant_id=assistant.id, label="phone", user_id=1, now=NOW)
    assistants.end_assistant(assistant_id=assistant.id, day=day, today=NOW.date(), cancel=False, user_id=1,
                             now=NOW)
    token = db.session.scalars(select(FeedToken)).one()
    assert (token.revoked_at is not None) is revoked


def test_somebody_of_another_office_is_not_there(app: Flask) -> None:
    client_id = save(NOUR)
    db.session.commit()
    use_office(2)
    with pytest.raises(NotFoundError):
        clients.get_client(client_id)


def test_an_assistant_for_no_topic_and_nobody_is_refused(app: Flask) -> None:
    with pytest.raises(InvalidInputError) as caught:
        assistants.save_assistant(data=replace(REZA, topics=(), accepts_genders=()), user_id=1, now=NOW)
    assert sorted(caught.value.faults) == ["accepts_genders", "topics"]


def test_everybody_is_another_word_for_all_genders(app: Flask) -> None:
    saved = assistants.save_assistant(
        data=replace(REZA, accepts_genders=("other", "male", "female")), user_id=1, now=NOW)
    assert assistants.get_assistant(saved.id).accepts_genders is None


def test_the_same_people_again_change_nothing(app: Flask) -> None:
    make_topic(code="bank-account")
    rows = [replace(NOUR, code=f"C-{number}", needs=(NeedData(topic="bank-account"),)) for number in range(3)]
    first = clients.save_clients(clients=rows, user_id=1, now=NOW)
    again = clients.save_clients(clients=rows, user_id=1, now=NOW)
    assert [saved.outcome for saved in first + again] == ["added"] * 3 + ["unchanged"] * 3
    assert len(deeds()) == 3


def test_people_saved_together_are_like_people_saved_one_by_one(app: Flask) -> None:
    make_topic(code="bank-account")
    make_place(code="office")
    make_assistant(code="A-1")
    rows = [NOUR, replace(NOUR, code="C-8", places=("office",), not_with=("A-1",), previous_assistant="A-1",
                          dated_hours=(DatedHoursData(day=date(2026, 12, 8), available=False),),
                          needs=(NeedData(topic="bank-account", by=date(2026, 12, 18)),))]
    together = [data_of(saved.id) for saved in clients.save_clients(clients=rows, user_id=1, now=NOW)]
    alone = [data_of(save(replace(row, code=f"{row.code}-alone"))) for row in rows]
    plain = [replace(data, code="", needs=tuple(replace(need, id=None) for need in data.needs))
             for data in together + alone]
    assert plain[:2] == plain[2:]


def test_a_spreadsheet_keeps_what_only_the_office_knows(app: Flask) -> None:
    make_topic(code="bank-account")
    make_topic(code="orientation")
    off = DatedHoursData(day=date(2026, 12, 8), available=False, reason="declined")
    kept = NeedData(topic="bank-account", minutes=90, state="done")
    client_id = save(replace(NOUR, mail_language="fr", first_name="Nora", dated_hours=(off,), needs=(kept,)))
    clients.save_clients(clients=[replace(NOUR, email="nour@example.org", needs=(
        NeedData(topic="bank-account"), NeedData(topic="orientation")))], user_id=1, now=NOW)
    data = data_of(client_id)
    assert (data.mail_language, data.first_name, data.email, data.dated_hours) == (
        "fr", "Nora", "nour@example.org", (off,))
    assert [replace(need, id=None) for need in data.needs] == [kept, NeedData(topic="orientation")]


def test_one_faulty_row_keeps_all_rows_out(app: Flask) -> None:
    with pytest.raises(InvalidInputError) as caught:
        clients.save_clients(clients=[NOUR, replace(NOUR, code="C-8", gender="?"), NOUR], user_id=1, now=NOW)
    assert sorted(caught.value.faults) == ["0.code", "1.gender", "2.code"]
    assert db.session.scalars(select(Client)).all() == []


def test_many_people_take_no_more_statements_than_few(app: Flask) -> None:
    make_topic(code="bank-account")

    def statements(first: int, last: int) -> int:
        seen = []
        def note(*args: Any) -> None:
            seen.append(args[2])
        event.listen(Engine, "before_cursor_execute", note)
        clients.save_clients(user_id=None, now=NOW, clients=[
            replace(NOUR, code=f"N-{number}", needs=(NeedData(topic="bank-account"),))
            for number in range(first, last)])
        event.remove(Engine, "before_cursor_execute", note)
        # SQLite takes so many values in one INSERT: the number of batches may grow, not that of queries.
        return sum(not statement.startswith("INSERT") for statement in seen)

    assert statements(0, 5) == statements(5, 305)


def test_calendar_addresses_close_when_the_last_day_has_passed(app: Flask) -> None:
    ends, stays = make_assistant(), make_assistant()
    db.session.commit()
    for assistant in (ends, stays):
        feeds.subscribe(assistant_id=assistant.id, label="phone", user_id=1, now=NOW)
    assistants.end_assistant(assistant_id=ends.id, day=date(2026, 11, 24), today=NOW.date(), cancel=False,
                             user_id=1, now=NOW)
    # In Belgrade, an hour ahead of UTC, the day has come at 23:00 UTC.
    midnight = NOW.replace(hour=23)
    closed = [assistants.close_ended_calendars(now=midnight - timedelta(seconds=1)),
              assistants.close_ended_calendars(now=midnight), assistants.close_ended_calendars(now=midnight)]
    tokens = {token.assistant_id: token.revoked_at for token in db.session.scalars(select(FeedToken))}
    assert (closed, tokens) == ([0, 1, 0], {ends.id: midnight, stays.id: None})
