"""Changing a plan by hand: what is possible, what it would break, and the version it becomes."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from matcher import Plan
from matcher import Round as MatcherRound
from matcher.check import check
from matcher.plan_parts import Appointment, Pair
from web.i18n import gettext as _
from web.models import Assistant, Client, PlanVersion, RoundBan, RoundPin, User, db
from web.services import audit
from web.services.errors import ConflictError, NotFoundError, ServiceError
from web.services.need_ids import row_id
from web.services.review import Names
from web.services.rounds import draft
from web.services.scoring import levels_by_hand
from web.services.transactions import transaction
from web.services.versions import add_version
from web.services.wording import rule


class RulesBrokenError(ServiceError):
    """A change that would break hard rules: `sentences` names each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class PossibleStart:
    """A time at which a client and an assistant could meet, and where."""

    start: datetime
    place: str | None


def who_could(version: PlanVersion, client: str) -> dict[str, str]:
    """Every assistant of the round, with the code of the rule that keeps them from a client, or ""."""
    # Imported here: numpy and the tables are needed on this page only.
    from matcher.candidates import CODES, candidates

    table = candidates(_alone(version, client))
    return {assistant.id: CODES[number - 1] if number else ""
            for assistant, number in zip(table.assistants, table.broken[0].tolist(), strict=True)}


def possible_starts(version: PlanVersion, client: str, assistant: str) -> dict[str, list[PossibleStart]]:
    """When each need of a client could be met by an assistant, beside the assistant's other clients."""
    from matcher.candidates import candidates

    round = _alone(version, client, assistant)
    table = candidates(round)
    gap = timedelta(minutes=round.assistants[0].buffer_minutes)
    busy = [(one.start - gap, one.end + gap) for pair in Plan.from_document(version.plan_document).pairs
            if pair.assistant == assistant and pair.client != client for one in pair.appointments]
    found: dict[str, list[PossibleStart]] = {need.id: [] for need in round.clients[0].needs}
    starts = table.starts
    for n in range(len(starts)):
        need = table.needs[int(starts.need[n])]
        start = round.moment(int(starts.day[n]), int(starts.slot[n]))
        end = start + timedelta(minutes=round.minutes(need))
        if not any(start < until and since < end for since, until in busy):
            found[need.id].append(PossibleStart(start, table.places[int(starts.place[n])]))
    return found


