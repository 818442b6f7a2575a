"""What if these two met, and those two never: tried on a plan, then kept or thrown away."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher import Plan
from matcher import Round as MatcherRound
from matcher.check import check
from web.i18n import gettext as _
from web.models import Assistant, Client, Office, PlanVersion, Question, Round, User, current_office_id, db
from web.services import audit, questions, rounds
from web.services.errors import ConflictError, NotFoundError
from web.services.review import Names
from web.services.rounds import draft
from web.services.snapshot import same, snapshot
from web.services.transactions import transaction
from web.services.versions import add_version

Pair = tuple[str, str]  # a client and an assistant, by code
# How many pairs that the plan does not have can be named at once.
MORE = 3


class _UndoneError(Exception):
    """Ends a transaction whose writing was only tried."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Whom a coordinator can tick: the present pairs, and everybody in the round, by row id and name."""

    pairs: tuple[tuple[str, str, str, str], ...]  # ids as `pairs` reads them, client, their code, assistant
    clients: tuple[tuple[int, str], ...]
    assistants: tuple[tuple[int, str], ...]


def choice(round: Round, version: PlanVersion, names: Names) -> Choice:
    """List whom a plan is about."""
    if round.state != "draft":
        raise NotFoundError(_("There is no such plan."))

    def everybody(kind: str, rows: Mapping[str, Client] | Mapping[str, Assistant]) -> list[tuple[int, str]]:
        known = [rows[one["id"]] for one in version.round_document[kind] if one["id"] in rows]
        return [(row.id, f"{row.name} ({row.code})")
                for row in sorted(known, key=lambda row: (row.name.casefold(), row.code))]

    pairs = [(f"{names.clients[one['client']].id}-{names.assistants[one['assistant']].id}",
              names.client(one["client"]), one["client"], names.assistant(one["assistant"]))
             for one in version.plan_document["pairs"]
             if one["client"] in names.clients and one["assistant"] in names.assistants]
    return Choice(pairs=tuple(sorted(pairs, key=lambda pair: (pair[1].casefold(), pair[2]))),
                  clients=tuple(everybody("clients", names.clients)),
                  assistants=tuple(everybody("assistants", names.assistants)))


def pairs(ticked: Iterable[str], names: Names) -> list[Pair]:
    """Read pairs as the form sends them: two row ids with a hyphen between.

    Raises
    ------
    ConflictError
        Somebody is missing, or not of this office.
    """
    clients = {str(row.id): row.code for row in names.clients.values()}
    assistants = {str(row.id): row.code for row in names.assistants.values()}
    found = []
    for one in ticked:
        client, _hyphen, assistant = one.partition("-")
        if client not in clients or assistant not in assistants:
            raise ConflictError(_("Choose a client and an assistant."))
        found.append((clients[client], assistants[assistant]))
    return found


def ask(round_id: int, *, pins: Sequence[Pair], bans: Sequence[Pair], user: User, now: datetime) -> Question:
    """Ask what would change if these pairs were pinned and those banned.

    Raises
    ------
    ConflictError
        Nothing is decided, decisions contradict, or the plan is no longer up to date, so that not only the
        decisions would make the difference.
    """
    if not pins and not bans:
        raise ConflictError(_("Tick at least one pair."))
    if set(pins) & set(bans) or len({client for client, _assistant in pins}) < len(set(pins)):
        raise ConflictError(_("A client meets one assistant in a round: these decisions contradict."))
    office = db.session.get_one(Office, current_office_id())
    round = rounds.get(round_id)
    if round.state != "draft":
        raise ConflictError(rounds.ended(round))
    version = db.session.get(PlanVersion, round.plan_id) if round.plan_id is not None else None
    if version is None:
        raise ConflictError(_("There is no such plan."))
    if not same(snapshot(office, round, now), version.round_document):
        raise ConflictError(_("Something has changed since this plan was made. Solve again first."))
    about: dict[str, Any] = {"pins": sorted(map(list, set(pins))), "bans": sorted(map(list, set(bans)))}
    try:
        with transaction():
            _decide(round_id, about)
            about["document"] = snapshot(office, rounds.get(round_id), now)
            raise _UndoneError
    except _UndoneError:
        pass
    return questions.ask(round_id, "whatif", about, user=user, now=now)


def keep(round_id: int, question_id: int, *, user: User, now: datetime) -> PlanVersion:
    """Make the tried plan the round's newest, with its pins and bans."""
    with transaction() as session:
        round = draft(session, round_id)
        question = questions.of_round(round, question_id)
        plan = question.result.get("plan")
        if question.kind != "whatif" or plan is None:
            raise ConflictError(_("There is no such plan."))
        if question.plan_id != round.plan_id:
            raise ConflictError(
                _("A newer plan has taken the place of this one meanwhile. Look at it first."))
        document = question.about["document"]
        faults = check(MatcherRound.from_document(document), Plan.from_document(plan))
        if faults:
            raise RuntimeError(f"a plan that was tried breaks its round: {faults[0]}")
        _decide(round_id, question.about)
        audit.record(session, user_id=user.id, action="plan.kept", subject=f"round:{round.id}", now=now,
                     details={"question": question.id})
        return add_version(round, document=document, plan=plan, made_by="solver",
                           read_at=question.created_at, now=now)


def throw_away(round_id: int, question_id: int) -> None:
    """Forget what was tried."""
    with transaction() as session:
        question = questions.of_round(draft(session, round_id), question_id)
        if question.kind == "whatif":
            session.delete(question)


def _decide(round_id: int, about: dict[str, Any]) -> None:
    for client, assistant in about["pins"]:
        rounds.pin(round_id, client=client, assistant=assistant)
    for client, assistant in about["bans"]:
        rounds.ban(round_id, client=client, assistant=assistant)
