"""What a mail tells, in the reader's language: frozen facts as words, for text, html and calendar."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.render.ical import clean
from web.render.wording import When, Wording, wording_of


@dataclass(frozen=True)
class Where:
    """A place for somebody who has never been there."""

    line: str  # name and address
    directions: str


@dataclass(frozen=True)
class Change:
    """What was told before and holds no longer; None where it still does."""

    when: When | None
    where: Where | None
    assistant: str | None
    new_place: bool = False  # there was none before


@dataclass(frozen=True)
class Telling:
    """One mail's content. Names are isolated where their direction could disturb the sentence."""

    kind: str
    wording: Wording
    client: str
    assistant: str
    own_story: bool
    when: When
    where: Where | None
    topic: str
    bring: tuple[str, ...]
    confirmed: bool
    reason: str
    office: str
    phone: str
    change: Change
    link: str
    unread: bool  # nobody reads what is answered to the mail

    @property
    def asks(self) -> bool:
        """Whether the client still has to say if they can come."""
        return self.kind != "cancellation" and not self.confirmed


def telling(kind: str, facts: Mapping[str, Any], *, link: str) -> Telling:
    """Put a message's facts into the words of its language."""
    wording = wording_of(facts["language"], facts.get("own_words"))
    when, where = _when(facts, facts, wording), _where(facts["place"], wording)
    change = Change(None, None, None)
    old = facts["old"]
    if old is not None:
        before, former = _when(old, facts, wording), _where(old["place"], wording)
        change = Change(when=before if before != when else None, where=former if former != where else None,
                        assistant=_name(old["assistant"], wording)
                        if old["assistant"] != facts["assistant"] else None,
                        new_place=former is None and where is not None)
    return Telling(
        kind=kind, wording=wording, client=_name(facts["client"], wording),
        assistant=_name(facts["assistant"], wording), own_story=facts["own_story"], when=when, where=where,
        topic=_name(facts["topic"], wording),
        bring=tuple(_name(thing, wording) for thing in facts["bring"]), confirmed=facts["confirmed"],
        reason=facts["reason"], office=_name(facts["office"], wording),
        phone=wording.left_to_right(_line(facts["phone"])), change=change, link=link,
        unread=not facts.get("reads_replies", False))


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _name(text: str, wording: Wording) -> str:
    return wording.isolate(_line(text))


def _when(times: Mapping[str, Any], facts: Mapping[str, Any], wording: Wording) -> When:
    return wording.when(datetime.fromisoformat(times["starts_at"]), datetime.fromisoformat(times["ends_at"]),
                        facts["timezone"])


def _where(place: Mapping[str, str] | None, wording: Wording) -> Where | None:
    if place is None:
        return None
    # Isolated as one: a right-to-left line would otherwise set the house number before the name. With the
    # comma of the place's own script, not of the reader's.
    named = ", ".join(part for part in (place["name"], place["address"]) if part)
    return Where(_name(named, wording), _name(place["directions"], wording))
