"""What differs between two plans: level by level, who gains, who loses, and which appointments move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.criteria import PREFERENCES
from matcher.plan import Plan
from matcher.plan_parts import Appointment
from matcher.round import Round
from matcher.round_writing import moment


@dataclass(frozen=True, kw_only=True)
class LevelChange:
    """A level's value in two plans, and the bounds between which the best plans' difference lies.

    Attributes
    ----------
    least, most
        How much the best values can differ: both are `after - before` where both plans are proven to
        this level; None where an earlier level is not proven, so that no bound compares them.
    """

    level: str
    before: int
    after: int
    least: int | None
    most: int | None

    @property
    def change(self) -> int:
        """How much the second plan is better here; negative where it is worse."""
        return self.after - self.before

    @property
    def exact(self) -> bool:
        """Whether the change is proven to be that of the best plans."""
        return self.least == self.most == self.change


@dataclass(frozen=True, kw_only=True)
class PersonChange:
    """What changes for one client: with whom they are, and their points on levels that pairs count for."""

    client: str
    before: str | None
    after: str | None
    points: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """An appointment that is at another time or place, is new (no `before`) or falls away (no `after`)."""

    client: str
    need: str
    before: tuple[str, datetime, str | None] | None
    after: tuple[str, datetime, str | None] | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All that differs between two plans of the same people.

    Attributes
    ----------
    gains, loses
        Clients who are matched or not matched any more, or whose own share of some level differs:
        the first such level, in the policy's order, says which.
    other
        Clients with another assistant for whom no level changes.
    """

    levels: tuple[LevelChange, ...]
    gains: tuple[PersonChange, ...]
    loses: tuple[PersonChange, ...]
    other: tuple[PersonChange, ...]
    moved: tuple[Moved, ...]

    def to_document(self) -> dict[str, Any]:
        """Write the difference for programs."""
        return {
            "levels": [
                {
                    "level": x.level, "before": x.before, "after": x.after, "change": x.change,
                    "least": x.least, "most": x.most,
                }
                for x in self.levels
            ],
            **{
                name: [
                    {"client": x.client, "before": x.before, "after": x.after, "points": dict(x.points)}
                    for x in changes
                ]
                for name, changes in (("gains", self.gains), ("loses", self.loses), ("other", self.other))
            },
            "moved": [
                {"client": x.client, "need": x.need, "before": _place(x.before), "after": _place(x.after)}
                for x in self.moved
            ],
        }


def difference(before: tuple[Round, Plan], after: tuple[Round, Plan]) -> Difference:
    """Compare two plans of rounds with the same clients and levels, each with its own round."""
    shares = _shares(*before), _shares(*after)
    pairs = tuple({pair.client: pair.assistant for pair in plan.pairs} for _, plan in (before, after))
    order = before[0].policy.levels
    gains: list[PersonChange] = []
    loses: list[PersonChange] = []
    other: list[PersonChange] = []
    for client in sorted(client.id for client in before[0].clients):
        was, now = (of.get(client) for of in pairs)
        points = {
            level: shares[1][client].get(level, 0) - shares[0][client].get(level, 0)
            for level in order if level in shares[0][client]
        }
        points = {level: by for level, by in points.items() if by}
        if was == now and not points:
            continue
        change = PersonChange(client=client, before=was, after=now, points=points)
        first = next(iter(points.values()), 0)
        if was is None or now is None:
            first = 1 if was is None else -1
        (gains if first > 0 else loses if first < 0 else other).append(change)
    return Difference(
        levels=_levels(before[1], after[1]), gains=tuple(gains), loses=tuple(loses), other=tuple(other),
        moved=tuple(_moved(before[1], after[1])),
    )


def _levels(before: Plan, after: Plan) -> tuple[LevelChange, ...]:
    out, comparable = [], True
    for was, now in zip(before.levels, after.levels, strict=True):
        out.append(LevelChange(
            level=was.level, before=was.value, after=now.value,
            least=now.value - was.bound if comparable else None,
            most=now.bound - was.value if comparable else None,
        ))
        # A bound holds for plans that are as good at every level before; beyond a gap it says nothing.
        comparable = comparable and was.value == was.bound and now.value == now.bound
    return tuple(out)


def _shares(rnd: Round, plan: Plan) -> dict[str, dict[str, int]]:
    """Return each client's own share of the levels that add up over clients."""
    preferences = [preference(rnd) for preference in PREFERENCES]
    kept = {(k.client, k.assistant, k.need, k.start) for k in rnd.keep}
    names = ("served", "stability", "extras", "early", *(p.level for p in preferences))
    out = {client.id: dict.fromkeys(names, 0) for client in rnd.clients}
    for pair in plan.pairs:
        client, assistant = rnd.client(pair.client), rnd.assistant(pair.assistant)
        optional = {need.id for need in client.needs if need.optional}
        own = out[pair.client]
        own["served"] = client.weight
        for preference in preferences:
            own[preference.level] = preference.score(client, assistant)
        for a in pair.appointments:
            own["stability"] += (pair.client, pair.assistant, a.need, a.start) in kept
            own["extras"] += a.need in optional
            own["early"] -= rnd.day_index(a.start.date())
    return out


def _moved(before: Plan, after: Plan) -> list[Moved]:
    was, now = _meetings(before), _meetings(after)
    return [
        Moved(client=client, need=need, before=was.get((client, need)), after=now.get((client, need)))
        for client, need in sorted(was.keys() | now.keys())
        if was.get((client, need)) != now.get((client, need))
    ]


def _meetings(plan: Plan) -> dict[tuple[str, str], tuple[str, datetime, str | None]]:
    def said(assistant: str, a: Appointment) -> tuple[str, datetime, str | None]:
        return assistant, a.start, a.place

    return {(p.client, a.need): said(p.assistant, a) for p in plan.pairs for a in p.appointments}


def _place(at: tuple[str, datetime, str | None] | None) -> dict[str, Any] | None:
    return None if at is None else {"assistant": at[0], "start": moment(at[1]), "place": at[2]}
