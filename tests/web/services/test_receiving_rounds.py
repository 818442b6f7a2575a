"""Several clients' calendar programs through rounds, repairs and changes of address.

Whatever happens to an office, and in whatever order and number its mails arrive, each mailbox ends with
what the database has for whoever reads there now, and with nothing of anybody else.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.web.a_round import MONDAY, World, away
from tests.web.conftest import NOW, _begin_anew
from tests.web.services.calendar_program import (
    CalendarProgram,
    as_the_database_says,
    changes_in_words,
    delivered,
)
from web.models import FAREWELL, TO_CLIENTS, Appointment, Message, PlanVersion, db
from web.services import answers, appointments, clients, free_slots, links, moving, outbox, publishing, rounds
from web.services.errors import ConflictError
from web.services.people_rows import client_data, load_directory
from web.services.transactions import transaction

# The last one is nobody's at first, or everybody's in the end: families share a mailbox.
ADDRESSES = ("c1@example.org", "c2@example.org", "c3@example.org", "family@example.net")


class Office:
    """An office with three clients, two assistants and one round after another."""

    def __init__(self) -> None:
        self.now = NOW
        self.mails: list[bytes] = []
        self.world = World()
        self.clients = [self.world.client(f"C{number}", needs=number // 2 + 1) for number in (1, 2, 3)]
        self.assistants = [self.world.assistant(f"A{number}") for number in (1, 2)]
        self.version: PlanVersion | None = None
        self.plan(0)
        self.publish(0)

    def plan(self, who: int) -> None:
        """Solve the round, or a repair of the one that was published."""
        if self.world.round.state != "draft":
            self.world.round = rounds.repair(self.world.round.id, user=self.world.user, now=self.now)
        self.version = self.world.planned(self.now)

    def publish(self, who: int) -> None:
        """Publish what was planned, unless people's data say otherwise by now."""
        if self.version is not None and self.world.round.state == "draft":
            with suppress(ConflictError):  # of which StalePlanError is one
                publishing.publish(self.world.round.id, self.version.id, user=self.world.user, now=self.now)

    def replan(self, who: int) -> None:
        """Plan and publish at once."""
        self.plan(who)
        self.publish(who)

    def client_away(self, who: int) -> None:
        """A client has no time on one more day: their appointment there cannot stay."""
        client = self.clients[who]
        day = MONDAY + timedelta(days=len(client.dated_hours))
        with transaction():
            client.dated_hours = [*client.dated_hours, away(day)]

    def assistant_away(self, who: int) -> None:
        """Nor has an assistant."""
        assistant = self.assistants[who % 2]
        with transaction():
            assistant.dated_hours = [*assistant.dated_hours,
                                     away(MONDAY + timedelta(days=len(assistant.dated_hours)))]

    def another_need(self, who: int) -> None:
        """A client needs one more appointment."""
        with transaction():
            self.world.need(self.clients[who])

    def write_to(self, who: int, address: str) -> None:
        """A client is written to at another address, or at none."""
        client = clients.get_client(self.clients[who].id)
        data = replace(client_data(client, load_directory(db.session())), email=address)
        clients.save_client(data=data, client_id=client.id, version=client.version, user_id=1, now=self.now)

    def one(self, who: int) -> Appointment | None:
        """The client's first appointment that stands and is not over."""
        return db.session.scalars(select(Appointment).where(
            Appointment.client_id == self.clients[who].id, Appointment.state != "cancelled",
            Appointment.starts_at > self.now).order_by(Appointment.id)).first()

    def answer(self, who: int, act: Callable[..., None]) -> None:
        """The client answers on their page."""
        if (one := self.one(who)) is not None:
            act(links.token_of(one), revision=one.sequence, now=self.now)

    def take_back(self, who: int) -> None:
        """The client comes after all, if the time is still free."""
        one = db.session.scalars(select(Appointment).where(
            Appointment.client_id == self.clients[who].id, Appointment.cancel_reason == "declined")).first()
        if one is not None:
            with suppress(ConflictError):
                answers.confirm(links.token_of(one), revision=one.sequence, now=self.now)

    def choose(self, who: int) -> None:
        """The client moves their appointment to the last free time."""
        if (one := self.one(who)) is not None and (slots := free_slots.free(one, now=self.now)):
            with suppress(ConflictError):
                moving.choose(links.token_of(one), revision=one.sequence, starts_at=slots[-1].starts_at,
                              now=self.now)

    def cancel(self, who: int) -> None:
        """The office takes an appointment back."""
        if (one := self.one(who)) is not None:
            with transaction() as session:
                appointments.cancel(session, one, reason="withdrawn", now=self.now)

    def remind(self, who: int) -> None:
        """A reminder of what the client knows of is written, once."""
        one = self.one(who)
        if one is None:
            return
        told = outbox.last_told(db.session(), one)
        if told is None or told.revision != one.sequence:
            return
        with transaction() as session:
            if session.scalars(select(Message.id).where(
                    Message.appointment_id == one.id, Message.kind == "reminder",
                    Message.revision == one.sequence)).first() is None:
                outbox.write_reminder(session, one, hours=24, now=self.now)

    def deliver(self) -> None:
        """Let the outbox do its work."""
        self.mails += delivered(now=self.now)


