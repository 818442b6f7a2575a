"""A plan as a coordinator reads it: names from rows, reasons in words, unmatched clients accounted for."""
from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from matcher import Plan
from matcher import Round as MatcherRound
from matcher.plan_parts import Appointment as Planned
from matcher.plan_parts import Level
from web.i18n import current_language
from web.i18n import gettext as _
from web.models import Assistant, Client, Place, PlanVersion, Round, Topic, db
from web.services.errors import NotFoundError
from web.services.wording import Counted, level_hint, level_label, pair_reasons, unmatched_reason


class Names:
    """The office's rows by code; a row that is gone is shown by its code."""

    @cached_property
    def clients(self) -> Mapping[str, Client]:
        return {row.code: row for row in db.session.scalars(select(Client))}

    @cached_property
    def assistants(self) -> Mapping[str, Assistant]:
        return {row.code: row for row in db.session.scalars(select(Assistant))}

    @cached_property
    def topics(self) -> Mapping[str, Topic]:
        return {row.code: row for row in db.session.scalars(select(Topic))}

    @cached_property
    def places(self) -> Mapping[str, Place]:
        return {row.code: row for row in db.session.scalars(select(Place))}

    def client(self, code: str) -> str:
        """A client's name, for where their number stands beside it."""
        return self.clients[code].name if code in self.clients else code

    def client_apart(self, code: str) -> str:
        """A client's name, with their number where another client of the office has the same name."""
        return self._apart(self.client(code), code, self._shared_by_clients)

    def assistant(self, code: str) -> str:
        """An assistant's name, with their code where another assistant of the office has the same name."""
        name = self.assistants[code].name if code in self.assistants else code
        return self._apart(name, code, self._shared_by_assistants)

    @cached_property
    def _shared_by_clients(self) -> Set[str]:
        return _shared(self.clients.values())

    @cached_property
    def _shared_by_assistants(self) -> Set[str]:
        return _shared(self.assistants.values())

    @staticmethod
    def _apart(name: str, code: str, shared: Set[str]) -> str:
        return f"{name} ({code})" if _as_seen(name) in shared else name

    def topic(self, code: str) -> str:
        """A topic's name in the language of the page."""
        return self.topics[code].name_in(current_language().code) if code in self.topics else code

    def place(self, code: str | None) -> str:
        """A place's name; empty where there is none."""
        return "" if code is None else self.places[code].name if code in self.places else code


