"""The first page in the morning."""
from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_assistant, make_client, make_place, make_round
from tests.web.conftest import NOW
from web.models import AuditEntry, Message, Notice, Office, db
from web.services.today import MailQueue, Morning, morning
from web.services.urgent import urgent_notices


def look(office: Office) -> Morning:
    return morning(office=office, now=NOW)


def test_a_new_office_is_shown_three_steps(coordinator: Browser, office: Office) -> None:
    assert look(office).steps == (False, False, False)
    page = coordinator.get("/").text
    assert ('href="/import"' in page, 'href="/places/new"' in page) == (True, True)
    make_place()
    db.session.commit()
    assert 'href="/places/new"' not in coordinator.get("/").text


def test_each_step_is_ticked_off_when_it_is_done(office: Office) -> None:
    make_client()
    make_assistant()
    assert look(office).steps == (True, False, False)
    round = make_round()
    assert look(office).steps == (True, True, False)
    round.state, round.ended_at = "published", NOW
    assert look(office).steps is None


def test_today_and_the_coming_week_are_told_apart(office: Office) -> None:
    hours = {name: timedelta(hours=hours) for name, hours in {
        "yesterday": -12, "earlier today": -9, "today": 3, "tonight": 13, "tomorrow": 15, "in a week": 7 * 24,
        "later": 8 * 24}.items()}
    made = {name: make_appointment(starts_at=NOW + after) for name, after in hours.items()}
    shown = look(office)
    # NOW is 10:00 in Belgrade: the day there goes from 23:00 to 23:00 UTC.
    assert shown.today == [made["earlier today"], made["today"], made["tonight"]]
    assert shown.coming == [made["tomorrow"], made["in a week"]]


def test_cancelled_appointments_are_not_shown(office: Office) -> None:
    make_appointment(starts_at=NOW, state="cancelled")
    assert look(office).today == []


def test_clients_who_have_not_answered_are_counted_and_not_their_appointments(office: Office) -> None:
    make_appointment(starts_at=NOW, state="confirmed")
    client = make_client()
    for days in (1, 2):
        make_appointment(starts_at=NOW + timedelta(days=days), client=client)
    assert look(office).unanswered == 1


def test_a_decline_stays_until_somebody_has_seen_it(coordinator: Browser, office: Office) -> None:
    appointment = make_appointment()
    notice = Notice(kind="declined", client_id=appointment.client_id, appointment_id=appointment.id,
                    created_at=NOW)
    db.session.add(notice)
    page = coordinator.get("/").text
    code = appointment.client.code  # two people may have one name
    assert f'Zahra Ahmadi</bdi></a> <bdi class="soft">{code}</bdi> has declined the appointment.' in page
    assert f'href="/clients/{appointment.client_id}"' in page
    assert coordinator.post(f"/notices/{notice.id}/seen").status_code == 303
    assert coordinator.post(f"/notices/{notice.id}/seen").status_code == 303
    assert (notice.seen_at, look(office).notices) == (NOW, [])
    assert db.session.scalars(select(AuditEntry.action)).all() == ["notice.seen"]


def test_a_clients_own_words_are_shown_as_words(coordinator: Browser) -> None:
    db.session.add(Notice(kind="another-time", client=make_client(), created_at=NOW,
                          details={"words": "<script>alert(1)</script>", "parts": [], "days": []}))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in coordinator.get("/").text


@pytest.mark.parametrize(("parts", "days", "language", "said"), [
    (["morning"], ["tue", "wed"], "en", "What suits them: in the morning · Tuesday, Wednesday<"),
    (["morning", "afternoon"], [], "sr", "Šta im odgovara: pre podne, po podne<"),
    ([], ["mon"], "ar", "ما يناسبهم: الاثنين<"), ([], [], "en", "")])
def test_what_a_client_has_ticked_is_told(
        coordinator: Browser, parts: list[str], days: list[str], language: str, said: str) -> None:
    appointment = make_appointment(state="cancelled", cancel_reason="another-time", answer="After school")
    db.session.add(Notice(kind="another-time", client=appointment.client, appointment_id=appointment.id,
                          created_at=NOW, details={"words": "After school", "parts": parts, "days": days}))
    for path in ("/", f"/clients/{appointment.client_id}"):
        page = coordinator.get(f"{path}?lang={language}").text
        assert (said in page, "What suits them" in page) == (True, language == "en" and said != "")
        assert page.count("After school") == 1


def test_mails_that_wait_too_long_are_told(coordinator: Browser, office: Office) -> None:
    appointment = make_appointment()
    message = Message(
        appointment_id=appointment.id, revision=0, kind="invitation", recipient="zahra@example.org",
        language="fa", facts={}, message_id="<1@localhost>", next_attempt_at=NOW,
        give_up_at=appointment.starts_at, created_at=NOW - timedelta(minutes=15))
    db.session.add(message)
    assert look(office).mails == MailQueue(waiting=1, oldest=message.created_at, late=False)
    assert "1 mail is on its way." in coordinator.get("/").text
    message.created_at -= timedelta(minutes=1)
    assert look(office).mails.late
    assert "Is the worker running" in coordinator.get("/").text


def test_open_rounds_are_linked(coordinator: Browser) -> None:
    round = make_round(title="Week 49")
    make_round(title="Thrown away", state="discarded")
    page = coordinator.get("/").text
    assert (f'href="/rounds/{round.id}"><bdi>Week 49' in page, "Thrown away" in page) == (True, False)


def notice(kind: str, starts_in: timedelta | None = None, waiting: timedelta = timedelta()) -> str:
    """Leave a notice, where a time is given about an appointment that starts then; returns its kind."""
    appointment = make_appointment(starts_at=NOW + starts_in) if starts_in is not None else None
    db.session.add(Notice(kind=kind, appointment=appointment, created_at=NOW - waiting,
                          client=appointment.client if appointment else None))
    db.session.flush()
    return kind


def kinds(office: Office) -> list[str]:
    return [one.kind for one in look(office).notices]


@pytest.mark.both_databases
def test_what_concerns_the_soonest_appointment_stands_first(office: Office) -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    over = notice("taken-back", -2 * day, waiting=9 * day)
    own_hours = notice("own-hours", waiting=8 * day)
    monday = notice("no-address", 3 * day, waiting=7 * day)
    late = notice("declined", 30 * day, waiting=2 * day)
    soon = notice("mail-bounced", 3 * day + 2 * hour)
    today = notice("another-time", 2 * hour)
    under_way = notice("mail-too-late", -hour / 2)
    stopped = notice("mail-unreachable")
    # NOW is 10:00 in Belgrade; on one day, what has come back goes before who was to be told anyway.
    assert kinds(office) == [stopped, under_way, today, soon, monday, late, over, own_hours]


def test_many_old_notices_push_nothing_urgent_off_the_page(office: Office, coordinator: Browser) -> None:
    for days in range(5, 10):
        notice("no-address", timedelta(days=days), waiting=timedelta(days=5))
    notice("declined", timedelta(days=1))
    few = urgent_notices(now=NOW, zone=ZoneInfo(office.timezone), most=3)
    assert [one.kind for one in few] == ["declined", "no-address", "no-address"]
    assert "What concerns the soonest appointment stands first." in coordinator.get("/").text
