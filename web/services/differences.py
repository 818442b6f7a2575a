"""What differs between two plans, as the matcher tells it, in words: level by level and person by person."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.services.review import Names
from web.services.wording import level_hint, level_label


@dataclass(frozen=True, kw_only=True)
class LevelDifference:
    """One level: how much better everybody's plan becomes, and what is sure about it.

    `least` and `most` are None where a level above is not proven, so that nothing compares this one.
    """

    label: str
    hint: str
    change: int
    least: int | None
    most: int | None

    @property
    def exact(self) -> bool:
        """Whether the change is proven to be that of the best plans."""
        return self.least == self.most == self.change

    @property
    def compared(self) -> bool:
        """Whether anything is sure."""
        return self.least is not None and self.most is not None


@dataclass(frozen=True, kw_only=True)
class PersonDifference:
    """Whom a client meets before and after ("" for nobody), and by how much which level changes for them."""

    client: str
    before: str
    after: str
    points: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class Where:
    """An appointment of one of the two plans."""

    assistant: str
    start: datetime  # local
    place: str


@dataclass(frozen=True, kw_only=True)
class MovedAppointment:
    """An appointment that only one of the plans has, or has elsewhere."""

    client: str
    topic: str
    before: Where | None
    after: Where | None


@dataclass(frozen=True, kw_only=True)
class Differences:
    """All that differs; `other` are people with another assistant who neither gain nor lose."""

    levels: tuple[LevelDifference, ...]
    gains: tuple[PersonDifference, ...]
    loses: tuple[PersonDifference, ...]
    other: tuple[PersonDifference, ...]
    moved: tuple[MovedAppointment, ...]

    @property
    def same(self) -> bool:
        """Whether everybody's plan is proven to be as good."""
        return all(level.exact and not level.change for level in self.levels)


def differences(told: Mapping[str, Any], document: Mapping[str, Any], names: Names) -> Differences:
    """Read a difference of two plans of a round's `document`, as the matcher writes it."""
    topics = {need["id"]: need["topic"] for client in document["clients"] for need in client["needs"]}

    def person(one: Mapping[str, Any]) -> PersonDifference:
        before, after = (names.assistant(one[when]) if one[when] else "" for when in ("before", "after"))
        return PersonDifference(
            client=names.client(one["client"]), before=before, after=after,
            points=tuple((level_label(level), by) for level, by in one["points"].items()))

    def where(one: Mapping[str, Any] | None) -> Where | None:
        return None if one is None else Where(
            assistant=names.assistant(one["assistant"]), start=datetime.fromisoformat(one["start"]),
            place=names.place(one["place"]))

    return Differences(
        levels=tuple(LevelDifference(
            label=level_label(one["level"]), hint=level_hint(one["level"]), change=one["change"],
            least=one["least"], most=one["most"]) for one in told["levels"]),
        gains=tuple(map(person, told["gains"])), loses=tuple(map(person, told["loses"])),
        other=tuple(map(person, told["other"])),
        moved=tuple(MovedAppointment(
            client=names.client(one["client"]), topic=names.topic(topics[one["need"]]),
            before=where(one["before"]), after=where(one["after"])) for one in told["moved"]))
