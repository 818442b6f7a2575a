"""A strict model of a client's calendar program, fed with our real mails in any order and any number."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
import vobject
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW, _begin_anew
from web.models import Appointment, Message, Place, db
from web.render.mail import make_mail
from web.services import answers, appointments, claims, outbox, tokens
from web.services.transactions import transaction

HOUR = timedelta(hours=1)


@dataclass
class CalendarProgram:
    """Keeps the newest of each UID (RFC 5546, 2.1.5), and what was cancelled, so that no order revives it."""

    entries: dict[str, tuple[tuple[int, datetime], str, tuple[Any, ...]]] = field(default_factory=dict)
    organizers: set[str] = field(default_factory=set)

    def receive(self, mail: bytes) -> None:
        message = message_from_bytes(mail, policy=default)
        (part,) = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
        calendar = vobject.readOne(part.get_payload(decode=True).decode())  # type: ignore[union-attr]
        event, method = calendar.vevent, calendar.method.value
        assert part.get_param("method") == method
        # S3: what a request and a cancellation must hold.
        assert (method, event.status.value) in {("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")}
        assert event.attendee.value == f"mailto:{message['To']}"
        self.organizers.add(event.organizer.value)
        key = (int(event.sequence.value), event.dtstamp.value)
        told = (event.dtstart.value, event.dtend.value, event.location.value, event.summary.value)
        before = self.entries.get(event.uid.value)
        if before is not None and before[0] == key:
            assert before[1:] == (method, told), "S7: two revisions that nobody can tell apart"
        if before is None or before[0] < key:  # S5
            self.entries[event.uid.value] = (key, method, told)

    def shown(self) -> dict[str, tuple[Any, ...]]:
        """What the client sees."""
        return {uid: told for uid, (_key, method, told) in self.entries.items() if method == "REQUEST"}


class Life:
    """One client's appointments on a clock that goes on, and every mail that left meanwhile."""

    def __init__(self) -> None:
        self.now = NOW
        self.mails: list[bytes] = []
        self.round, self.client = make_round(), make_client()
        self.assistants = [make_assistant(first_name=name) for name in ("Nadia", "Sara")]
        self.places: list[Place | None] = [make_place(name="Office"), make_place(name="Library")]
        db.session.commit()
        self.book()

    def book(self) -> None:
        """Invite the client, where nothing stands."""
        with transaction() as session:
            self.one = appointments.book(
                session, round=self.round, need=make_need(self.client), assistant=self.assistants[0],
                place=self.places[0], starts_at=NOW + timedelta(days=30), now=self.now,
                ends_at=NOW + timedelta(days=30) + HOUR)

    def revise(self, *, by: int = 0, place: int | None = None, assistant: int | None = None) -> None:
        """Give what stands another time, place or assistant."""
        if self.one.state == "cancelled":
            return
        with transaction() as session:
            appointments.revise(
                session, self.one, round=self.round, now=self.now,
                assistant=self.one.assistant if assistant is None else self.assistants[assistant],
                place=self.one.place if place is None else self.places[place],
                starts_at=self.one.starts_at + by * HOUR, ends_at=self.one.ends_at + by * HOUR)

    def answer(self, act: Callable[..., None]) -> None:
        """The client answers on their page, unless the office has cancelled."""
        if not answers.is_over(self.one, now=self.now):
            act(tokens.answer_token(self.one.uid), revision=self.one.sequence, now=self.now)

    def cancel(self) -> None:
        """The office cancels what stands; a new one is booked for another need."""
        with transaction() as session:
            appointments.cancel(session, self.one, reason="withdrawn", now=self.now)
        self.book()

    def remind(self) -> None:
        """Write a reminder of what the client knows of."""
        told = outbox.last_told(db.session(), self.one)
        if self.one.state != "cancelled" and told is not None and told.revision == self.one.sequence:
            with transaction() as session:
                taken = select(Message.id).where(
                    Message.appointment_id == self.one.id, Message.kind == "reminder",
                    Message.revision == self.one.sequence)
                if session.scalars(taken).first() is None:
                    outbox.write_reminder(session, self.one, hours=24, now=self.now)

    def deliver(self) -> None:
        """Let everything leave that the outbox still stands by."""
        while True:
            with transaction() as session:
                claim = claims.claim_next(session, worker="w", now=self.now, quiet=False)
                if claim is None:
                    return
                row = session.get_one(Message, claim.id)
                row.state, row.sent_at = "sent", self.now
            link = f"https://localhost/a/{tokens.answer_token(claim.facts['uid'])}"
            mail = make_mail(claim.kind, claim.facts, link=link, message_id=claim.message_id)
            self.mails.append(mail.octets)


DEEDS: dict[str, Callable[[Life], None]] = {
    "deliver": Life.deliver, "remind": Life.remind, "cancel": Life.cancel,
    "later": lambda life: life.revise(by=1), "earlier": lambda life: life.revise(by=-1),
    "to the library": lambda life: life.revise(place=1), "to the office": lambda life: life.revise(place=0),
    "with Sara": lambda life: life.revise(assistant=1), "with Nadia": lambda life: life.revise(assistant=0),
    "confirm": lambda life: life.answer(answers.confirm),
    "decline": lambda life: life.answer(answers.decline),
}


def as_the_database_says() -> dict[str, tuple[Any, ...]]:
    """What should be in the calendar of the client."""
    return {
        row.uid: (row.starts_at, row.ends_at, f"{row.place.name}, {row.place.address}" if row.place else "",
                  f"Appointment with {row.assistant.first_name}")
        for row in db.session.scalars(select(Appointment)) if row.state != "cancelled"}


def changes_in_words(mails: Iterable[bytes]) -> list[bool]:
    """Whether each mail about a change says what was, and what is."""
    found = []
    for octets in mails:
        message = message_from_bytes(octets, policy=default)
        body: Any = message.get_body(("plain",))
        text = body.get_content()
        if message["Subject"].startswith("Changed"):
            found.append("no longer valid" in text or "instead of" in text)
    return found


@pytest.mark.parametrize("lives", [12, pytest.param(300, marks=pytest.mark.long)])
def test_s5_any_order_and_any_repetition_of_our_mails_ends_in_the_calendar_that_the_database_has(
        app: Flask, lives: int) -> None:
    @settings(max_examples=lives, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from([0, 1, 90, 7200])), max_size=14),
        st.randoms(use_true_random=False))
    def holds(deeds: list[tuple[str, int]], chance: Any) -> None:
        db.session.rollback()
        _begin_anew()
        life = Life()
        for deed, seconds in deeds:
            life.now += timedelta(seconds=seconds)
            DEEDS[deed](life)
        life.deliver()
        arriving = life.mails * 2
        chance.shuffle(arriving)
        program = CalendarProgram()
        for mail in arriving:
            program.receive(mail)
        assert program.shown() == as_the_database_says()
        assert len(program.organizers) <= 1  # S1
        assert all(changes_in_words(life.mails))

    holds()