def _as_seen(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _shared(people: Iterable[Client | Assistant]) -> Set[str]:
    """The names that more than one of these people has."""
    return {name for name, count in Counter(_as_seen(one.name) for one in people).items() if count > 1}


@dataclass(frozen=True, kw_only=True)
class LevelRow:
    """One level: what the plan reaches and what no plan can beat."""

    level: str
    label: str
    hint: str
    value: int | None
    bound: int | None

    @property
    def proven(self) -> bool:
        """Whether nothing better is possible."""
        return self.value is not None and self.value == self.bound

    @property
    def share(self) -> float | None:
        """How near the value is to the bound, 0 to 1, for a bar."""
        if self.value is None or self.bound is None:
            return None
        return max(0.0, 1 - abs(self.bound - self.value) / max(1, abs(self.bound)))


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One appointment of a plan."""

    need: str
    topic: str
    start: datetime  # local
    end: datetime
    place: str
    pinned: bool
    standing: bool  # announced already, and unchanged


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """A client with an assistant, when, and why."""

    client: str  # codes
    assistant: str
    client_name: str
    assistant_name: str
    meetings: tuple[Meeting, ...]
    reasons: tuple[str, ...]
    pinned: bool
    banned: bool  # since this plan was made


@dataclass(frozen=True, kw_only=True)
class UnmatchedRow:
    """A client without an assistant, and what keeps them from each."""

    client: str
    client_name: str
    reasons: tuple[Counted, ...]
    loses: int  # announced appointments that this plan would cancel


@dataclass(frozen=True, kw_only=True)
class Review:
    """A whole version of a plan."""

    version: PlanVersion
    status: str
    levels: tuple[LevelRow, ...]
    pairs: tuple[PairRow, ...]
    unmatched: tuple[UnmatchedRow, ...]
    assistants: int

    @property
    def appointments(self) -> int:
        """How many appointments the plan has."""
        return sum(len(pair.meetings) for pair in self.pairs)


def version_of(round: Round, number: int | None = None) -> PlanVersion:
    """Read a version of a round's plan, the present one where no number is given."""
    wanted = PlanVersion.id == round.plan_id if number is None else PlanVersion.number == number
    found = db.session.scalar(select(PlanVersion).where(PlanVersion.round_id == round.id, wanted))
    if found is None:
        raise NotFoundError(_("There is no such plan."))
    return found


def review(round: Round, version: PlanVersion, names: Names) -> Review:
    """Read a version of a plan in words."""
    document = MatcherRound.from_document(version.round_document)
    plan = Plan.from_document(version.plan_document)
    pinned_pairs, pinned_times = pinned(round)
    banned_pairs = banned(round)
    announced: dict[str, int] = {}
    for entry in document.keep:
        announced[entry.client] = announced.get(entry.client, 0) + 1
    keep = {(k.client, k.assistant, k.need, k.start) for k in document.keep}
    needs = {need.id: need.topic for client in document.clients for need in client.needs}

    def meeting(client: str, assistant: str, one: Planned) -> Meeting:
        return Meeting(
            need=one.need, topic=names.topic(needs[one.need]), start=one.start, end=one.end,
            place=names.place(one.place), standing=(client, assistant, one.need, one.start) in keep,
            pinned=(client, assistant, one.need, one.start.isoformat(timespec="minutes")) in pinned_times)

    pairs = [PairRow(
        client=pair.client, assistant=pair.assistant, client_name=names.client(pair.client),
        assistant_name=names.assistant(pair.assistant), reasons=tuple(pair_reasons(document, pair)),
        pinned=(pair.client, pair.assistant) in pinned_pairs,
        banned=(pair.client, pair.assistant) in banned_pairs,
        meetings=tuple(meeting(pair.client, pair.assistant, one)
                       for one in sorted(pair.appointments, key=lambda a: a.start)),
    ) for pair in plan.pairs]
    return Review(
        version=version, status=plan.status, levels=tuple(level_row(level) for level in plan.levels),
        pairs=tuple(sorted(pairs, key=lambda row: (row.client_name.casefold(), row.client))),
        unmatched=tuple(sorted((UnmatchedRow(
            client=one.client, client_name=names.client(one.client), loses=announced.get(one.client, 0),
            reasons=tuple(unmatched_reason(reason.code, reason.assistants or 0) for reason in one.reasons))
            for one in plan.unmatched), key=lambda row: (row.client_name.casefold(), row.client))),
        assistants=len(document.assistants),
    )


def level_row(level: Level) -> LevelRow:
    """A plan's level in words."""
    return LevelRow(level=level.level, label=level_label(level.level), hint=level_hint(level.level),
                    value=level.value, bound=level.bound)


def progress_rows(levels: list[str], progress: list[dict[str, Any]]) -> list[LevelRow]:
    """The levels of a run that is under way; those it has not reached have no numbers."""
    seen = {entry["level"]: entry for entry in progress}
    return [LevelRow(level=level, label=level_label(level), hint=level_hint(level),
                     value=seen.get(level, {}).get("value"), bound=seen.get(level, {}).get("bound"))
            for level in levels]


def pinned(round: Round) -> tuple[set[tuple[str, str]], set[tuple[str, str, str, str]]]:
    """What the round's rows pin: pairs, and appointments, by code."""
    clients, assistants = _codes(Client), _codes(Assistant)
    pairs, times = set(), set()
    for pin in round.pins:
        client, assistant = clients[pin.client_id], assistants[pin.assistant_id]
        pairs.add((client, assistant))
        if pin.need_id is not None and pin.start is not None:
            times.add((client, assistant, f"n{pin.need_id}", pin.start))
    return pairs, times


def banned(round: Round) -> set[tuple[str, str]]:
    """The pairs that the round's rows rule out, by code."""
    clients, assistants = _codes(Client), _codes(Assistant)
    return {(clients[ban.client_id], assistants[ban.assistant_id]) for ban in round.bans}


def unheeded(round: Round, version: PlanVersion) -> bool:
    """Whether pins, bans or people left out changed since, so that this plan no longer follows them."""
    plan = version.plan_document
    pairs = {(pair["client"], pair["assistant"]) for pair in plan["pairs"]}
    times = {(pair["client"], pair["assistant"], one["need"], one["start"])
             for pair in plan["pairs"] for one in pair["appointments"]}
    pinned_pairs, pinned_times = pinned(round)
    document = version.round_document
    out = ({one["id"] for one in document["clients"]} & set(round.excluded_clients)
           | {one["id"] for one in document["assistants"]} & set(round.excluded_assistants))
    return bool(pairs & banned(round) or pinned_pairs - pairs or pinned_times - times or out)


def _codes(kind: type[Client | Assistant]) -> dict[int, str]:
    return dict(db.session.execute(select(kind.id, kind.code)).all())
