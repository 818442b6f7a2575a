"""A link to an assistant's own pages: sent by a coordinator, good once, for half an hour."""
from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_assistant
from tests.web.conftest import NOW
from tests.web.receiving import Inbox
from tests.web.reports import FAILED
from tests.web.services.delivering import Post, post, server
from tests.web.smtp import MailServer
from web.models import Assistant, AuditEntry, Message, Notice, SignInLink, db, use_office
from web.services import feeds, sign_in_links, tokens
from web.services.errors import ConflictError, NotFoundError
from web.services.tokens import answer_token

__all__ = ["post", "server"]


@pytest.fixture
def assistant(app: Flask) -> Assistant:
    made = make_assistant(name="Nadia Karimi", first_name="Nadia")
    db.session.commit()
    return made


def send(assistant: Assistant) -> str:
    """Send a link, and say what path it has."""
    sign_in_links.send(assistant_id=assistant.id, user_id=1, now=NOW)
    facts = db.session.scalars(select(Message.facts).order_by(Message.id.desc())).first()
    assert facts is not None
    return sign_in_links.address_of(facts["uid"], facts["language"]).removeprefix("http://localhost:8000")


def secret_of(path: str) -> str:
    return path.rpartition("/")[2].partition("?")[0]


def another(app: Flask) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser.visit()


def test_the_link_reaches_the_assistant_by_mail_and_opens_their_pages(
        app: Flask, assistant: Assistant, coordinator: Browser, server: MailServer, post: Post,
        anonymous: Browser) -> None:
    coordinator.post(f"/assistants/{assistant.id}/link")
    post.deliver()
    (mail,) = server.received
    text = mail.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"http://localhost:8000(/me/enter/\S+)", text)
    assert link is not None
    assert (mail.recipient, mail.message["Subject"]) == ("nadia@example.org", "Your sign-in link")
    assert "until 10:30" in text
    assert "Karimi" not in mail.octets.decode()
    assert anonymous.get(link[1]).status_code == 200
    answer = anonymous.post(link[1])
    assert (answer.status_code, answer.location) == (303, "/me")
    assert anonymous.get("/me").status_code == 200


def test_tk5_looking_at_the_link_changes_nothing_however_often(
        assistant: Assistant, anonymous: Browser) -> None:
    path = send(assistant)
    answers = {anonymous.open(path, method=method, headers={"Purpose": "prefetch"}).status_code
               for method in ("GET", "HEAD", "OPTIONS") for _ in range(5)}
    link = db.session.scalars(select(SignInLink)).one()
    assert (answers, link.used_at, anonymous.post(path).status_code) == ({200}, None, 303)


def test_a_link_works_once(app: Flask, assistant: Assistant) -> None:
    path = send(assistant)
    answers = [another(app).post(path).status_code, another(app).post(path).status_code,
               another(app).get(path).status_code]
    assert answers == [303, 404, 404]


def test_of_two_at_once_one_is_let_in(app: Flask, assistant: Assistant) -> None:
    token = secret_of(send(assistant))
    outcomes: list[str] = []

    def use() -> None:
        with app.app_context():
            use_office(1)
            try:
                sign_in_links.use(token, now=NOW)
                outcomes.append("in")
            except NotFoundError:
                outcomes.append("out")
            db.session.remove()

    db.session.commit()
    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "out", "out", "out"]


@pytest.mark.parametrize(("minutes", "status"), [(29, 303), (30, 404), (31, 404)])
def test_a_link_works_for_half_an_hour(
        assistant: Assistant, anonymous: Browser, clock: time_machine.Traveller, minutes: int,
        status: int) -> None:
    path = send(assistant)
    clock.shift(timedelta(minutes=minutes))
    assert anonymous.post(path).status_code == status


def test_a_newer_link_takes_the_place_of_the_one_before(app: Flask, assistant: Assistant) -> None:
    first, second = send(assistant), send(assistant)
    assert [another(app).post(path).status_code for path in (first, second)] == [404, 303]
    states = db.session.scalars(select(Message.state).order_by(Message.id)).all()
    assert states == ["superseded", "queued"]


