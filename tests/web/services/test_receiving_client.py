"""A client's calendar program, fed with our real mails in any order and any number."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round
from tests.web.conftest import NOW, _begin_anew
from tests.web.services.calendar_program import (
    CalendarProgram,
    as_the_database_says,
    changes_in_words,
    delivered,
)
from web.models import Message, Place, db
from web.services import answers, appointments, outbox, tokens
from web.services.transactions import transaction

HOUR = timedelta(hours=1)


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
        self.mails += delivered(now=self.now)


DEEDS: dict[str, Callable[[Life], None]] = {
    "deliver": Life.deliver, "remind": Life.remind, "cancel": Life.cancel,
    "later": lambda life: life.revise(by=1), "earlier": lambda life: life.revise(by=-1),
    "to the library": lambda life: life.revise(place=1), "to the office": lambda life: life.revise(place=0),
    "with Sara": lambda life: life.revise(assistant=1), "with Nadia": lambda life: life.revise(assistant=0),
    "confirm": lambda life: life.answer(answers.confirm),
    "decline": lambda life: life.answer(answers.decline),
}


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
