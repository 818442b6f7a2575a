"""What differs between two plans, as the matcher tells it, in words: person by person, and level by level."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher import Round
from web.services.review import Names
from web.services.wording import PAIR_LEVELS, level_hint, level_label, level_reason


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
class Someone:
    """A client by name, and by number where two have the same name."""

    name: str
    code: str


@dataclass(frozen=True, kw_only=True)
class MovedAppointment:
    """An appointment that only one of the plans has, or has elsewhere; places only where they differ."""

    topic: str
    before: datetime | None  # local
    after: datetime | None
    place_before: str
    place_after: str


@dataclass(frozen=True, kw_only=True)
class PersonDifference:
    """What changes for one client: whom they meet ("" for nobody), what speaks for that, and when.

    Attributes
    ----------
    reasons
        What can be said of the new pair and of the old one ("" where there was none), for each level that
        changes.
    staying
        How many announced appointments more stay as they are; negative where fewer do.
    """

    client: Someone
    before: str
    after: str
    reasons: tuple[tuple[str, str], ...]
    staying: int
    moved: tuple[MovedAppointment, ...]


People = tuple[PersonDifference, ...]


@dataclass(frozen=True, kw_only=True)
class Differences:
    """All that differs.

    Attributes
    ----------
    other
        People with another assistant who neither gain nor lose.
    retimed
        People for whom only times or places change, and no level.
    loads
        Assistants, and how many clients more they have.
    """

    levels: tuple[LevelDifference, ...]
    gains: People
    loses: People
    other: People
    retimed: People
    loads: tuple[tuple[str, int], ...]

    @property
    def same(self) -> bool:
        """Whether everybody's plan is proven to be as good."""
        return self.exact and not any(level.change for level in self.levels)

    @property
    def exact(self) -> bool:
        """Whether every number is proven."""
        return all(level.exact for level in self.levels)

    @property
    def met(self) -> tuple[Someone, ...]:
        """Who meets somebody instead of nobody."""
        return tuple(one.client for one in self.gains if not one.before)

    @property
    def left(self) -> tuple[Someone, ...]:
        """Who meets nobody any more."""
        return tuple(one.client for one in self.loses if not one.after)

    @property
    def changes(self) -> People:
        """Everybody for whom anything changes."""
        return self.loses + self.gains + self.other + self.retimed

    @property
    def moves(self) -> int:
        """How many appointments are at another time or place."""
        return sum(bool(move.before and move.after) for one in self.changes for move in one.moved)


def someone(code: str, names: Names) -> Someone:
    """A client to be named."""
    return Someone(name=names.client(code), code=code)


def differences(told: Mapping[str, Any], round: Round, names: Names) -> Differences:
    """Read a difference of two plans of a round, as the matcher writes it."""
    moved = defaultdict[str, list[MovedAppointment]](list)
    with_whom = dict[str, str]()
    for one in told["moved"]:
        where = one["before"] or one["after"]
        with_whom[one["client"]] = where["assistant"]
        if one["before"] is None or one["after"] is None or any(
                one["before"][key] != one["after"][key] for key in ("start", "place")):
            moved[one["client"]].append(_move(one, round, names))

    def people(changes: Iterable[Mapping[str, Any]]) -> People:
        found = (_person(one, tuple(moved.pop(one["client"], ())), round, names) for one in changes)
        # First who meets somebody or nobody, then by name.
        return tuple(sorted(found, key=lambda one: (
            bool(one.before and one.after), one.client.name.casefold(), one.client.code)))

    gains, loses, other = (people(told[kind]) for kind in ("gains", "loses", "other"))
    return Differences(
        levels=tuple(LevelDifference(
            label=level_label(one["level"]), hint=level_hint(one["level"]), change=one["change"],
            least=one["least"], most=one["most"]) for one in told["levels"]),
        gains=gains, loses=loses, other=other,
        retimed=people([{"client": client, "before": with_whom[client], "after": with_whom[client],
                         "points": {}} for client in list(moved)]),
        loads=_loads(told, names))


def _person(one: Mapping[str, Any], moved: tuple[MovedAppointment, ...], round: Round,
            names: Names) -> PersonDifference:
    client, (before, after), points = one["client"], (one["before"], one["after"]), one["points"]
    reasons = [tuple(level_reason(round, level, client, assistant) if assistant else ""
                     for assistant in (after, before)) for level in PAIR_LEVELS if level in points]
    return PersonDifference(
        client=someone(client, names), staying=points.get("stability", 0),
        before=names.assistant(before) if before else "", after=names.assistant(after) if after else "",
        # That nobody is met says it all.
        reasons=tuple((now, was) for now, was in reasons) if after else (), moved=moved if after else ())


def _move(one: Mapping[str, Any], round: Round, names: Names) -> MovedAppointment:
    need = next(need for need in round.client(one["client"]).needs if need.id == one["need"])
    start_before, start_after = (datetime.fromisoformat(at["start"]) if at else None
                                 for at in (one["before"], one["after"]))
    before, after = (names.place(at["place"]) if at else "" for at in (one["before"], one["after"]))
    said = before != after
    return MovedAppointment(topic=names.topic(need.topic), before=start_before, after=start_after,
                            place_before=before if said else "", place_after=after if said else "")


def _loads(told: Mapping[str, Any], names: Names) -> tuple[tuple[str, int], ...]:
    more = Counter[str]()
    for kind in ("gains", "loses", "other"):
        for one in told[kind]:
            more[one["after"]] += 1
            more[one["before"]] -= 1
    return tuple(sorted((names.assistant(code), by) for code, by in more.items() if code and by))