def test_tk3_tk9_no_other_secret_opens_these_pages_and_this_one_opens_no_other(
        assistant: Assistant, anonymous: Browser) -> None:
    token = secret_of(send(assistant))
    feed = feeds.subscribe(assistant_id=assistant.id, label="phone", user_id=1, now=NOW)[1]
    answer = answer_token(make_appointment().uid)
    wrong = (feed, answer, token[:-1], token.swapcase(), "x" * 43, "%00")
    tries = [f"/me/enter/{secret}" for secret in wrong]
    tries += [f"/calendars/{token}.ics", f"/a/{token}"]
    assert {path: anonymous.get(path).status_code for path in tries} == dict.fromkeys(tries, 404)
    pages = {anonymous.post(path).text.split("<footer")[0] for path in tries[:4]}
    assert len(pages) == 1


def test_tk1_only_a_hash_of_the_secret_is_stored(assistant: Assistant) -> None:
    token = secret_of(send(assistant))
    stored = repr([vars(row) for table in (SignInLink, Message, AuditEntry)
                   for row in db.session.scalars(select(table))])
    assert (len(token), token in stored) == (43, False)


def test_an_assistant_who_has_ended_gets_no_link_and_none_lets_them_in(
        app: Flask, assistant: Assistant, anonymous: Browser) -> None:
    path = send(assistant)
    assistant.ended_on = NOW.date()
    db.session.commit()
    with pytest.raises(NotFoundError):
        sign_in_links.send(assistant_id=assistant.id, user_id=1, now=NOW)
    assert anonymous.post(path).status_code == 404


def test_without_an_address_there_is_nothing_to_send(app: Flask) -> None:
    assistant = make_assistant(email="")
    db.session.commit()
    with pytest.raises(ConflictError):
        sign_in_links.send(assistant_id=assistant.id, user_id=1, now=NOW)
    assert db.session.scalars(select(SignInLink)).all() == []


def test_a_link_that_could_not_leave_in_time_is_told_to_the_coordinator(
        assistant: Assistant, server: MailServer, post: Post) -> None:
    send(assistant)
    post.now = NOW + timedelta(minutes=30)
    post.deliver()
    (notice,) = db.session.scalars(select(Notice)).all()
    assert (server.received, notice.kind, notice.assistant_id) == ([], "link-too-late", assistant.id)


def test_the_session_has_a_new_cookie_after_the_link(assistant: Assistant, anonymous: Browser) -> None:
    before = anonymous.token
    anonymous.post(send(assistant))
    assert anonymous.token not in ("", before)


@pytest.mark.parametrize("server", FAILED)
def test_d5_a_link_whose_mail_came_back_is_told_with_the_assistants_name(
        app: Flask, assistant: Assistant, coordinator: Browser, server: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"],
                                     mail_return_address="bounce+{token}@example.org")
    send(assistant)
    message = db.session.scalars(select(Message)).one()
    message.state = "sent"
    db.session.commit()
    report = FAILED[server](tokens.return_address(message.message_id), "<not-quoted@example.org>")
    assert Inbox().receive(report) == "bounced"
    (notice,) = db.session.scalars(select(Notice)).all()
    assert (notice.kind, notice.client_id, notice.assistant_id) == ("mail-bounced", None, assistant.id)
    told = f'Nadia Karimi</bdi></a> <bdi class="soft">{assistant.code}</bdi> did not get the mail'
    assert told in coordinator.get("/").text


def test_a_link_that_waits_is_among_the_mails_and_is_sent_again_by_nobody(
        assistant: Assistant, coordinator: Browser) -> None:
    send(assistant)
    assert "Nadia Karimi</bdi></a>" in coordinator.get("/mails").text
    message = db.session.scalars(select(Message)).one()
    assert coordinator.post(f"/mails/{message.id}/again").status_code == 404


def test_a_used_link_says_so_in_the_assistants_language(app: Flask, assistant: Assistant) -> None:
    assistant.mail_language = "ar"
    path = send(assistant)
    assert another(app).post(path).status_code == 303
    for again in (another(app).get(path), another(app).post(path)):
        assert (again.status_code, '<html lang="ar" dir="rtl">' in again.text) == (404, True)
