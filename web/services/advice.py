"""Whom to look for next, and whose extra hour is worth most: the matcher's advice in words."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.services.catalogue import country_name, language_name
from web.services.differences import Someone, someone
from web.services.people_words import genders
from web.services.review import Names


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What a plan with one change reaches: `gain` points of clients served more, at most `most`."""

    gain: int
    most: int
    met: tuple[Someone, ...]  # who has an assistant with it, and who has none any more
    left: tuple[Someone, ...]

    @property
    def exact(self) -> bool:
        """Whether the gain is the most there can be."""
        return self.gain == self.most


@dataclass(frozen=True, kw_only=True)
class Newcomer(Gain):
    """A new assistant: who they would be, and when they would be there, each day between the same hours."""

    language: str
    country: str
    gender: str
    start: datetime  # local: the first day's first hour
    end: datetime  # the last day's last
    days: int
    places: tuple[str, ...]  # none: everywhere


@dataclass(frozen=True, kw_only=True)
class ExtraHour(Gain):
    """An hour more of an assistant; no `span` where it lies within the hours they have."""

    name: str
    row_id: int | None
    span: tuple[datetime, datetime] | None


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Both rankings, the best first."""

    new: tuple[Newcomer, ...]
    hours: tuple[ExtraHour, ...]


def advice(result: Mapping[str, Any], document: Mapping[str, Any], names: Names) -> Advice:
    """Read what a question about a round's `document` was answered."""
    before = {one["id"]: len(one["availability"]) for one in document["assistants"]}
    return Advice(new=tuple(_newcomer(row, names) for row in result["new"]),
                  hours=tuple(_hour(row, before, names) for row in result["hours"]))


def _gain(row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {"gain": row["gain"], "most": row["most"]} | {
        which: tuple(someone(code, names) for code in row.get(which, ())) for which in ("met", "left")}


def _newcomer(row: Mapping[str, Any], names: Names) -> Newcomer:
    one = row["assistant"]
    (language,) = one["languages"]
    first, last = one["availability"][0], one["availability"][-1]
    return Newcomer(
        **_gain(row, names), language=language_name(language), country=country_name(one["origin"]),
        gender=dict(genders())[one["gender"]], start=datetime.fromisoformat(first["start"]),
        end=datetime.fromisoformat(last["end"]), days=len(one["availability"]),
        places=tuple(map(names.place, one.get("places", ()))))


def _hour(row: Mapping[str, Any], before: Mapping[str, int], names: Names) -> ExtraHour:
    one = row["assistant"]
    known, extra = names.assistants.get(one["id"]), one["availability"][before[one["id"]]:]
    span = ((datetime.fromisoformat(extra[0]["start"]), datetime.fromisoformat(extra[0]["end"]))
            if extra else None)
    return ExtraHour(**_gain(row, names), name=names.assistant(one["id"]), span=span,
                     row_id=known.id if known is not None else None)
