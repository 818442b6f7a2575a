"""What the stop switch lets go, of all kinds of mail, tells no client and no assistant when to come."""
from __future__ import annotations

from datetime import datetime

import pytest

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW
from tests.web.services.delivering import HOUR, Post, cancel, move, post, rows, server
from tests.web.services.test_another_address import NEW, edit
from tests.web.smtp import MailServer
from web.i18n import LANGUAGES
from web.models import FAREWELL, TO_ASSISTANTS, TO_CLIENTS, Appointment, Notice, Office, User, db
from web.render.wording import wording_of
from web.services import appointments, claims, notes, outbox, sign_in_links, stop_switch
from web.services.transactions import transaction

__all__ = ["post", "server"]  # fixtures


def book(number: int, language: str) -> Appointment:
    """An appointment of people whose names and place stand nowhere else."""
    start = NOW + (6 + number) * HOUR  # so soon that assistants are told by mail, too
    with transaction() as session:
        return appointments.book(
            session, round=make_round(), place=make_place(name="Thirdplace"), starts_at=start,
            ends_at=start + HOUR, now=NOW,
            need=make_need(make_client(email=f"client-{number}@example.org", first_name="Zahraname")),
            assistant=make_assistant(email=f"nadia-{number}@example.org", first_name="Nadianame",
                                     mail_language=language))


def write_every_kind(language: str) -> None:
    """After three appointments were told: one moves, one client's address changes, one is cancelled."""
    moved, elsewhere, off = (book(number, language) for number in range(3))
    with transaction():
        for row in rows():
            row.state, row.sent_at = "sent", NOW
    move(moved, by=5 * HOUR)
    edit(elsewhere, email=NEW)
    cancel(off)
    with transaction() as session:
        other = book(3, language)
        outbox.write_reminder(session, other, hours=24, now=NOW)
        notice = Notice(kind="wrote", client_id=moved.client_id, appointment_id=moved.id,
                        details={"words": "At ten?"}, created_at=NOW)
        session.add(notice)
        session.flush()
        notes.write_notes(session, notice, moved, now=NOW)
    sign_in_links.send(assistant_id=moved.assistant_id, user_id=1, now=NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_stop_switch_lets_go_tells_nobody_when_to_come(
        server: MailServer, post: Post, office: Office, user: User, language: str) -> None:
    user.language = language
    db.session.commit()
    stop_switch.stop(office=office, user_id=1, now=NOW)
    write_every_kind(language)
    waiting = {row.kind for row in rows() if row.state == "queued"}
    assert waiting == {*TO_CLIENTS, *TO_ASSISTANTS, FAREWELL, "note"}
    post.deliver()
    left = [row for row in rows() if row.state == "sent" and row.sent_at == NOW and row.attempts]
    assert sorted(row.kind for row in left) == sorted(claims.NEVER_STOPPED) == ["note", "sign-in"]
    assert sorted(mail.recipient for mail in server.received) == ["mira@example.org", "nadia-0@example.org"]
    told = [wording_of(language).when(start, start + HOUR, office.timezone)
            for start in (datetime.fromisoformat(row.facts["starts_at"]) for row in rows()
                          if "starts_at" in row.facts)]
    secret = {"Zahraname", "Thirdplace", "At ten?", *(when.start for when in told),
              *(when.end for when in told)}
    for mail in server.received:
        said = str(mail.message["Subject"]) + "".join(
            part.get_content() for part in mail.message.walk() if part.get_content_maintype() == "text")
        assert [word for word in sorted(secret) if word in said] == []
        assert ("Nadianame" in said) == (mail.recipient == "nadia-0@example.org")  # her own mail greets her
        # A note names the day, so that its coordinator knows how urgent it is; a sign-in link not even that.
        assert any(when.day in said for when in told) == (mail.recipient == "mira@example.org")
