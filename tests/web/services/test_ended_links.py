"""Links sent to a former address, or that a coordinator ended, lead to no appointment any more."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.answers_by_mail import Answer, google, written
from tests.web.browser import Browser
from tests.web.conftest import NOW
from tests.web.receiving import Inbox, tasks
from tests.web.services.delivering import HOUR, Post, invite, post, rows, server, states
from tests.web.services.test_another_address import NEW, OLD, edit
from tests.web.services.test_at_once import at_once
from tests.web.smtp import Fault, MailServer, Received
from web.models import Appointment, AuditEntry, FormerLink, db
from web.render.mail import Mail
from web.services import answers, clients, links, tokens

__all__ = ["post", "server"]  # fixtures
LINK = re.compile(r"/a/([\w-]{43})")


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Whoever opens a link, without a cookie."""
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


def secrets_in(mail: Received) -> set[str]:
    """The secrets of answer links in every part and header of a mail, however they are encoded."""
    parts = [part.get_payload(decode=True) for part in mail.message.walk() if not part.is_multipart()]
    texts = [re.sub(r"\r\n ", "", part.decode()) for part in parts if isinstance(part, bytes)]
    return {secret for text in (*texts, str(mail.message)) for secret in LINK.findall(text)}


def renew(appointment: Appointment) -> None:
    clients.renew_links(client_id=appointment.client_id, user_id=1, now=NOW)


def present(appointment: Appointment) -> str:
    db.session.expire_all()
    return links.token_of(appointment)


def moved(appointment: Appointment) -> None:
    edit(appointment, email=NEW)


@pytest.mark.parametrize("end", [renew, moved])
def test_links_sent_before_end_and_mails_from_then_on_hold_another(
        server: MailServer, post: Post, end: Callable[[Appointment], None]) -> None:
    appointment = invite()
    post.deliver()
    former = links.token_of(appointment)
    uid = appointment.uid
    end(appointment)
    edit(appointment, email="zahra.third@example.org")
    post.deliver()
    last = server.received[-1]
    assert (last.recipient, secrets_in(server.received[0]), secrets_in(last)) == (
        "zahra.third@example.org", {former}, {present(appointment)})
    assert (appointment.uid, len({former, tokens.answer_token(uid, 1), present(appointment)})) == (uid, 3)
    assert f"UID:{uid}" in str(last.message.get_payload(1).get_content())  # type: ignore[union-attr]


def test_the_former_address_gets_no_link_at_all(server: MailServer, post: Post) -> None:
    appointment = invite()
    post.deliver()
    edit(appointment, email=NEW)
    post.deliver()
    assert [(mail.recipient, len(secrets_in(mail))) for mail in server.received] == [
        (OLD, 1), (OLD, 0), (NEW, 1)]


@pytest.mark.parametrize("fields", [{"email": NEW}, {"email": ""}, {"channel": "none"}])
def test_whoever_opens_an_ended_link_is_told_so_and_nothing_else(
        server: MailServer, post: Post, browser: Browser, fields: dict[str, str]) -> None:
    appointment = invite()
    appointment.client.mail_language = "fa"
    post.deliver()
    former = links.token_of(appointment)
    edit(appointment, **fields)
    for rest in ("", "/times", "/reminders", "/appointment.ics"):
        page = browser.get(f"/a/{former}{rest}", headers={"Accept-Language": "en"})
        assert (page.status_code, "Set-Cookie" in page.headers) == (410, False)
        assert 'dir="rtl"' in page.text
        assert "این پیوند دیگر معتبر نیست" in page.text
        assert "+381 11 000 0000" in page.text
        facts = ("Nadia", "Nemanjina", "Bank", "Zahra", "2026", "۲۰۲۶", NEW)
        assert [fact for fact in facts if fact in page.text] == []


@pytest.mark.parametrize(("deed", "form"), [
    ("confirm", {}), ("decline", {}), ("another-time", {"words": "x"}),
    ("times", {"start": "2026-11-30T12:00:00+00:00"}), ("reminders", {"List-Unsubscribe": "One-Click"})])
def test_an_ended_link_answers_nothing(
        server: MailServer, post: Post, browser: Browser, deed: str, form: dict[str, str]) -> None:
    appointment = invite()
    former = links.token_of(appointment)
    renew(appointment)
    answered = browser.post(f"/a/{former}/{deed}", data={"revision": 0, **form})
    db.session.expire_all()
    assert (answered.status_code, appointment.state, appointment.client.reminders) == (410, "invited", True)
    assert browser.post(f"/a/{present(appointment)}/confirm", data={"revision": 0}).status_code == 303


