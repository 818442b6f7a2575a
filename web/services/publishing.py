"""Publishing: one transaction in which a plan becomes appointments, mails and an audit entry, or nothing."""
from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from web.i18n import gettext as _
from web.models import (
    TO_CLIENTS,
    Appointment,
    Assistant,
    Client,
    Message,
    Need,
    Office,
    Place,
    PlanVersion,
    Round,
    User,
    current_office_id,
    db,
)
from web.services import appointments, audit
from web.services.client_languages import language_for
from web.services.errors import ConflictError, NotFoundError
from web.services.local_time import NoSuchTimeError, instant
from web.services.need_ids import row_id
from web.services.participants import Participants, participants
from web.services.rounds import draft, ended
from web.services.snapshot import document_of
from web.services.staleness import stale
from web.services.transactions import transaction
from web.services.ways import dead_addresses, way_to


class StalePlanError(ConflictError):
    """The plan no longer fits the people's data; `sentences` name what changed. Solve again."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(_("People’s data changed after this plan was made. Solve again.")
                         + " " + " ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, kw_only=True)
class Step:
    """What publishing does about one need: book, revise, cancel, or nothing (`stands`)."""

    deed: str
    need: Need
    client: Client
    assistant: Assistant
    place: Place | None
    starts_at: datetime
    ends_at: datetime
    old: Appointment | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would be done and sent; `seal` names exactly this, so that nothing else gets published."""

    steps: tuple[Step, ...]
    stale: tuple[str, ...]
    seal: str
    dead: frozenset[str]  # addresses that mails come back from

    def count(self, deed: str) -> int:
        """How many appointments are booked, revised, cancelled, or stand."""
        return sum(step.deed == deed for step in self.steps)

    @property
    def mails(self) -> Counter[str]:
        """How many mails go out in each language."""
        return Counter(language_for(step.client) for step in self.steps
                       if step.deed != "stands" and way_to(step.client, dead=self.dead))

    @property
    def without_place(self) -> int:
        """How many appointments would be announced without saying where."""
        return sum(step.deed in ("book", "revise") and step.place is None for step in self.steps)

    @property
    def to_phone(self) -> list[Client]:
        """Clients whom no mail reaches, with news for them."""
        found = {step.client.id: step.client for step in self.steps
                 if step.deed != "stands" and way_to(step.client, dead=self.dead) is None}
        return sorted(found.values(), key=lambda client: (client.name.casefold(), client.code))


def preview(round: Round, version: PlanVersion, *, now: datetime) -> Preview:
    """Work out what publishing a plan would do now."""
    office = db.session.get_one(Office, current_office_id())
    # As of the moment of the plan: what has come near since is judged by `stale`, not left out.
    parts = participants(office, round, now=version.read_at)
    document = document_of(office, round, parts)
    try:
        steps = _steps(office, parts, version.plan_document)
        sentences = stale(document, version, [(s.deed, s.starts_at, s.old) for s in steps], now=now)
    except NoSuchTimeError:  # the office has moved since to a zone in which the clocks change then
        steps = ()
        sentences = [_("At a time of this plan the clocks change in the office’s time zone.")]
    told = [[s.deed, s.need.id, s.assistant.id, s.place.id if s.place else None, s.starts_at.isoformat(),
             s.client.channel, s.client.email, s.client.phone, language_for(s.client)] for s in steps]
    seal = hashlib.sha256(json.dumps([version.id, told]).encode()).hexdigest()
    return Preview(steps=steps, stale=tuple(sentences), seal=seal, dead=dead_addresses())


def publish(round_id: int, plan_id: int, *, user: User, now: datetime, seal: str | None = None) -> Preview:
    """Publish the plan that the coordinator saw; return what was done.

    Raises
    ------
    ConflictError
        Where somebody else ended the round, or another plan took this one's place.
    StalePlanError
        Where people's data changed so that the plan breaks a rule.
    """
    with transaction() as session:
        decided: Any = session.execute(
            update(Round).where(Round.id == round_id, Round.state == "draft", Round.plan_id == plan_id)
            .values(state="published", ended_at=now, ended_by_id=user.id)
            .execution_options(synchronize_session=False))
        round = session.get(Round, round_id, populate_existing=True)
        if decided.rowcount != 1 or round is None:
            raise _refusal(round)
        version = session.get_one(PlanVersion, plan_id)
        done = preview(round, version, now=now)
        if done.stale:
            raise StalePlanError(list(done.stale))
        if seal is not None and seal != done.seal:
            raise ConflictError(
                _("What would be sent has changed since you looked. Look again, then publish."))
        _carry_out(session, round, done.steps, now)
        audit.record(session, user_id=user.id, action="round.published", subject=f"round:{round.id}", now=now,
                     details={"plan": plan_id} | {deed: done.count(deed) for deed in DEEDS})
        return done


