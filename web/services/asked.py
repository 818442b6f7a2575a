"""A question as a coordinator watches it, and its answer in words."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matcher import Round as MatcherRound
from web.models import Office, PlanVersion, Question, Round, db
from web.services import questions
from web.services.advice import Advice
from web.services.advice import advice as read_advice
from web.services.differences import Differences, differences
from web.services.leases import ACTIVE
from web.services.review import Names
from web.services.runs import pin_words
from web.services.snapshot import same, snapshot
from web.services.wording import rule, run_error


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How far a question is."""

    question: Question
    version: PlanVersion
    left: int  # seconds until its time limit
    error: str
    outdated: bool  # whether the round is no longer as it was when the plan was made

    @property
    def active(self) -> bool:
        """Whether it still waits or is worked on."""
        return self.question.state in ACTIVE


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another assistant for a client, and what everybody would gain or lose by it."""

    name: str
    differences: Differences


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What tried decisions would change; no differences where they cannot all hold."""

    differences: Differences | None
    conflicts: tuple[tuple[str, tuple[str, ...]], ...]  # the rule, and the pins in words


def asked(office: Office, round: Round, question_id: int, *, now: datetime) -> Asked:
    """Read a question and how far it is."""
    row = questions.of_round(round, question_id)
    version = db.session.get_one(PlanVersion, row.plan_id)
    elapsed = (now - row.started_at).total_seconds() if row.started_at is not None else 0
    return Asked(question=row, version=version, left=max(0, int(row.time_limit - elapsed)),
                 error=run_error(row.error) if row.error else "",
                 outdated=bool(row.result) and _outdated(office, round, version, now))


def _outdated(office: Office, round: Round, version: PlanVersion, now: datetime) -> bool:
    if version.id != round.plan_id:
        return True
    return round.state == "draft" and not same(snapshot(office, round, now), version.round_document)


def alternatives(one: Asked, names: Names) -> list[Alternative]:
    """Read the next assistants for a client, the least costly first."""
    round = MatcherRound.from_document(one.version.round_document)
    return [Alternative(name=names.assistant(told["assistant"]), differences=differences(told, round, names))
            for told in one.question.result.get("alternatives", ())]


def whatif(one: Asked, names: Names) -> Tried:
    """Read what the tried decisions would change."""
    result = one.question.result
    told = result.get("difference")
    return Tried(
        differences=None if told is None else differences(
            told, MatcherRound.from_document(one.version.round_document), names),
        conflicts=tuple((rule(each["code"]), tuple(pin_words(pin, names) for pin in each["pins"]))
                        for each in result.get("conflicts", ())))


def advice(one: Asked, names: Names) -> Advice | None:
    """Read whom to look for next; None as long as there is no answer."""
    result = one.question.result
    return read_advice(result, one.version.round_document, names) if result else None