def test_a_client_without_a_former_way_keeps_the_link_of_their_card(app: Flask, browser: Browser) -> None:
    appointment = invite(email="")
    on_the_card = links.token_of(appointment)
    edit(appointment, email=NEW)
    assert browser.get(f"/a/{on_the_card}").status_code == 200


def test_other_clients_and_other_edits_keep_their_links(app: Flask) -> None:
    appointment, other = invite(), invite(email="other@example.org")
    edit(appointment, email="Zahra@example.org")
    edit(appointment, remarks="Brings her son.")
    assert (appointment.link_generation, other.link_generation) == (0, 0)
    renew(appointment)
    db.session.expire_all()
    assert (appointment.link_generation, other.link_generation) == (1, 0)


def test_a_coordinator_ends_links_with_one_press(coordinator: Browser, app: Flask) -> None:
    appointment = invite()
    page = coordinator.get(f"/clients/{appointment.client_id}").text
    assert f'action="/clients/{appointment.client_id}/links"' in page
    assert coordinator.post(f"/clients/{appointment.client_id}/links").status_code == 303
    assert [row.token_hash for row in db.session.scalars(select(FormerLink))] == [
        tokens.answer_hash(tokens.answer_token(appointment.uid))]
    assert "client.links-renewed" in set(db.session.scalars(select(AuditEntry.action)))
    assert present(appointment) in coordinator.get(f"/appointments/{appointment.id}/card").text


def test_a_mail_that_is_being_sent_with_an_ended_link_is_given_up_and_goes_with_the_new_one(
        server: MailServer, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    appointment = invite()
    deliver = post.courier.deliver

    def while_the_office_is_faster(mail: Mail, **more: Any) -> str:
        if appointment.link_generation == 0:
            renew(appointment)
        return deliver(mail, **more)

    monkeypatch.setattr(post.courier, "deliver", while_the_office_is_faster)
    post.deliver()
    assert [secrets_in(mail) for mail in server.received] == [{present(appointment)}]
    assert states() == [("invitation", "sent")]


@pytest.mark.parametrize("when", ["waits", "is in doubt"])
def test_what_a_client_had_not_heard_yet_does_not_bring_the_new_link_to_the_former_address(
        server: MailServer, post: Post, when: str) -> None:
    """A cancelled appointment can be taken back by its link, so that its mail must not go there either."""
    appointment = invite()
    post.deliver()
    answers.decline(links.token_of(appointment), revision=0, now=NOW)
    if when == "is in doubt":
        server.faults.append(Fault("lost before it is kept"))
        post.deliver()
    edit(appointment, email=NEW)
    post.later(HOUR)
    assert [(mail.recipient, mail.message["Subject"].partition(":")[0], secrets_in(mail))
            for mail in server.received] == [
        (OLD, "Invitation", {tokens.answer_token(appointment.uid)}), (OLD, "Changed", set()),
        (NEW, "Cancelled", {present(appointment)})]


def test_a_calendar_answer_with_an_ended_link_counts_no_more(app: Flask) -> None:
    appointment = invite()
    answer = Answer(uid=appointment.uid, description=links.link_of(appointment), sender=OLD, attendee=OLD)
    edit(appointment, email=NEW)
    assert Inbox().receive(google(answer)) == "refused"
    db.session.expire_all()
    assert (appointment.state, [task.details["reason"] for task in tasks()]) == (
        "invited", ["wrong-attendee"])


def test_words_beneath_an_ended_link_are_shown_with_their_sender(app: Flask) -> None:
    appointment = invite()
    quoted = links.link_of(appointment)
    edit(appointment, email=NEW)
    assert Inbox().receive(written(f"She is ill\n> {quoted}", sender=OLD)) == "words"
    (task,) = [task for task in tasks() if task.kind == "wrote"]
    assert (task.appointment_id, task.details["from"]) == (appointment.id, OLD)


@pytest.mark.both_databases
def test_two_coordinators_end_links_at_once(app: Flask) -> None:
    appointment = invite()
    client_id = appointment.client_id
    outcomes = at_once(app, *[lambda: clients.renew_links(client_id=client_id, user_id=1, now=NOW)] * 4)
    db.session.expire_all()
    assert (outcomes, appointment.link_generation) == ([None] * 4, 4)
    assert len(db.session.scalars(select(FormerLink)).all()) == 4


def test_no_secret_is_stored(app: Flask) -> None:
    appointment = invite()
    renew(appointment)
    secrets = [tokens.answer_token(appointment.uid, generation) for generation in (0, 1)]
    stored = [appointment.token_hash, *db.session.scalars(select(FormerLink.token_hash)),
              *(str(row.facts) for row in rows())]
    assert [secret for secret in secrets for text in stored if secret in text] == []