DEEDS = ("cancel", "revise", "book", "stands")


def discard(round_id: int, *, user: User, now: datetime) -> None:
    """End a draft without publishing; nothing that stands changes."""
    with transaction() as session:
        round = draft(session, round_id)
        round.state, round.ended_at, round.ended_by_id = "discarded", now, user.id
        audit.record(session, user_id=user.id, action="round.discarded", subject=f"round:{round.id}", now=now)


def appointments_of(round: Round) -> Sequence[Appointment]:
    """Every appointment that was last published in a round, by time."""
    return db.session.scalars(
        select(Appointment).where(Appointment.round_id == round.id)
        .order_by(Appointment.starts_at, Appointment.id)
        .options(joinedload(Appointment.client), joinedload(Appointment.assistant),
                 joinedload(Appointment.need).joinedload(Need.topic), joinedload(Appointment.place))).all()


def mails_of(round: Round) -> dict[int, list[Message]]:
    """Every mail about a round's appointments, by appointment, the latest first."""
    found: dict[int, list[Message]] = defaultdict(list)
    for mail in db.session.scalars(
            select(Message).join(Appointment, Message.appointment_id == Appointment.id)
            .where(Appointment.round_id == round.id, Message.kind.in_(TO_CLIENTS))
            .order_by(Message.id.desc())):
        found[mail.appointment_id].append(mail)
    return found


def _refusal(round: Round | None) -> Exception:
    if round is None:
        return NotFoundError(_("There is no such round."))
    if round.state != "draft":
        return ConflictError(ended(round))
    return ConflictError(_("A newer plan has taken the place of this one meanwhile. Look at it first."))


def _steps(office: Office, parts: Participants, plan: dict[str, Any]) -> tuple[Step, ...]:
    """Compare a plan with what stands, need by need, in the order in which it is carried out."""
    clients = {row.code: row for row in db.session.scalars(select(Client))}
    assistants = {row.code: row for row in db.session.scalars(select(Assistant))}
    places = {row.code: row for row in db.session.scalars(select(Place))}
    needs = {row.id: row for row in db.session.scalars(select(Need))}
    live = {row.need_id: row for row in db.session.scalars(
        select(Appointment).where(Appointment.state != "cancelled"))}
    taking = {one.person.id for one in parts.clients}
    steps, planned = [], set[int]()
    for pair in plan["pairs"]:
        client, assistant = clients.get(pair["client"]), assistants.get(pair["assistant"])
        for one in pair["appointments"]:
            need = needs.get(row_id(one["need"]))
            if client is None or assistant is None or need is None:
                continue  # `stale` tells of people and needs that are gone
            planned.add(need.id)
            starts_at, ends_at = (instant(datetime.fromisoformat(one[key]), office.timezone)
                                  for key in ("start", "end"))
            place, old = places.get(one["place"] or ""), live.get(need.id)
            same = old is not None and (old.starts_at, old.ends_at, old.assistant_id, old.place_id) == (
                starts_at, ends_at, assistant.id, place.id if place else None)
            steps.append(Step(
                deed="stands" if same else "revise" if old else "book", need=need, client=client,
                assistant=assistant, place=place, starts_at=starts_at, ends_at=ends_at, old=old))
    for need_id, old in parts.standing.movable.items():
        if old.client_id in taking and need_id not in planned:
            steps.append(Step(deed="cancel", need=old.need, client=old.client, assistant=old.assistant,
                              place=old.place, starts_at=old.starts_at, ends_at=old.ends_at, old=old))
    # What goes makes room for what comes.
    return tuple(sorted(steps, key=lambda step: (DEEDS.index(step.deed), step.starts_at, step.need.id)))


def _carry_out(session: Session, round: Round, steps: Sequence[Step], now: datetime) -> None:
    for step in steps:
        if step.deed == "cancel" and step.old is not None:
            appointments.cancel(session, step.old, reason="replanned", now=now)
            continue
        if step.old is not None:
            appointments.revise(session, step.old, round=round, assistant=step.assistant, place=step.place,
                                starts_at=step.starts_at, ends_at=step.ends_at, now=now)
        else:
            appointments.book(session, round=round, need=step.need, assistant=step.assistant,
                              place=step.place, starts_at=step.starts_at, ends_at=step.ends_at, now=now)
        # Written past the row's version: whoever edits this client has no conflict with a round.
        session.execute(update(Client).where(Client.id == step.client.id)
                        .values(previous_assistant_id=step.assistant.id))