DEEDS: dict[str, Callable[[Office, int], None]] = {
    "remind": Office.remind, "cancel": Office.cancel, "choose": Office.choose,
    "plan": Office.plan, "publish": Office.publish, "replan": Office.replan,
    "client away": Office.client_away, "assistant away": Office.assistant_away,
    "need": Office.another_need, "take back": Office.take_back,
    "confirm": lambda office, who: office.answer(who, answers.confirm),
    "decline": lambda office, who: office.answer(who, answers.decline),
    "own address": lambda office, who: office.write_to(who, ADDRESSES[who]),
    "family address": lambda office, who: office.write_to(who, ADDRESSES[-1]),
    "no address": lambda office, who: office.write_to(who, ""),
}


# One life in which everything happens after clients have heard of what was before.
EVENTFUL = [(deed, who, 90, True) for who in range(3) for deed in (
    "confirm", "choose", "remind", "client away", "replan", "family address", "decline", "take back",
    "cancel", "replan", "own address", "need", "assistant away", "replan", "no address", "family address")]


@pytest.mark.parametrize("lives", [4, pytest.param(80, marks=pytest.mark.long)])
def test_s6_every_mailbox_ends_with_what_the_database_has_for_whoever_reads_there(
        app: Flask, lives: int) -> None:
    happened = Counter[str]()

    @settings(max_examples=lives, deadline=None, suppress_health_check=list(HealthCheck))
    @example(EVENTFUL, Random(1))
    @given(
        st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 2),
                           st.sampled_from([0, 1, 90, 7200]), st.booleans()), max_size=14),
        st.randoms(use_true_random=False))
    def holds(deeds: list[tuple[str, int, int, bool]], chance: Any) -> None:
        db.session.rollback()
        _begin_anew()
        office = Office()
        for deed, who, seconds, delivers in deeds:
            office.now += timedelta(seconds=seconds)
            DEEDS[deed](office, who)
            if delivers:
                office.deliver()
        office.deliver()
        arriving = office.mails * 2
        chance.shuffle(arriving)
        programs = {address: CalendarProgram() for address in ADDRESSES}
        for mail in arriving:
            programs[message_from_bytes(mail)["To"]].receive(mail)
        db.session.expire_all()
        shown = {address: program.shown() for address, program in programs.items()}
        assert shown == {
            address: as_the_database_says(address=address) for address in ADDRESSES}
        assert all(len(program.organizers) <= 1 for program in programs.values())  # S1
        assert all(changes_in_words(office.mails))
        happened.update(db.session.scalars(select(Message.kind).where(Message.state == "sent")))

    holds()
    assert set(happened) >= {*TO_CLIENTS, FAREWELL}
