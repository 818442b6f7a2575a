"""A coordinator sends a mail again that did not reach its client."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_message
from tests.web.conftest import NOW
from web.models import Appointment, AuditEntry, Message, db
from web.services import outbox
from web.services.transactions import transaction

BUTTON = "/mails/{}/again"


@pytest.fixture
def failed(coordinator: Browser) -> Message:
    """An invitation that the mail server refused."""
    appointment = make_appointment()
    with transaction() as session:
        outbox.write_news(session, appointment, now=NOW)
        message = session.scalars(select(Message)).one()
        message.state, message.last_answer, message.attempts = "failed", "550 no such user", 1
    return message


def mails() -> list[tuple[str, str]]:
    db.session.expire_all()
    return [(mail.recipient, mail.state) for mail in db.session.scalars(select(Message).order_by(Message.id))]


def test_a_failed_mail_is_sent_again_from_the_clients_page(coordinator: Browser, failed: Message) -> None:
    page = f"/clients/{failed.appointment.client_id}"
    address = BUTTON.format(failed.id)
    assert address in coordinator.get(page).text
    answer = coordinator.post(address, data={"client": failed.appointment.client_id})
    assert (answer.status_code, answer.location) == (303, page)
    assert mails() == [("zahra@example.org", "queued")]
    assert [entry.action for entry in db.session.scalars(
        select(AuditEntry).where(AuditEntry.action.like("mail.%")))] == ["mail.sent-again"]
    text = coordinator.get(page).text
    assert ("on its way to zahra@example.org" in text, address in text) == (True, False)


def test_a_failed_mail_is_sent_again_from_the_rounds_page(coordinator: Browser, failed: Message) -> None:
    page = f"/rounds/{failed.appointment.round_id}"
    assert BUTTON.format(failed.id) in coordinator.get(page).text
    answer = coordinator.post(BUTTON.format(failed.id), data={"round": failed.appointment.round_id})
    assert (answer.location, mails()) == (page, [("zahra@example.org", "queued")])


def test_to_a_corrected_address_the_news_goes_once(coordinator: Browser, failed: Message) -> None:
    failed.appointment.client.email = "zahra.ahmadi@example.org"
    answers = [coordinator.post(BUTTON.format(failed.id)) for _twice in range(2)]
    assert [answer.location for answer in answers] == ["/", "/"]
    assert mails() == [("zahra@example.org", "failed"), ("zahra.ahmadi@example.org", "queued")]


@pytest.mark.parametrize("state", ["queued", "claimed", "handover", "sent", "superseded"])
def test_a_mail_that_came_to_no_bad_end_is_not_sent_again(coordinator: Browser, state: str) -> None:
    message = make_message(make_appointment(), state=state)
    answer = coordinator.post(BUTTON.format(message.id))
    assert (answer.status_code, mails()) == (303, [("zahra@example.org", state)])
    assert "cannot be sent again" in coordinator.get("/").text


@pytest.mark.parametrize("change", [
    {"sequence": 1}, {"starts_at": NOW}, {"client.email": ""},
    {"client.email": "zahra.ahmadi@example.org", "state": "cancelled"}], ids=str)
def test_no_button_is_shown_where_it_would_help_nobody(
        coordinator: Browser, failed: Message, change: dict[str, object]) -> None:
    appointment: Appointment = failed.appointment
    for name, value in change.items():
        target = appointment.client if name.startswith("client.") else appointment
        setattr(target, name.removeprefix("client."), value)
    pages = [coordinator.get(path).text for path in (
        f"/clients/{appointment.client_id}", f"/rounds/{appointment.round_id}")]
    coordinator.post(BUTTON.format(failed.id))
    assert [BUTTON.format(failed.id) in page for page in pages] == [False, False]
    assert mails() == [("zahra@example.org", "failed")]