@dataclass(frozen=True, kw_only=True)
class NeedChoice:
    """One need of the client, what it has now, and when it could be met."""

    need: str
    topic: str
    optional: bool
    now: datetime | None
    starts: tuple[PossibleStart, ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a coordinator can choose for a client."""

    client: str
    assistant: str  # the one looked at, or ""
    present: str  # the plan's, or ""
    who: tuple[tuple[str, str], ...]  # every assistant by name, and what speaks against them
    needs: tuple[NeedChoice, ...]


def choice(version: PlanVersion, client: str, assistant: str, names: Names) -> Choice:
    """Gather what can be chosen for a client, with an assistant where one is asked for."""
    could = who_could(version, client)
    pairs = Plan.from_document(version.plan_document).pairs
    pair = next((one for one in pairs if one.client == client), None)
    present = pair.assistant if pair else ""
    looked_at = assistant or present
    starts = possible_starts(version, client, looked_at) if looked_at else {}
    has = {one.need: one.start for one in pair.appointments} if pair and pair.assistant == looked_at else {}
    row = next(one for one in version.round_document["clients"] if one["id"] == client)
    return Choice(
        client=client, assistant=looked_at, present=present,
        who=tuple(sorted(((code, rule(why) if why else "") for code, why in could.items()),
                         key=lambda one: (bool(one[1]), names.assistant(one[0]).casefold()))),
        needs=tuple(NeedChoice(need=need["id"], topic=names.topic(need["topic"]), now=has.get(need["id"]),
                               optional=need.get("optional", False), starts=tuple(starts.get(need["id"], ())))
                    for need in row["needs"]))


def change(round_id: int, *, plan_id: int, client: str, assistant: str | None,
           starts: Mapping[str, datetime], user: User, now: datetime) -> PlanVersion:
    """Give a client this assistant at these times (None: nobody), as a new version, and pin it.

    Raises
    ------
    RulesBrokenError
        Where a hard rule does not allow it; nothing is changed then.
    """
    old = db.session.get(PlanVersion, plan_id)
    if old is None or old.round_id != round_id:
        raise NotFoundError(_("There is no such plan."))
    document, plan = _changed(old, client, assistant, starts)
    with transaction() as session:
        round = draft(session, round_id)
        if round.plan_id != plan_id:
            raise ConflictError(
                _("A newer plan has taken the place of this one meanwhile. Look at it first."))
        row = session.scalar(db.select(Client).where(Client.code == client))
        if row is None:
            raise NotFoundError(_("There is no client %(code)s.", code=client))
        round.pins = [pin for pin in round.pins if pin.client_id != row.id]
        if assistant is not None:
            other = session.scalar(db.select(Assistant).where(Assistant.code == assistant))
            if other is None:
                raise NotFoundError(_("There is no assistant %(code)s.", code=assistant))
            session.execute(delete(RoundBan).where(
                RoundBan.round_id == round.id, RoundBan.client_id == row.id,
                RoundBan.assistant_id == other.id))
            round.pins += [RoundPin(client_id=row.id, assistant_id=other.id, need_id=row_id(need),
                                    start=start.isoformat(timespec="minutes"))
                           for need, start in sorted(starts.items())]
        audit.record(session, user_id=user.id, action="plan.changed", subject=f"round:{round.id}", now=now,
                     details={"client": row.id})
        return add_version(round, document=document, plan=plan, made_by="hand", read_at=old.read_at, now=now)


def _alone(version: PlanVersion, client: str, assistant: str | None = None) -> MatcherRound:
    """The round of one client, and perhaps one assistant; what ties them to others is left out."""
    document = version.round_document
    clients = [one for one in document["clients"] if one["id"] == client]
    if not clients:
        raise NotFoundError(_("This client is not in the plan’s round. Solve again first."))
    assistants = [one for one in document["assistants"] if assistant in (None, one["id"])]
    if not assistants:
        raise NotFoundError(_("This assistant is not in the plan’s round. Solve again first."))
    ids = {one["id"] for one in assistants}
    known = dict(clients[0]) | {"not_with": [code for code in clients[0].get("not_with", []) if code in ids]}
    if known.get("previous_assistant") not in ids:
        known.pop("previous_assistant", None)
    return MatcherRound.from_document(document | {
        "clients": [known], "assistants": assistants, "pins": [], "keep": [],
        # Choosing by hand overrides a ban of this round; it never overrides `not_with`.
        "bans": [] if assistant else [ban for ban in document["bans"] if ban["client"] == client]})


def _changed(old: PlanVersion, client: str, assistant: str | None,
             starts: Mapping[str, datetime]) -> tuple[dict[str, Any], dict[str, Any]]:
    document = dict(old.round_document)
    document["bans"] = [ban for ban in document["bans"]
                        if (ban["client"], ban["assistant"]) != (client, assistant)]
    document["pins"] = [pin for pin in document["pins"] if pin["client"] != client] + [
        {"client": client, "assistant": assistant, "need": need, "start": f"{start:%Y-%m-%dT%H:%M}"}
        for need, start in sorted(starts.items()) if assistant is not None]
    grid = document["grid_minutes"]
    if any((start.hour * 60 + start.minute) % grid for start in starts.values()):
        raise RulesBrokenError([_("Appointments begin every %(minutes)s minutes, counted from midnight.",
                                  minutes=grid)])
    round = MatcherRound.from_document(document)
    before = Plan.from_document(old.plan_document)
    narrower = (document["bans"] == old.round_document["bans"]
                and all(pin in document["pins"] for pin in old.round_document["pins"]))
    pairs = [pair for pair in before.pairs if pair.client != client]
    if assistant is not None:
        pairs.append(_pair(old, round, client, assistant, starts))
    from matcher.candidates import candidates
    from matcher.explain import explained

    told, unmatched = explained(round, candidates(round), sorted(pairs, key=lambda pair: pair.client))
    plan = replace(before, round_sha256=round.sha256, status="feasible", pairs=told, unmatched=unmatched,
                   levels=levels_by_hand(round, told, before.levels, narrower=narrower))
    broken = broken_rules(round, plan)
    if broken:
        raise RulesBrokenError(broken)
    return document, plan.to_document()


def _pair(old: PlanVersion, round: MatcherRound, client: str, assistant: str,
          starts: Mapping[str, datetime]) -> Pair:
    possible = possible_starts(old, client, assistant)
    needs = {need.id: need for need in round.client(client).needs}
    if not starts.keys() <= needs.keys():
        raise NotFoundError(_("There is no such need."))
    places = [one.place for ones in possible.values() for one in ones]
    appointments = []
    for need, start in starts.items():
        here = [one.place for one in possible[need] if one.start == start]
        appointments.append(Appointment(
            need=need, start=start, end=start + timedelta(minutes=round.minutes(needs[need])),
            place=here[0] if here else next(iter(places), None)))
    return Pair(client=client, assistant=assistant, appointments=tuple(appointments))


def broken_rules(round: MatcherRound, plan: Plan) -> list[str]:
    """Name each hard rule that a plan breaks, once each, in words.

    Raises
    ------
    RuntimeError
        Where the plan tells wrong numbers about itself: a mistake of ours.
    """
    codes, others = [], []
    for fault in check(round, plan):
        if fault.message.startswith("breaks "):
            codes.append(fault.message.removeprefix("breaks ").partition(":")[0])
        else:
            others.append(str(fault))
    if others and not codes:
        raise RuntimeError("; ".join(others))
    return [rule(code) for code in dict.fromkeys(codes)]
